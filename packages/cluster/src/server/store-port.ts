/**
 * The replicated log that a server runs on, as the cluster needs it. @sd/raft's `RaftNode` fits; another log may stand in its place.
 */
export interface ReplicatedStore {
  /** Resolves when the command is committed and applied here; `result` is what the state machine made of it. */
  propose(data: Uint8Array): Promise<{ readonly index: number; readonly term: number; readonly result: unknown }>
  /** Resolves with an applied index no older than the call, confirmed by a quorum. */
  readIndex(): Promise<number>
  /** Takes a snapshot now and compacts the log. */
  snapshot(): Promise<unknown>
  readonly isLeader: boolean
  /** Address of the leader, as the log knows it; undefined while nobody leads. */
  readonly leaderAddress: string | undefined
  readonly lastIndex: number
  readonly appliedIndex: number
  stats(): StoreStats
  /** The voters of the latest configuration in the log. */
  configuration(): {
    readonly index: number
    readonly voters: readonly { readonly id: string; readonly address: string }[]
  }
}

/** What is shown of the log (`consul info`, section raft). */
export interface StoreStats {
  readonly state: string
  readonly term: number
  readonly lastLogIndex: number
  readonly lastLogTerm: number
  readonly commitIndex: number
  readonly appliedIndex: number
  readonly fsmPending: number
  readonly lastSnapshotIndex: number
  readonly lastSnapshotTerm: number
  readonly latestConfigurationIndex: number
  readonly numPeers: number
  /** Milliseconds since a leader was heard of; 0 on the leader, undefined for never. */
  readonly lastContactMs: number | undefined
}

/** A replicated log with its lifecycle, made around a state machine. */
export interface RunningStore extends ReplicatedStore {
  start(): Promise<void>
  stop(): Promise<void>
  on(name: 'leaderChanged', listener: (event: { readonly isLeader: boolean }) => void): unknown
  /** The log cannot go on: nothing more is acknowledged. */
  on(name: 'failed', listener: (event: { readonly error: unknown }) => void): unknown
}

/** What the log drives: the shape of `CatalogStateMachine`. */
export interface StoreStateMachine {
  apply(entries: readonly { readonly index: number; readonly term: number; readonly data: Uint8Array }[]): unknown[]
  snapshot(): { chunks(): AsyncIterable<Uint8Array> }
  restore(chunks: AsyncIterable<Uint8Array>): Promise<void>
}
