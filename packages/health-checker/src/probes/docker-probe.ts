import { errorMessage } from '@sd/runtime'
import { OutputBuffer } from '../output-buffer'
import type { Probe, ProbeResult } from '../probe'
import type { DockerClient } from './docker-client'
import { statusOfExitCode, timeoutText } from './script-probe'

/** Runs a command in a container; exit codes as for scripts. */
export class DockerProbe implements Probe {
  // The process runs elsewhere; here it is a connection.
  readonly cost = 'socket'

  constructor(
    private readonly client: DockerClient,
    readonly container: string,
    readonly args: readonly string[],
    readonly timeoutMs: number,
    private readonly outputMaxBytes: () => number,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    const output = new OutputBuffer(this.outputMaxBytes())
    try {
      const execId = await this.client.createExec(this.container, this.args, signal)
      await this.client.startExec(this.container, execId, output, signal)
      const exitCode = await this.client.inspectExec(this.container, execId, signal)
      return { status: statusOfExitCode(exitCode), output: output.textWithNote() }
    } catch (error) {
      if (signal.aborted) return { status: 'critical', output: timeoutText(this.timeoutMs, output.textWithNote()) }
      return { status: 'critical', output: errorMessage(error) }
    }
  }
}
