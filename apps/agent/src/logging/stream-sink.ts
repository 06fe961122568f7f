import type { Writable } from 'node:stream'
import type { LogSink } from './log-writer'

export interface StreamSinkOptions {
  /** Bytes that may wait in the stream before lines are dropped; a reader that stopped must not fill the memory. @defaultValue 1 MiB */
  pendingBytesMax?: number
}

/** Log lines to standard output or error. */
export class StreamSink implements LogSink {
  readonly #stream: Writable
  readonly #pendingBytesMax: number
  #dropped = 0

  constructor(stream: Writable, options: StreamSinkOptions = {}) {
    this.#stream = stream
    this.#pendingBytesMax = options.pendingBytesMax ?? 1024 * 1024
    // A closed pipe ends the log, not the agent.
    stream.on('error', () => {})
  }

  /** Lines that nobody took. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    if (this.#stream.writableLength > this.#pendingBytesMax || this.#stream.destroyed) this.#dropped++
    else this.#stream.write(line)
  }
}
