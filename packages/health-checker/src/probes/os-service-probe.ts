import type { CheckStatus } from '../check-definition'
import { OutputBuffer } from '../output-buffer'
import type { Probe, ProbeResult } from '../probe'
import { runProcess } from './run-process'
import { timeoutText } from './script-probe'

/** What the service manager says takes a few lines. */
const OUTPUT_MAX_BYTES = 4_096

/** Asks the system's service manager (systemd; on Windows the service control manager) for one service. */
export class OsServiceProbe implements Probe {
  readonly cost = 'process'
  readonly #args: readonly string[]

  constructor(
    readonly service: string,
    readonly timeoutMs: number,
    private readonly environment?: Readonly<Record<string, string | undefined>>,
    private readonly platform: string = process.platform,
  ) {
    this.#args =
      platform === 'win32'
        ? ['sc', 'query', service]
        : ['systemctl', 'show', '--property=LoadState,ActiveState', '--', service]
  }

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    const output = new OutputBuffer(OUTPUT_MAX_BYTES)
    const exit = await runProcess({ args: this.#args, environment: this.environment, output, signal })
    if (exit.kind === 'stopped') {
      return { status: 'critical', output: timeoutText(this.timeoutMs, ''), finished: exit.finished }
    }
    if (exit.kind === 'notStarted') {
      return { status: 'warning', output: `failed to connect to service manager: ${exit.reason}` }
    }
    const read = this.platform === 'win32' ? readScQuery : readSystemctlShow
    return resultOf(this.service, read(output.text()), output.text())
  }
}

type ServiceState = 'running' | 'stopped' | 'unknown' | (string & {})

/** `LoadState=loaded`, `ActiveState=active`, in any order. */
export function readSystemctlShow(text: string): { state: ServiceState; name: string } {
  const active = /^ActiveState=(\S+)/m.exec(text)?.[1]
  if (active === undefined || /^LoadState=not-found/m.test(text)) return { state: 'unknown', name: '' }
  if (active === 'active') return { state: 'running', name: active }
  return { state: active === 'inactive' || active === 'failed' ? 'stopped' : active, name: active }
}

const WINDOWS_STATES: Record<string, string> = {
  '1': 'Stopped',
  '2': 'StartPending',
  '3': 'StopPending',
  '4': 'Running',
  '5': 'ContinuePending',
  '6': 'PausePending',
  '7': 'Paused',
}

/** `STATE : 4 RUNNING`; the number is the same in all languages of the system. */
export function readScQuery(text: string): { state: ServiceState; name: string } {
  // TYPE comes first, STATE second, and both are "word : number word".
  const numbers = [...text.matchAll(/^\s*\S+\s*:\s*([0-9a-f]+)\s+\S+/gim)].map((match) => match[1] as string)
  const name = WINDOWS_STATES[numbers[1] ?? '']
  if (name === undefined) return { state: 'unknown', name: '' }
  if (name === 'Running') return { state: 'running', name }
  return { state: name === 'Stopped' || name === 'Paused' ? 'stopped' : name, name }
}

function resultOf(service: string, { state, name }: { state: ServiceState; name: string }, text: string): ProbeResult {
  const result = (status: CheckStatus, output: string): ProbeResult => ({ status, output })
  if (state === 'running') return result('passing', `Service "${service}" is healthy`)
  if (state === 'stopped') return result('critical', `service status: ${name} - OS Service unhealthy`)
  if (state === 'unknown') return result('warning', `error accessing service: ${text.trim() || 'no such service'}`)
  return result('warning', `service status: ${name}`)
}
