/** Between the health checker, which knows targets, and this node's claims, which know nodes and services. */
import type { HealthChecker } from '@sd/health-checker'
import type { Clock, Logger, Random, Timer } from '@sd/runtime'
import type { LocalState } from './local-state'

export interface CheckBridgePorts {
  readonly checker: HealthChecker
  readonly state: LocalState
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Called when a claim changed that should reach the catalog now. */
  readonly onChange: () => void
  /** Called when a service's check was critical for longer than its definition allows. */
  readonly onCriticalTooLong: (serviceId: string) => void
}

export interface CheckBridgeOptions {
  /**
   * Output that changes without the status reaches the catalog after half to one and a half of this time, in milliseconds;
   * 0 sends it at once. @defaultValue 300_000 (Consul's check_update_interval)
   */
  readonly checkUpdateIntervalMs?: number
}

const CHECK_UPDATE_INTERVAL_MS = 300_000

export class CheckBridge {
  /** Checks whose new output waits. */
  readonly deferred = new Set<string>()
  readonly #timers = new Map<string, Timer>()
  readonly #ports: CheckBridgePorts
  readonly #updateIntervalMs: number

  constructor(ports: CheckBridgePorts, options: CheckBridgeOptions = {}) {
    this.#ports = ports
    this.#updateIntervalMs = options.checkUpdateIntervalMs ?? CHECK_UPDATE_INTERVAL_MS
    const { checker, state, logger, onCriticalTooLong } = ports
    checker.on('statusChanged', ({ checkId, to, output }) => this.result(checkId, to, output))
    checker.on('outputChanged', ({ checkId, status, output }) => this.result(checkId, status, output))
    checker.on('criticalTooLong', ({ checkId, criticalForMs }) => {
      const serviceId = state.check(checkId)?.check.serviceId
      if (!serviceId) return
      logger.info('check for service has been critical for too long; deregistering service', {
        service: serviceId,
        check: checkId,
        criticalForMs,
      })
      onCriticalTooLong(serviceId)
    })
  }

  /** A check's new result, wherever it came from. */
  result(checkId: string, status: 'passing' | 'warning' | 'critical', output: string): void {
    const { state, onChange } = this.#ports
    const change = state.updateCheck(checkId, status, output)
    if (change === 'output' && this.#updateIntervalMs > 0) return this.#defer(checkId)
    if (change === 'output') state.unsyncedChecks.add(checkId)
    if (change === 'none') return
    this.forget(checkId)
    onChange()
  }

  /** Ends the wait of a check's output. */
  forget(checkId: string): void {
    this.#timers.get(checkId)?.cancel()
    this.#timers.delete(checkId)
    this.deferred.delete(checkId)
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  #defer(checkId: string): void {
    if (this.deferred.has(checkId)) return
    const { clock, random, state, onChange } = this.#ports
    this.deferred.add(checkId)
    const delayMs = this.#updateIntervalMs / 2 + random.next() * this.#updateIntervalMs
    const timer = clock.schedule(delayMs, () => {
      this.forget(checkId)
      if (!state.check(checkId)) return
      state.unsyncedChecks.add(checkId)
      onChange()
    })
    this.#timers.set(checkId, timer)
  }
}
