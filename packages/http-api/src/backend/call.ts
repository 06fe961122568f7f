/** What every method of the port shares: who asks, how to give up, and what a read answers with. */
import type { QueryMeta, QueryOptions } from '@sd/model'

export type MaybePromise<T> = T | Promise<T>

/** What comes with every call that is not a read of replicated data. */
export interface Call {
  /** The token of the request; absent when it came without one (the backend applies the agent's default). */
  readonly token?: string
  /** From `?datacenter` or `?dc`; absent means the agent's own. */
  readonly datacenter?: string
  /** Aborts when the client went away or the server stops. Made when first read, so reading it has a price. */
  readonly signal: AbortSignal
  /** The client's address, for logs and limits; empty on unix sockets. */
  readonly remoteAddress: string
}

/** Options of a read. `minIndex` and `maxWaitMs` ask for a blocking read: the backend waits, adds jitter and bounds. */
export interface ReadOptions extends QueryOptions, Call {
  /** `?cached` was given: an answer from the agent's cache will do. */
  readonly cached?: boolean
  /** `Cache-Control: max-age`, in milliseconds. */
  readonly maxAgeMs?: number
  /** `Cache-Control: stale-if-error`, in milliseconds. */
  readonly staleIfErrorMs?: number
  /** `Cache-Control: must-revalidate` or `max-age=0`. */
  readonly mustRevalidate?: boolean
}

/**
 * Where the encoded bodies of one result are kept. The backend owns it, bounds it in bytes, and shares one between
 * two results only when they are equal: same index, same options, same permissions.
 */
export interface RenderedBodies {
  /** `variant` is a short constant that names the encoding, such as "json" or "pretty". */
  get(variant: string): RenderedBody | undefined
  set(variant: string, body: RenderedBody): void
}

/** Text of ASCII characters only, which leaves in one write together with the headers; anything else as bytes. */
export type RenderedBody = string | Buffer

/** The answer to a read of replicated data. */
export interface ReadResult<T> {
  readonly value: T
  readonly meta: ReadMeta
  /** When given, the body is encoded once and the same bytes are sent to everyone who gets this result. */
  readonly rendered?: RenderedBodies | undefined
  /** For `cached` reads: sent as X-Cache and Age. */
  readonly cache?: { readonly hit: boolean; readonly ageMs: number }
}

export interface ReadMeta extends QueryMeta {
  /** X-Consul-Query-Backend; Consul sends it for service health only. */
  readonly queryBackend?: 'blocking-query' | 'streaming'
}

/** An answer of the agent itself, which has no index. */
export interface LocalResult<T> {
  readonly value: T
  /** True sends X-Consul-Results-Filtered-By-ACLs. */
  readonly resultsFilteredByAcls?: boolean
}
