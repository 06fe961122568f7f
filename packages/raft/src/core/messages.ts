/** What servers say to each other, and the values that travel in it. Names follow the Raft paper (Ongaro, figure 2). */

/** `command` carries the caller's bytes; `noop` opens a leader's term; `configuration` names the voters. */
export type EntryKind = 'command' | 'noop' | 'configuration'

/** One place in the replicated log. Indexes start at 1. */
export interface Entry {
  readonly index: number
  readonly term: number
  readonly kind: EntryKind
  readonly data: Uint8Array
}

export interface RaftServer {
  readonly id: string
  /** Where the transport reaches it; opaque to the core. */
  readonly address: string
}

export interface Configuration {
  readonly voters: readonly RaftServer[]
}

/** Names a snapshot: it stands for the log up to and including `index`. */
export interface SnapshotMeta {
  readonly index: number
  readonly term: number
  readonly configuration: Configuration
  /** Index of the entry that set `configuration`. */
  readonly configurationIndex: number
}

/** Asks for a vote. With `preVote` nothing is promised and `term` is the term that would follow (thesis section 9.6). */
export interface VoteRequest {
  readonly kind: 'voteRequest'
  readonly term: number
  readonly preVote: boolean
  readonly lastIndex: number
  readonly lastTerm: number
}

export interface VoteResponse {
  readonly kind: 'voteResponse'
  /** Of a grant: the term asked for. Of a refusal: the term of the server that refuses. */
  readonly term: number
  readonly preVote: boolean
  readonly granted: boolean
}

/** Replicates entries; without entries it is a heartbeat. */
export interface AppendRequest {
  readonly kind: 'appendRequest'
  readonly term: number
  readonly prevIndex: number
  readonly prevTerm: number
  readonly commitIndex: number
  /** Counts the leader's rounds of proving itself to a quorum, for linearizable reads. */
  readonly round: number
  readonly entries: readonly Entry[]
}

export interface AppendResponse {
  readonly kind: 'appendResponse'
  readonly term: number
  readonly success: boolean
  /** `prevIndex` of the request that is answered. */
  readonly prevIndex: number
  /** With success: the log agrees with the leader's up to here, durably. */
  readonly matchIndex: number
  /** Without: the last place where the logs may agree, and its term. */
  readonly hintIndex: number
  readonly hintTerm: number
  readonly round: number
}

/** The sender's log no longer reaches back: take this snapshot. Handed to the core when its body is stored. */
export interface InstallSnapshot {
  readonly kind: 'installSnapshot'
  readonly term: number
  readonly snapshot: SnapshotMeta
}

export type Message = VoteRequest | VoteResponse | AppendRequest | AppendResponse | InstallSnapshot

export interface Envelope {
  readonly to: string
  readonly message: Message
}
