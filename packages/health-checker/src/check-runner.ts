import type { Clock, Logger, Metrics, Random, Timer } from '@sd/runtime'
import type { CheckStatus } from './check-definition'
import type { CheckDriver, Report } from './check-driver'
import type { Lane } from './lane'
import type { Probe } from './probe'
import type { StatusGate } from './status-gate'

export interface CheckRunnerPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  /** Shared by the probes of one cost. */
  readonly lane: Lane
  readonly probe: Probe
  readonly gate: StatusGate
  readonly report: Report
}

/** The reason with which a run is told that its time is up. */
export const TIME_IS_UP = new Error('time is up')
const STOPPED = new Error('check was removed')

/**
 * Runs one probe again and again: the first time at a random moment within the interval, then one interval after each run ended.
 * One run at a time; a run that exceeds its time is told so and answers for itself.
 */
export class CheckRunner implements CheckDriver {
  readonly #ports: CheckRunnerPorts
  #timer: Timer | undefined
  #current: Promise<void> | undefined
  #isStarted = false
  #isStopped = false
  readonly #stopping = new AbortController()

  constructor(
    ports: CheckRunnerPorts,
    readonly checkId: string,
    readonly intervalMs: number,
  ) {
    this.#ports = ports
  }

  start(): void {
    this.#isStarted = true
    this.#scheduleIn(Math.floor(this.#ports.random.next() * this.intervalMs))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#timer?.cancel()
    this.#stopping.abort(STOPPED)
    await this.#current
  }

  /** Runs the probe now, or joins the run that is under way; the next run comes one interval later. */
  async runNow(): Promise<void> {
    if (this.#isStopped) return
    this.#timer?.cancel()
    this.#current ??= this.#run().finally(() => {
      this.#current = undefined
      if (this.#isStarted && !this.#isStopped) this.#scheduleIn(this.intervalMs)
    })
    await this.#current
  }

  #scheduleIn(delayMs: number): void {
    this.#timer = this.#ports.clock.schedule(delayMs, () => void this.runNow())
  }

  async #run(): Promise<void> {
    const { lane, clock, probe, logger, metrics } = this.#ports
    let leave: () => void
    try {
      leave = await lane.enter(this.#stopping.signal)
    } catch {
      return
    }
    // The check may have been removed in between.
    if (this.#isStopped) return leave()
    const deadline = new AbortController()
    const onStop = () => deadline.abort(STOPPED)
    this.#stopping.signal.addEventListener('abort', onStop, { once: true })
    const timer = probe.timeoutMs > 0 ? clock.schedule(probe.timeoutMs, () => deadline.abort(TIME_IS_UP)) : undefined
    const startedAtMs = clock.monotonic()
    try {
      const result = await probe.run({ signal: deadline.signal })
      metrics.sample('health.probe', clock.monotonic() - startedAtMs)
      if (!this.#isStopped) {
        const status = result.isFinal ? result.status : this.#ports.gate.admit(result.status)
        if (status) this.#report(status, result.output)
      }
      await result.finished
    } catch (error) {
      // Probes do not reject; a bug in one must not end the check's life.
      logger.error('probe failed unexpectedly', { check: this.checkId, error })
      if (!this.#isStopped) this.#report('critical', String(error))
    } finally {
      timer?.cancel()
      this.#stopping.signal.removeEventListener('abort', onStop)
      leave()
    }
  }

  /** A listener that throws must not end the check's life, nor count as a failed probe. */
  #report(status: CheckStatus, output: string): void {
    try {
      this.#ports.report(status, output)
    } catch (error) {
      this.#ports.logger.error('a listener of check results failed', { check: this.checkId, error })
    }
  }
}
