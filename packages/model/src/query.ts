/** How fresh a read must be. `default`: the leader's state, by its lease; `consistent`: confirmed by a quorum; `stale`: any server's. */
export type Consistency = 'default' | 'consistent' | 'stale'

/** What a caller may ask of a read. Durations in milliseconds. */
export interface QueryOptions {
  readonly datacenter?: string
  readonly token?: string
  readonly consistency?: Consistency
  /** Wait until the index is above this one; 0 or absent answers at once. */
  readonly minIndex?: number
  /** Longest wait; absent is the server's default (5 minutes). */
  readonly maxWaitMs?: number
  /** For stale reads: how old the answer may be at most. */
  readonly maxStaleMs?: number
  /** A go-bexpr expression over the result. */
  readonly filter?: string
  /** Node whose network distance orders the result; "_agent" is the answering agent's own. */
  readonly near?: string
  /** Nodes must carry all of these. */
  readonly nodeMeta?: Readonly<Record<string, string>>
}

/** What comes back beside the value of a read. */
export interface QueryMeta {
  /** Raft index of the answer; pass it back as `minIndex` to wait for the next change. Never 0 on the wire. */
  readonly index: number
  readonly knownLeader: boolean
  /** Milliseconds since this server heard from the leader; 0 on the leader. */
  readonly lastContactMs: number
  /** What the read really was: "leader", "consistent" or "stale". */
  readonly effectiveConsistency?: 'leader' | 'consistent' | 'stale'
  readonly resultsFilteredByAcls?: boolean
}
