/** The client: one object with an area per part of the API. */
import { AgentArea } from './areas/agent'
import { CatalogArea } from './areas/catalog'
import { CoordinateArea } from './areas/coordinate'
import { EventArea } from './areas/event'
import { HealthArea } from './areas/health'
import { KvArea } from './areas/kv'
import { Lock, type LockOptions } from './areas/lock'
import { OperatorArea } from './areas/operator'
import { SessionArea } from './areas/session'
import { SnapshotArea } from './areas/snapshot'
import { StatusArea } from './areas/status'
import { TransactionArea } from './areas/transaction'
import type { ConsulClientOptions } from './options'
import type { QueryResult } from './read-meta'
import { type ReadOptions, Transport } from './transport'
import { watch, type WatchOptions } from './watch'

/** Speaks Consul's HTTP API with an agent. Opens connections when they are needed; idle ones do not hold the process. */
export class ConsulClient implements AsyncDisposable {
  readonly agent: AgentArea
  readonly catalog: CatalogArea
  readonly coordinate: CoordinateArea
  readonly event: EventArea
  readonly health: HealthArea
  readonly kv: KvArea
  readonly operator: OperatorArea
  readonly session: SessionArea
  readonly snapshot: SnapshotArea
  readonly status: StatusArea
  readonly transaction: TransactionArea
  readonly #transport: Transport
  readonly #options: ConsulClientOptions

  /** Throws `API_INVALID_OPTIONS` for an address that cannot be read. */
  constructor(options: ConsulClientOptions = {}) {
    this.#options = options
    const transport = new Transport(options)
    this.#transport = transport
    this.agent = new AgentArea(transport)
    this.catalog = new CatalogArea(transport)
    this.coordinate = new CoordinateArea(transport)
    this.event = new EventArea(transport)
    this.health = new HealthArea(transport)
    this.kv = new KvArea(transport)
    this.operator = new OperatorArea(transport)
    this.session = new SessionArea(transport)
    this.snapshot = new SnapshotArea(transport)
    this.status = new StatusArea(transport)
    this.transaction = new TransactionArea(transport)
  }

  /** One value per change: `client.watch((options) => client.health.service('web', options), { signal })`. */
  watch<T>(
    read: (options: ReadOptions) => Promise<QueryResult<T>>,
    options: WatchOptions = {},
  ): AsyncGenerator<QueryResult<T>, void, undefined> {
    // The signal by name: spreading an AbortController, which has one, would lose it.
    return watch(read, { ...this.#ports(), ...options, signal: options.signal })
  }

  /** A lock on `key` that one holder has at a time. */
  lock(key: string, options: LockOptions = {}): Lock {
    return new Lock({ kv: this.kv, session: this.session }, key, { ...this.#ports(), ...options })
  }

  /** Reads token and certificate files now, instead of at the first request. Throws `API_INVALID_OPTIONS`. */
  prepare(): Promise<void> {
    return this.#transport.prepare()
  }

  /** Breaks open requests and closes connections. May be called twice. */
  close(): Promise<void> {
    return this.#transport.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #ports() {
    const { clock, random } = this.#options
    return { ...(clock ? { clock } : {}), ...(random ? { random } : {}) }
  }
}
