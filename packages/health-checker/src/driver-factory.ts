import type { Clock, Logger, Metrics, Random } from '@sd/runtime'
import { type CheckDefinition, checkKindOf, INTERVAL_MIN_MS } from './check-definition'
import type { CheckDriver, Report } from './check-driver'
import { CheckRunner } from './check-runner'
import { InvalidCheckError } from './errors'
import { Lane } from './lane'
import type { ResolvedOptions } from './options'
import type { Probe } from './probe'
import { AliasProbe } from './probes/alias-probe'
import { TtlProbe } from './probes/ttl-probe'
import { StatusGate } from './status-gate'
import type { StatusSource } from './status-source'

export interface DriverPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly statusSource?: StatusSource | undefined
}

/** Makes the driver that a definition asks for, and owns what drivers share. */
export class DriverFactory {
  readonly #lanes: Record<Probe['cost'], Lane>

  constructor(
    private readonly ports: DriverPorts,
    private readonly options: ResolvedOptions,
  ) {
    this.#lanes = { socket: new Lane(options.concurrentProbesMax), process: new Lane(options.concurrentProcessesMax) }
  }

  create(check: CheckDefinition, report: Report): CheckDriver {
    const { clock, logger } = this.ports
    const kind = checkKindOf(check)
    if (kind === 'ttl') {
      return new TtlProbe({ clock, logger, report }, check.id, check.ttlMs ?? 0, () => this.#outputMaxBytes(check))
    }
    if (kind === 'alias') {
      if (!this.ports.statusSource) throw new InvalidCheckError(check.id, 'alias checks need a statusSource port')
      const target = {
        checkId: check.id,
        node: check.aliasNode ?? '',
        serviceId: check.aliasService ?? '',
        token: check.token,
      }
      return new AliasProbe({ clock, logger, source: this.ports.statusSource, report }, target)
    }
    const probe = this.#probe(kind, check)
    const gate = new StatusGate(check)
    return new CheckRunner(
      { ...this.ports, lane: this.#lanes[probe.cost], probe, gate, report },
      check.id,
      this.#intervalMs(check),
    )
  }
  async close(): Promise<void> {}

  #outputMaxBytes(check: CheckDefinition): number {
    const own = check.outputMaxSize ?? 0
    return own > 0 ? Math.min(own, this.options.outputMaxSize) : this.options.outputMaxSize
  }

  #intervalMs(check: CheckDefinition): number {
    const intervalMs = check.intervalMs ?? 0
    if (intervalMs >= INTERVAL_MIN_MS) return intervalMs
    this.ports.logger.warn('check has interval below minimum', { check: check.id, minimumMs: INTERVAL_MIN_MS })
    return INTERVAL_MIN_MS
  }

  #probe(_kind: string, check: CheckDefinition): Probe {
    throw new InvalidCheckError(check.id, 'Check type is not valid')
  }
}
