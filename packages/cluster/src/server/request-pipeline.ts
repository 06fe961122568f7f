/** The way of every request for replicated data: datacenter, leader, consistency, wait, filter; in this order, in this file. */
import type { CatalogTables, QueryResult, WatchSet } from '@sd/catalog'
import { type Clock, isSdError, type Random, sleep } from '@sd/runtime'
import type { QueryMeta, QueryOptions } from '@sd/model'
import { noLeader, noPathToDatacenter, refused } from '../errors'
import { blockingRead } from './blocking-read'
import { CachedRead, ReadCache } from './read-cache'
import type { ReplicatedStore } from './store-port'

export interface RequestPipelinePorts {
  readonly store: ReplicatedStore
  /** Leads, and has applied everything that was committed before it did. */
  readonly leads: () => boolean
  /** Resolves when `leads` becomes true, at once when it is. */
  readonly whenLeading: () => Promise<void>
  /** The tables as applied so far. */
  readonly tables: () => CatalogTables
  readonly clock: Clock
  readonly random: Random
}

export interface RequestPipelineOptions {
  readonly datacenter: string
  /** How long a request waits for a leader before it fails, in milliseconds. @defaultValue 7_000 (Consul's rpc_hold_timeout) */
  readonly holdTimeoutMs?: number | undefined
  /** Most bytes of kept results. @defaultValue 33_554_432 */
  readonly cacheBytesMax?: number | undefined
}

const HOLD_TIMEOUT_MS = 7_000
const CACHE_BYTES_MAX = 32 * 1024 * 1024
/** What a read is, beside its options. */
export interface ReadRequest<T> {
  /** Names the query and all its arguments; with the options it is the key of the cache. One key has one way of being written out. */
  readonly key: string
  readonly query: (tables: CatalogTables, watch?: WatchSet) => QueryResult<T>
  readonly isMissing?: (value: T) => boolean
  /** False for reads that cost less than keeping them (a single key). @defaultValue true */
  readonly isKept?: boolean
}

export interface ReadOutcome<T> {
  readonly value: T
  readonly meta: QueryMeta
  /** Where bodies made of the value are kept; absent when the value itself is not. */
  readonly rendered?: CachedRead<T>
}

export interface ReadCallOptions extends QueryOptions {
  readonly signal?: AbortSignal
}

export class RequestPipeline {
  readonly cache: ReadCache
  readonly #ports: RequestPipelinePorts
  readonly #options: RequestPipelineOptions

  constructor(ports: RequestPipelinePorts, options: RequestPipelineOptions) {
    this.#ports = ports
    this.#options = options
    this.cache = new ReadCache(options.cacheBytesMax ?? CACHE_BYTES_MAX)
  }

  get tables(): CatalogTables {
    return this.#ports.tables()
  }

  get datacenter(): string {
    return this.#options.datacenter
  }

  /** Answers at once where it can: a plain value keeps the caller's fast path synchronous. */
  read<T>(request: ReadRequest<T>, options: ReadCallOptions): ReadOutcome<T> | Promise<ReadOutcome<T>> {
    this.requireHere(options.datacenter)
    const isStale = options.consistency === 'stale'
    if (!options.minIndex && options.consistency !== 'consistent' && (isStale || this.#ports.leads())) {
      return this.#outcome(this.#run(request, options), options)
    }
    return this.#slowRead(request, options)
  }

  /** Proposes a command; resolves with the state machine's result. Waits out an election. */
  async write(command: Uint8Array, datacenter?: string): Promise<unknown> {
    this.requireHere(datacenter)
    if (!this.#ports.leads()) await this.#leader()
    try {
      return (await this.#ports.store.propose(command)).result
    } catch (error) {
      if (isSdError(error, 'RAFT_NOT_LEADER')) throw noLeader()
      if (isSdError(error) && error.code.startsWith('RAFT_'))
        throw refused(`raft apply failed: ${error.message}`, error)
      throw error
    }
  }

  /** Resolves when this server's state holds every write that was acknowledged before the call. */
  async confirm(): Promise<void> {
    await this.#leader()
    await this.#ports.store.readIndex()
  }

  /** Resolves when there is a leader; rejects with Consul's words when none comes in time. */
  async #leader(): Promise<void> {
    const { leads, whenLeading, clock } = this.#ports
    if (leads()) return
    const patience = new AbortController()
    const tooLong = sleep(clock, this.#options.holdTimeoutMs ?? HOLD_TIMEOUT_MS, { signal: patience.signal }).then(
      () => {
        throw noLeader()
      },
    )
    // Whoever comes second has nobody to tell.
    tooLong.catch(() => {})
    await Promise.race([whenLeading(), tooLong]).finally(() => patience.abort())
  }

  /** Refuses what is meant for another datacenter. */
  requireHere(datacenter: string | undefined): void {
    if (datacenter !== undefined && datacenter !== '' && datacenter !== this.#options.datacenter)
      throw noPathToDatacenter()
  }

  async #slowRead<T>(request: ReadRequest<T>, options: ReadCallOptions): Promise<ReadOutcome<T>> {
    const attempt = async (): Promise<CachedRead<T>> => {
      if (options.consistency === 'consistent') await this.confirm()
      else if (options.consistency !== 'stale') await this.#leader()
      return this.#run({ ...request, isKept: true }, options)
    }
    const { minIndex } = options
    const read = minIndex
      ? await blockingRead(
          this.#ports,
          { minIndex, maxWaitMs: options.maxWaitMs, signal: options.signal },
          attempt,
          request.isMissing,
        )
      : await attempt()
    return this.#outcome(read, options)
  }

  #run<T>(request: ReadRequest<T>, options: ReadCallOptions): CachedRead<T> {
    const tables = this.#ports.tables()
    const key = cacheKey(request.key, options)
    const kept = this.cache.get<T>(key)
    if (kept) return kept
    if (request.isKept === false) {
      return new CachedRead(request.query(tables))
    }
    return this.cache.run(key, (watch) => request.query(tables, watch))
  }

  #outcome<T>(read: CachedRead<T>, options: ReadCallOptions): ReadOutcome<T> {
    const { store } = this.#ports
    const isStale = options.consistency === 'stale'
    return {
      value: read.result.value,
      ...(read.isKept ? { rendered: read } : {}),
      meta: {
        index: Math.max(1, read.result.index),
        knownLeader: store.isLeader || store.leaderAddress !== undefined,
        lastContactMs: store.isLeader ? 0 : (store.stats().lastContactMs ?? 0),
        effectiveConsistency: isStale ? 'stale' : options.consistency === 'consistent' ? 'consistent' : 'leader',
      },
    }
  }
}

const cacheKey = (key: string, options: ReadCallOptions): string => {
  let full = key
  if (options.filter) full += `\u0000f${options.filter}`
  if (options.near) full += `\u0000n${options.near}`
  if (options.nodeMeta) full += `\u0000m${JSON.stringify(options.nodeMeta)}`
  return full
}
