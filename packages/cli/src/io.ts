/** The world of a command line, as a port: tests and embedders bring their own. */
import type { Readable, Writable } from 'node:stream'

export interface CliIo {
  readonly stdin: Readable
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  /** Aborts when the user interrupts; commands that follow something end with exit code 0. */
  readonly signal: AbortSignal
}
