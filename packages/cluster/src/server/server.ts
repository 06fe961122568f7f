/** A server: the replicated catalog, the endpoints over it, and the duties of a leader. */
import { CatalogStateMachine, type CatalogTables } from '@sd/catalog'
import { type Clock, errorMessage, type Logger, type Random, type Service, type ServiceState } from '@sd/runtime'
import type { AgentMember } from '@sd/model'
import { Commands } from './commands'
import { CatalogEndpoint } from './endpoints/catalog-endpoint'
import { CoordinateEndpoint } from './endpoints/coordinate-endpoint'
import { HealthEndpoint } from './endpoints/health-endpoint'
import { KvEndpoint } from './endpoints/kv-endpoint'
import { SessionEndpoint } from './endpoints/session-endpoint'
import { TransactionEndpoint } from './endpoints/transaction-endpoint'
import { LeaderDuties } from './leader/leader-duties'
import { LockDelays } from './leader/lock-delay'
import { ReapTombstones } from './leader/reap-tombstones'
import { ReconcileMembers } from './leader/reconcile-members'
import { SessionExpiry } from './leader/session-expiry'
import { RequestPipeline } from './request-pipeline'
import type { RunningStore, StoreStateMachine } from './store-port'

export interface ServerPorts {
  /** Makes the replicated log around the catalog. */
  readonly createStore: (stateMachine: StoreStateMachine) => RunningStore
  /** The members of the pool, this server among them. */
  readonly members: () => readonly AgentMember[]
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export interface ServerOptions {
  readonly datacenter: string
  readonly holdTimeoutMs?: number | undefined
  readonly sessionTtlMinMs?: number | undefined
  readonly cacheBytesMax?: number | undefined
}

export class Server implements Service {
  readonly store: RunningStore
  readonly pipeline: RequestPipeline
  readonly catalog: CatalogEndpoint
  readonly health: HealthEndpoint
  readonly kv: KvEndpoint
  readonly session: SessionEndpoint
  readonly transaction: TransactionEndpoint
  readonly coordinate: CoordinateEndpoint
  readonly members: () => readonly AgentMember[]
  readonly #stateMachine: CatalogStateMachine
  readonly #duties: LeaderDuties
  readonly #logger: Logger
  #state: ServiceState = 'new'
  #isReady = false
  #ready = deferred()

  constructor(ports: ServerPorts, options: ServerOptions) {
    const { clock, random, members } = ports
    const logger = ports.logger.child('server')
    this.#logger = logger
    this.members = members
    this.#stateMachine = new CatalogStateMachine({ onEffects: (effects) => this.#duties.applied(effects) })
    this.store = ports.createStore(this.#stateMachine)
    const tables = () => this.tables
    this.pipeline = new RequestPipeline(
      {
        ...{ store: this.store, tables, clock, random },
        leads: () => this.#isReady && this.store.isLeader,
        whenLeading: () => this.whenReady(),
      },
      options,
    )
    const commands = new Commands(this.pipeline)
    const lockDelays = new LockDelays(clock)
    const expiry = new SessionExpiry({ clock, logger, destroy: (id) => commands.destroySession(id) })
    this.#duties = new LeaderDuties({
      clock,
      logger,
      tables,
      expiry,
      lockDelays,
      tombstones: new ReapTombstones({ clock, logger, reap: (index) => commands.reapTombstones(index) }),
      reconcile: new ReconcileMembers({ members, tables, commands, datacenter: options.datacenter }),
    })
    this.catalog = new CatalogEndpoint(this.pipeline, commands)
    this.health = new HealthEndpoint(this.pipeline)
    this.kv = new KvEndpoint(this.pipeline, commands, lockDelays)
    this.session = new SessionEndpoint(this.pipeline, commands, expiry, random, tables, options)
    this.transaction = new TransactionEndpoint(commands, lockDelays, options.datacenter)
    this.coordinate = new CoordinateEndpoint(this.pipeline, commands)
    this.store.on('leaderChanged', ({ isLeader }) => {
      if (isLeader) return this.#lead()
      if (this.#isReady) this.#ready = deferred()
      this.#isReady = false
      this.#duties.stop()
    })
  }

  get state(): ServiceState {
    return this.#state
  }

  get tables(): CatalogTables {
    return this.#stateMachine.tables
  }

  /** Resolves when this server leads and serves; never when it does not come to that. */
  whenReady(): Promise<void> {
    return this.#ready.promise
  }

  async start(): Promise<void> {
    this.#state = 'starting'
    try {
      await this.store.start()
    } catch (error) {
      this.#state = 'failed'
      throw error
    }
    this.#state = 'running'
    if (this.store.isLeader) this.#lead()
  }

  async stop(): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'stopping'
    this.#duties.stop()
    await this.store.stop()
    this.#state = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Serves once everything that was committed before is applied. */
  #lead(): void {
    if (this.#isReady) return
    this.store
      .readIndex()
      .then(() => {
        this.#isReady = this.store.isLeader
        if (!this.#isReady) return undefined
        this.#ready.resolve()
        return this.#duties.start()
      })
      .catch((error) => this.#logger.error('failed to take up leadership', { error: errorMessage(error) }))
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {}
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve }
}
