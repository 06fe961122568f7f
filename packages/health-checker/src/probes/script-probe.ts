import { formatDuration } from '@sd/runtime'
import type { CheckStatus } from '../check-definition'
import { OutputBuffer } from '../output-buffer'
import type { Probe, ProbeResult } from '../probe'
import { runProcess } from './run-process'

export interface ScriptProbeOptions {
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined
  readonly outputMaxBytes: () => number
}

/** Runs a command: exit code 0 is passing, 1 warning, anything else critical (the convention of Nagios plugins). */
export class ScriptProbe implements Probe {
  readonly cost = 'process'

  constructor(
    readonly args: readonly string[],
    readonly timeoutMs: number,
    private readonly options: ScriptProbeOptions,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    const output = new OutputBuffer(this.options.outputMaxBytes())
    const { environment } = this.options
    const exit = await runProcess({ args: this.args, environment, output, signal })
    if (exit.kind === 'notStarted') return { status: 'critical', output: exit.reason ?? '', isFinal: true }
    const text = output.textWithNote()
    if (exit.kind === 'stopped') {
      return { status: 'critical', output: timeoutText(this.timeoutMs, text), isFinal: true, finished: exit.finished }
    }
    return { status: statusOfExitCode(exit.exitCode), output: text }
  }
}

export const timeoutText = (timeoutMs: number, output: string): string =>
  `Timed out (${formatDuration(timeoutMs)}) running check${output === '' ? '' : `\n\n${output}`}`

export function statusOfExitCode(exitCode: number | undefined): CheckStatus {
  if (exitCode === 0) return 'passing'
  return exitCode === 1 ? 'warning' : 'critical'
}
