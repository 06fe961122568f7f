/** The agent of this node: registers services and checks, runs the checks, keeps the catalog in step. */
import type { HealthChecker } from '@sd/health-checker'
import { type Clock, errorMessage, isSdError, type Logger, type Random, silentLogger, goQuote } from '@sd/runtime'
import type { CheckDefinition, CheckStatus, HealthCheck, NodeService, ServiceDefinition } from '@sd/model'
import { badRequest, notFound, refused } from '../errors'
import { AntiEntropy, type CatalogAccess } from './anti-entropy'
import { CheckBridge } from './check-bridge'
import { checkDefinitionsOf, checkOfNode, checkOfService, serviceOf } from './claims'
import { DefinitionFiles } from './definition-files'
import { LocalState } from './local-state'
import type { NodeIdentity } from './plan-sync'
import { validateService } from './validate-service'

export interface LocalAgentPorts {
  readonly checker: HealthChecker
  readonly catalog: CatalogAccess
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface LocalAgentOptions {
  readonly self: NodeIdentity
  /** Where registrations are kept; absent: nowhere. */
  readonly dataDir?: string | undefined
  readonly checkUpdateIntervalMs?: number | undefined
  /** Scripts of definitions are refused unless the health checker allows them. */
  readonly services?: readonly ServiceDefinition[]
  readonly checks?: readonly CheckDefinition[]
}

/** Where a definition came from: script checks may be allowed for files only. */
export type DefinitionSource = 'file' | 'api'

export interface RegisterServiceOptions {
  readonly source: DefinitionSource
  readonly token?: string | undefined
  /** Removes the service's checks that the definition does not have. */
  readonly replaceExistingChecks?: boolean
  readonly persist?: boolean
}

export interface RegisterCheckOptions {
  readonly source: DefinitionSource
  readonly token?: string | undefined
  readonly persist?: boolean
}

export class LocalAgent {
  readonly state = new LocalState()
  readonly #checker: HealthChecker
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #files: DefinitionFiles
  readonly #bridge: CheckBridge
  readonly #antiEntropy: AntiEntropy
  readonly #options: LocalAgentOptions
  #self: NodeIdentity

  constructor(ports: LocalAgentPorts, options: LocalAgentOptions) {
    this.#checker = ports.checker
    this.#clock = ports.clock
    this.#logger = ports.logger
    this.#options = options
    this.#self = options.self
    this.#files = new DefinitionFiles(options.dataDir, ports.logger)
    this.#bridge = new CheckBridge(
      {
        ...ports,
        state: this.state,
        onChange: () => this.#antiEntropy.trigger(),
        onCriticalTooLong: (serviceId) => void this.#reapService(serviceId),
      },
      options.checkUpdateIntervalMs === undefined ? {} : { checkUpdateIntervalMs: options.checkUpdateIntervalMs },
    )
    this.#antiEntropy = new AntiEntropy({
      ...ports,
      state: this.state,
      self: () => this.#self,
      deferred: () => this.#bridge.deferred,
    })
  }

  get self(): NodeIdentity {
    return this.#self
  }

  /** Loads what files define, then what was registered before the last stop. Files win. */
  async start(): Promise<void> {
    await this.#files.start()
    await this.loadDefinitions(this.#options.services ?? [], this.#options.checks ?? [])
    await this.#restore()
    await this.#checker.start()
  }

  /** Begins to keep the catalog in step; call it when there is someone to talk to. */
  startSync(): void {
    this.#antiEntropy.start()
  }

  async stop(): Promise<void> {
    this.#bridge.stop()
    await this.#antiEntropy.stop()
    await this.#checker.stop()
  }

  /** Node metadata or addresses changed (reload). */
  setSelf(self: NodeIdentity): void {
    this.#self = self
    this.state.nodeInSync = false
    this.#antiEntropy.trigger()
  }

  /** Registers the definitions of files, in place of those that files defined before: all of them, or on error none. */
  async loadDefinitions(services: readonly ServiceDefinition[], checks: readonly CheckDefinition[]): Promise<void> {
    this.#refuseBroken(services, checks)
    const keptServices = new Set(services.map((each) => each.id || each.name))
    const keptChecks = new Set(checks.map((each) => each.id || each.name))
    for (const definition of services) {
      const options = { source: 'file', token: definition.token, replaceExistingChecks: true } as const
      await this.registerService(definition, options).catch((error: unknown) => refuseService(definition, error))
    }
    for (const definition of checks) {
      const options = { source: 'file', token: definition.token } as const
      await this.registerCheck(definition, options).catch((error: unknown) => refuseCheck(definition, error))
    }
    for (const [id, claim] of [...this.state.services()]) {
      if (claim.isFromFile && !keptServices.has(id)) await this.removeService(id)
    }
    for (const [id, claim] of [...this.state.checks()]) {
      if (claim.isFromFile && claim.check.serviceId === '' && !keptChecks.has(id) && claim.check.type !== 'maintenance')
        await this.removeCheck(id)
    }
  }

  /** Claims a service and runs its checks. On error nothing is left of a service that was not there before. */
  async registerService(definition: ServiceDefinition, options: RegisterServiceOptions): Promise<void> {
    const service = serviceOf(definition)
    validateService(service, this.#logger)
    const definitions = checkDefinitionsOf(definition)
    const token = options.token ?? ''
    const isFromFile = options.source === 'file'
    const existing = new Set(this.state.checkIdsOf(service.id))
    const isNew = this.state.service(service.id) === undefined
    this.state.putService({ service, token, isFromFile })
    const added: { check: HealthCheck; definition: CheckDefinition }[] = []
    try {
      definitions.forEach((each, i) => {
        const check = checkOfService(this.#self.node, service, each, i, definitions.length)
        added.push({ check: this.#runCheck(check, each, token, options.source), definition: each })
      })
      if (options.persist) {
        await this.#files.saveService({ token, service })
        for (const { check, definition: each } of added) await this.#files.saveCheck({ token, check, definition: each })
      }
    } catch (error) {
      for (const { check } of added) if (!existing.has(check.checkId)) await this.removeCheck(check.checkId)
      if (isNew) await this.removeService(service.id)
      throw error
    }
    if (!options.replaceExistingChecks) return
    const kept = new Set(added.map(({ check }) => check.checkId))
    for (const id of existing) if (!kept.has(id)) await this.removeCheck(id)
  }

  /** Gives up a service and its checks. Resolves also when there is none, as Consul does. */
  async removeService(id: string): Promise<void> {
    if (id === '') throw refused('ServiceID missing')
    if (!this.state.service(id)) return
    const checkIds = this.#dropService(id)
    await this.#files.removeService(id)
    for (const checkId of checkIds) await this.#files.removeCheck(checkId)
  }

  async registerCheck(definition: CheckDefinition, options: RegisterCheckOptions): Promise<void> {
    const service = this.state.service(definition.serviceId)?.service
    if (definition.serviceId !== '' && !service) throw unknownService(definition.serviceId)
    const token = options.token ?? ''
    const claimed = checkOfNode(this.#self.node, definition, service)
    const isNew = this.state.check(claimed.checkId) === undefined
    const check = this.#runCheck(claimed, definition, token, options.source)
    if (!options.persist) return
    try {
      await this.#files.saveCheck({ token, check, definition })
    } catch (error) {
      if (isNew) await this.removeCheck(check.checkId)
      throw error
    }
  }

  async removeCheck(id: string): Promise<void> {
    if (id === '') throw refused('CheckID missing')
    this.#dropCheck(id)
    await this.#files.removeCheck(id)
  }

  /** The heartbeat of a TTL check. */
  async updateTtl(id: string, status: CheckStatus, output: string): Promise<void> {
    if (!this.state.check(id)) {
      throw notFound(`Unknown check ID ${goQuote(id)}. Ensure that the check ID is passed, not the check name.`)
    }
    const ttlMs = this.#checker.get(id)?.definition.ttlMs ?? 0
    if (ttlMs <= 0) throw refused(`CheckID ${goQuote(id)} does not have associated TTL`)
    const kept = this.#checker.setTtl(id, status, output)
    await this.#files.saveTtl({ checkId: id, status, output: kept, expiresAt: this.#clock.now() + ttlMs })
  }

  /** A check that nothing runs, such as maintenance. */
  async putStaticCheck(check: HealthCheck, token: string): Promise<void> {
    this.state.putCheck({ check, token, isFromFile: false })
    await this.#files.saveCheck({ token, check, definition: null })
  }

  /** One attempt to bring the catalog in step. A failure is logged, not thrown: full comparisons try again. */
  async sync(): Promise<void> {
    await this.#antiEntropy.syncChanges().catch((error) => {
      this.#logger.error('failed to sync changes', { error: errorMessage(error) })
    })
  }

  /** Compares every claim with the catalog and mends what differs, as happens by itself now and then. */
  async compare(): Promise<void> {
    await this.#antiEntropy.syncFull()
  }

  /** Looks at every definition before the first is taken over. */
  #refuseBroken(services: readonly ServiceDefinition[], checks: readonly CheckDefinition[]): void {
    const validate = (check: HealthCheck, definition: CheckDefinition) =>
      startCheck(() =>
        this.#checker.validate({ ...definition, id: check.checkId, name: check.name }, { source: 'local' }),
      )
    const defined = new Map<string, NodeService>()
    for (const definition of services) {
      try {
        const service = serviceOf(definition)
        validateService(service, silentLogger)
        defined.set(service.id, service)
        const all = checkDefinitionsOf(definition)
        all.forEach((each, i) => validate(checkOfService(this.#self.node, service, each, i, all.length), each))
      } catch (error) {
        refuseService(definition, error)
      }
    }
    for (const definition of checks) {
      try {
        const kept = this.state.service(definition.serviceId)
        const service = defined.get(definition.serviceId) ?? (kept?.isFromFile ? undefined : kept?.service)
        if (definition.serviceId !== '' && !service) throw unknownService(definition.serviceId)
        validate(checkOfNode(this.#self.node, definition, service), definition)
      } catch (error) {
        refuseCheck(definition, error)
      }
    }
  }

  #runCheck(check: HealthCheck, definition: CheckDefinition, token: string, source: DefinitionSource): HealthCheck {
    const before = this.state.check(check.checkId)?.check
    const started = startCheck(() =>
      this.#checker.add(
        { ...definition, id: check.checkId, name: check.name },
        {
          source: source === 'file' ? 'local' : 'remote',
          ...(before ? { status: before.status, output: before.output } : {}),
        },
      ),
    )
    const claimed = { ...check, status: started.status, output: started.output }
    this.state.putCheck({ check: claimed, token, isFromFile: source === 'file' })
    return claimed
  }

  #dropCheck(id: string): void {
    this.#checker.remove(id)
    this.#bridge.forget(id)
    if (this.state.check(id)) this.state.removeCheck(id)
  }

  #dropService(id: string): readonly string[] {
    const checkIds = this.state.checkIdsOf(id)
    for (const checkId of checkIds) {
      this.#checker.remove(checkId)
      this.#bridge.forget(checkId)
    }
    this.state.removeService(id)
    return checkIds
  }

  async #reapService(id: string): Promise<void> {
    await this.removeService(id)
    this.#antiEntropy.trigger()
  }

  async #restore(): Promise<void> {
    for (const { token, service } of await this.#files.services()) {
      if (this.state.service(service.id)) await this.#files.removeService(service.id)
      else this.state.putService({ service, token, isFromFile: false })
    }
    const ttls = new Map((await this.#files.ttls()).map((record) => [record.checkId, record]))
    for (const { token, check, definition } of await this.#files.checks()) {
      if (this.state.check(check.checkId) || (check.serviceId !== '' && !this.state.service(check.serviceId))) {
        await this.#files.removeCheck(check.checkId)
        continue
      }
      const ttl = ttls.get(check.checkId)
      const isFresh = ttl !== undefined && ttl.expiresAt > this.#clock.now()
      // Until it has run again nobody knows: back to the status that the definition begins with.
      const status = isFresh ? ttl.status : definition === null ? check.status : definition.status || 'critical'
      const restored = { ...check, status, output: isFresh ? ttl.output : '' }
      try {
        if (definition)
          this.#checker.add(
            { ...definition, id: check.checkId, name: check.name },
            { source: 'remote', status, output: restored.output },
          )
        this.state.putCheck({ check: restored, token, isFromFile: false })
      } catch (error) {
        this.#logger.warn('failed to restore check', { check: check.checkId, error: errorMessage(error) })
      }
    }
  }
}

const unknownService = (id: string) => notFound(`ServiceID ${goQuote(id)} does not exist`)

function refuseService(definition: ServiceDefinition, error: unknown): never {
  throw refused(`Failed to register service ${goQuote(definition.name)}: ${errorMessage(error)}`, error)
}

function refuseCheck(definition: CheckDefinition, error: unknown): never {
  throw refused(`Failed to register check ${goQuote(definition.name)}: ${errorMessage(error)}`, error)
}

/** The health checker's refusals in the words of Consul's agent. */
function startCheck<T>(start: () => T): T {
  try {
    return start()
  } catch (error) {
    if (isSdError(error, 'HEALTH_INVALID_CHECK')) throw badRequest(error.message)
    throw refused(errorMessage(error), error)
  }
}
