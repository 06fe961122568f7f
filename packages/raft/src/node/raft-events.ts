/** What a node tells its owner. */

export interface LeaderChange {
  /** Undefined while no leader is known. */
  readonly leaderId: string | undefined
  readonly leaderAddress: string | undefined
  readonly isLeader: boolean
  readonly term: number
}

export interface RaftNodeEvents {
  leaderChanged: LeaderChange
  /** The node cannot go on: its disk or its state machine failed. Stop it and start anew. */
  failed: { readonly error: unknown }
}
