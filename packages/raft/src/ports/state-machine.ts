/** A committed command. */
export interface AppliedEntry {
  readonly index: number
  readonly term: number
  readonly data: Uint8Array
}

export interface StateMachineSnapshot {
  /** The state at the moment of `snapshot()`, piece by piece; read while the state machine moves on. */
  chunks(): AsyncIterable<Uint8Array>
}

/**
 * What the log drives. `apply` is deterministic: the same entries give the same state on every server.
 * A command that cannot be carried out is a result, not an exception: what throws stops the node.
 */
export interface StateMachine {
  /** One result per entry, in order. Entries are in log order, without gaps except for raft's own entries. */
  apply(entries: readonly AppliedEntry[]): unknown[]
  /** Captures the state in constant time. */
  snapshot(): StateMachineSnapshot
  /** Replaces the state by that of a snapshot. */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<void>
}
