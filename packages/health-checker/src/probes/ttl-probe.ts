import type { Clock, Logger, Timer } from '@sd/runtime'
import type { CheckStatus } from '../check-definition'
import type { CheckDriver, Report } from '../check-driver'
import { truncateTtlOutput } from '../output-buffer'

/** A check that others keep alive: critical when no update came for `ttlMs`. */
export class TtlProbe implements CheckDriver {
  #timer: Timer | undefined
  #lastOutput = ''
  #isRunning = false

  constructor(
    private readonly ports: { clock: Clock; logger: Logger; report: Report },
    readonly checkId: string,
    readonly ttlMs: number,
    private readonly outputMaxBytes: () => number,
  ) {}

  start(): void {
    this.#isRunning = true
    this.#arm()
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    this.#timer?.cancel()
  }

  /** Sets the status and starts the time anew, also after it ran out. Returns the output as kept. */
  setStatus(status: CheckStatus, output: string): string {
    const kept = truncateTtlOutput(output, this.outputMaxBytes())
    this.#lastOutput = kept
    this.ports.report(status, kept)
    if (this.#isRunning) this.#arm()
    return kept
  }

  #arm(): void {
    this.#timer?.cancel()
    this.#timer = this.ports.clock.schedule(this.ttlMs, () => {
      this.ports.logger.warn('check missed its TTL, is now critical', { check: this.checkId })
      this.ports.report('critical', this.#expiredOutput())
    })
  }

  #expiredOutput(): string {
    return this.#lastOutput === ''
      ? 'TTL expired'
      : `TTL expired (last output before timeout follows): ${this.#lastOutput}`
  }
}
