import { type Clock, errorMessage, type Logger, sleep } from '@sd/runtime'
import type { CheckStatus } from '../check-definition'
import type { CheckDriver, Report } from '../check-driver'
import type { AliasedState, AliasTarget, StatusSource } from '../status-source'

/** Failed reads before the pause between them grows, and the longest pause (Consul's). */
const ATTEMPTS_WITHOUT_PAUSE = 3
const PAUSE_MAX_MS = 60_000

/** A source that answers at once without news would spin: reads are at least this far apart then, in milliseconds. */
const IDLE_PAUSE_MS = 100

/** A check with the worst status of another service's or node's checks. */
export class AliasProbe implements CheckDriver {
  readonly #stopping = new AbortController()
  #loop: Promise<void> | undefined

  constructor(
    private readonly ports: { clock: Clock; logger: Logger; source: StatusSource; report: Report },
    readonly target: AliasTarget,
  ) {}

  start(): void {
    this.#loop = this.#follow(this.#stopping.signal)
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error('check was removed'))
    await this.#loop
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let index = 0
    let attempts = 0
    while (!signal.aborted) {
      try {
        const pauseMs = aliasPauseMs(attempts)
        if (pauseMs > 0) await sleep(this.ports.clock, pauseMs, { signal })
        const state = await this.ports.source.read(this.target, { index, signal })
        if (signal.aborted) return
        attempts = 0
        const { status, output } = aggregate(this.target, state)
        this.ports.report(status, output)
        if (state.index === index) await sleep(this.ports.clock, IDLE_PAUSE_MS, { signal })
        // Index 0 would ask for an answer at once, again and again.
        index = Math.max(1, state.index)
      } catch (error) {
        if (signal.aborted) return
        attempts++
        if (attempts > 1) {
          this.ports.report('critical', `Failure checking aliased node or service: ${errorMessage(error)}`)
        }
      }
    }
  }
}

/** Pause before the next read after `attempts` failures in a row. */
export function aliasPauseMs(attempts: number): number {
  if (attempts <= ATTEMPTS_WITHOUT_PAUSE) return attempts === 0 ? 0 : IDLE_PAUSE_MS
  return Math.min(PAUSE_MAX_MS, 1_000 * 2 ** Math.min(31, attempts - ATTEMPTS_WITHOUT_PAUSE))
}

/** The worst status among the target's checks, with Consul's text for it. */
export function aggregate(target: AliasTarget, state: AliasedState): { status: CheckStatus; output: string } {
  let status: CheckStatus = 'passing'
  let output = 'No checks found.'
  let isServiceSeen = false
  for (const check of state.checks) {
    if (target.node !== '' && target.node.toLowerCase() !== check.node.toLowerCase()) continue
    const isOfService = check.serviceId === target.serviceId
    if (check.serviceId !== '' && !isOfService) continue
    if (isOfService) isServiceSeen = true
    if (check.status === 'critical' || check.status === 'warning') {
      status = check.status === 'critical' ? 'critical' : 'warning'
      output = `Aliased check ${JSON.stringify(check.name)} failing: ${check.output}`
      if (status === 'critical') break
    } else if (status === 'passing') {
      output = 'All checks passing.'
    }
  }
  if (!isServiceSeen && !state.serviceExists) {
    status = 'critical'
    output = `Service ${target.serviceId} could not be found on node ${target.node}`
  }
  return { status, output }
}
