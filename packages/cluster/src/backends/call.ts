/** What the HTTP API hands over with each request. */
import type { QueryOptions } from '@sd/model'

export interface Call {
  readonly token?: string
  readonly datacenter?: string
  readonly signal: AbortSignal
  readonly remoteAddress: string
}

export type ReadCall = QueryOptions & Call
