import {
  type Clock,
  Emitter,
  type Logger,
  type Metrics,
  noMetrics,
  type Random,
  type Service,
  type ServiceState,
  silentLogger,
  sleep,
  type Timer,
} from '@sd/runtime'
import type { CheckDriver } from './check-driver'
import {
  type CheckDefinition,
  checkDefinitionProblem,
  type CheckStatus,
  type CheckType,
  checkTypeOf,
  isScriptCheck,
} from './check-definition'
import { CheckRunner } from './check-runner'
import { DriverFactory } from './driver-factory'
import {
  InvalidCheckError,
  NotRunnableError,
  NotTtlCheckError,
  ScriptChecksDisabledError,
  UnknownCheckError,
} from './errors'
import { type HealthCheckerOptions, type ResolvedOptions, resolveOptions } from './options'
import { TtlProbe } from './probes/ttl-probe'
import type { StatusSource } from './status-source'

export interface HealthCheckerPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger?: Logger | undefined
  readonly metrics?: Metrics | undefined
  /** Needed by alias checks only. */
  readonly statusSource?: StatusSource | undefined
}

export interface HealthCheckerEvents {
  /** The status is another one now; `output` belongs to it. `at` is wall-clock time in milliseconds. */
  statusChanged: {
    readonly checkId: string
    readonly from: CheckStatus
    readonly to: CheckStatus
    readonly output: string
    readonly at: number
  }
  /** Same status, other output. May come with every run: slow the spreading of it, not this. */
  outputChanged: {
    readonly checkId: string
    readonly status: CheckStatus
    readonly output: string
    readonly at: number
  }
  /** Critical for longer than `deregisterCriticalServiceAfterMs`. Comes again every `reapIntervalMs` until the check is removed or recovers. */
  criticalTooLong: {
    readonly checkId: string
    readonly criticalForMs: number
    readonly limitMs: number
    readonly at: number
  }
}

export interface AddOptions {
  /** Who asks: scripts may be allowed for local definitions only. @defaultValue 'remote', the stricter one */
  readonly source?: 'local' | 'remote' | undefined
  /** Status before the first result, above the definition's (a state restored from disk). */
  readonly status?: CheckStatus | undefined
  /** Output before the first result. @defaultValue '' */
  readonly output?: string | undefined
}

/** A check as it is now. */
export interface CheckState {
  readonly id: string
  readonly type: CheckType
  readonly definition: CheckDefinition
  readonly status: CheckStatus
  readonly output: string
  /** How long results have been critical, in milliseconds; undefined when they are not. The initial status does not count. */
  readonly criticalForMs: number | undefined
}

interface Entry {
  readonly definition: CheckDefinition
  readonly driver: CheckDriver
  status: CheckStatus
  output: string
  criticalSinceMs: number | undefined
  readonly deregisterAfterMs: number
}

/**
 * Runs health checks and tells what changed. Checks may be added before `start`; they run from then on.
 * No event comes for a check's initial status, and none after it was removed.
 */
export class HealthChecker extends Emitter<HealthCheckerEvents> implements Service {
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #options: ResolvedOptions
  readonly #factory: DriverFactory
  readonly #entries = new Map<string, Entry>()
  readonly #ending = new Set<Promise<void>>()
  #state: ServiceState = 'new'
  #reapTimer: Timer | undefined

  constructor(ports: HealthCheckerPorts, options: HealthCheckerOptions = {}) {
    super()
    this.#clock = ports.clock
    this.#logger = (ports.logger ?? silentLogger).child('health')
    this.#options = resolveOptions(options)
    this.#factory = new DriverFactory(
      { ...ports, logger: this.#logger, metrics: ports.metrics ?? noMetrics },
      this.#options,
    )
  }

  get state(): ServiceState {
    return this.#state
  }

  get size(): number {
    return this.#entries.size
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return
    this.#state = 'running'
    for (const entry of this.#entries.values()) entry.driver.start()
    this.#scheduleReap()
  }

  /** Ends all checks and the runs under way; scripts are killed. */
  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'stopping'
    this.#reapTimer?.cancel()
    for (const entry of this.#entries.values()) this.#end(entry)
    this.#entries.clear()
    const patience = new AbortController()
    await Promise.race([
      Promise.all(this.#ending),
      sleep(this.#clock, this.#options.stopTimeoutMs, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    await this.#factory.close()
    this.#state = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * Throws what `add` would throw of the definition, and adds nothing: several can be looked at before the first is added.
   * @throws InvalidCheckError, ScriptChecksDisabledError
   */
  validate(definition: CheckDefinition, options: Pick<AddOptions, 'source'> = {}): void {
    const problem = checkDefinitionProblem(definition)
    if (definition.id === '') throw new InvalidCheckError('', 'CheckID missing', 'CheckID missing')
    if (problem) throw new InvalidCheckError(definition.id, problem)
    this.#refuseScript(definition, options.source ?? 'remote')
  }

  /**
   * Adds a check. When the ID is taken, the new definition takes the old one's place and inherits its status and output,
   * so that registering again does not flap (as in Consul).
   * @throws InvalidCheckError, ScriptChecksDisabledError, DockerHostError
   */
  add(definition: CheckDefinition, options: AddOptions = {}): CheckState {
    this.validate(definition, options)
    const before = this.#entries.get(definition.id)
    // A definition that cannot be run must leave the old check alone, so the driver is made first.
    const driver = this.#factory.create(definition, (status, output) => this.#apply(entry, status, output))
    const entry: Entry = {
      definition,
      driver,
      status: before?.status ?? options.status ?? (definition.status || 'critical'),
      output: before?.output ?? options.output ?? '',
      criticalSinceMs: before?.status === 'critical' ? this.#clock.monotonic() : undefined,
      deregisterAfterMs: this.#deregisterAfterMs(definition),
    }
    if (before) this.#end(before)
    this.#entries.set(definition.id, entry)
    if (this.#state === 'running') driver.start()
    return this.#stateOf(entry)
  }

  /** Replaces a definition that is there. @throws UnknownCheckError and what `add` throws */
  update(definition: CheckDefinition, options: Pick<AddOptions, 'source'> = {}): CheckState {
    this.#entry(definition.id)
    return this.add(definition, options)
  }

  /** Ends a check and its run under way. False when there is none. */
  remove(id: string): boolean {
    const entry = this.#entries.get(id)
    if (!entry) return false
    this.#entries.delete(id)
    this.#end(entry)
    return true
  }

  get(id: string): CheckState | undefined {
    const entry = this.#entries.get(id)
    return entry && this.#stateOf(entry)
  }

  list(): CheckState[] {
    return [...this.#entries.values()].map((entry) => this.#stateOf(entry))
  }

  /** Runs the check's probe now, or joins a run under way. @throws UnknownCheckError, NotRunnableError */
  async runNow(id: string): Promise<CheckState> {
    const entry = this.#entry(id)
    if (!(entry.driver instanceof CheckRunner)) throw new NotRunnableError(id)
    await entry.driver.runNow()
    return this.#stateOf(entry)
  }

  /** Sets a TTL check's status and renews it. Returns the output as kept. @throws UnknownCheckError, NotTtlCheckError */
  setTtl(id: string, status: CheckStatus, output = ''): string {
    const { driver } = this.#entry(id)
    if (!(driver instanceof TtlProbe)) throw new NotTtlCheckError(id)
    return driver.setStatus(status, output)
  }

  pass(id: string, output = ''): string {
    return this.setTtl(id, 'passing', output)
  }

  warn(id: string, output = ''): string {
    return this.setTtl(id, 'warning', output)
  }

  fail(id: string, output = ''): string {
    return this.setTtl(id, 'critical', output)
  }

  /** Changes what may change while running; holds for the results from now on. */
  configure(change: Pick<HealthCheckerOptions, 'outputMaxSize' | 'discardOutput'>): void {
    Object.assign(this.#options, resolveOptions({ ...this.#options, ...change }))
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id)
    if (!entry) throw new UnknownCheckError(id)
    return entry
  }

  #refuseScript(definition: CheckDefinition, source: 'local' | 'remote'): void {
    const { scriptChecksEnabled } = this.#options
    if (!isScriptCheck(definition) || scriptChecksEnabled === true) return
    if (scriptChecksEnabled === 'local' && source === 'local') return
    throw new ScriptChecksDisabledError(definition.id, source)
  }

  #deregisterAfterMs(definition: CheckDefinition): number {
    const wishedMs = definition.deregisterCriticalServiceAfterMs ?? 0
    const minimumMs = this.#options.deregisterAfterMinMs
    if (wishedMs <= 0 || wishedMs >= minimumMs) return Math.max(0, wishedMs)
    this.#logger.warn('check has deregister interval below minimum', { check: definition.id, minimumMs })
    return minimumMs
  }

  #end(entry: Entry): void {
    const ended = entry.driver.stop().finally(() => this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  #apply(entry: Entry, status: CheckStatus, reported: string): void {
    if (this.#entries.get(entry.definition.id) !== entry) return
    const output = this.#options.discardOutput ? '' : reported
    if (status !== 'critical') entry.criticalSinceMs = undefined
    else entry.criticalSinceMs ??= this.#clock.monotonic()
    if (entry.status === status && entry.output === output) return
    const from = entry.status
    entry.status = status
    entry.output = output
    const at = this.#clock.now()
    const checkId = entry.definition.id
    if (from === status) return this.emit('outputChanged', { checkId, status, output, at })
    this.#logger.debug('check status updated', { check: checkId, from, status })
    this.emit('statusChanged', { checkId, from, to: status, output, at })
  }

  #scheduleReap(): void {
    this.#reapTimer = this.#clock.schedule(this.#options.reapIntervalMs, () => {
      if (this.#state !== 'running') return
      this.#scheduleReap()
      this.#reap()
    })
  }

  #reap(): void {
    const nowMs = this.#clock.monotonic()
    for (const { definition, criticalSinceMs, deregisterAfterMs: limitMs } of [...this.#entries.values()]) {
      if (criticalSinceMs === undefined || limitMs === 0) continue
      const criticalForMs = nowMs - criticalSinceMs
      if (criticalForMs <= limitMs) continue
      this.emit('criticalTooLong', { checkId: definition.id, criticalForMs, limitMs, at: this.#clock.now() })
    }
  }

  #stateOf(entry: Entry): CheckState {
    const { definition, status, output, criticalSinceMs } = entry
    const criticalForMs = criticalSinceMs === undefined ? undefined : this.#clock.monotonic() - criticalSinceMs
    return { id: definition.id, type: checkTypeOf(definition), definition, status, output, criticalForMs }
  }
}
