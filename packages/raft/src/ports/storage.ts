import type { HardState } from '../core/effects'
import type { Entry, SnapshotMeta } from '../core/messages'

/** What a server finds when it starts. */
export interface StoredState {
  readonly hardState: HardState
  readonly snapshot: SnapshotMeta | undefined
  /** The place before the first entry. */
  readonly base: { readonly index: number; readonly term: number }
  readonly entries: readonly Entry[]
}

export interface StorageWrite {
  readonly hardState: HardState | undefined
  /** Contiguous; they replace whatever is stored from the first one's index on. */
  readonly entries: readonly Entry[]
}

/** Keeps a server's log, vote and snapshots. Calls act in the order in which they were made. */
export interface Storage {
  /** Reads everything back. Refuses with RAFT_STORAGE_WRONG_NODE or RAFT_STORAGE_CORRUPT. */
  open(options: { nodeId: string }): Promise<StoredState>
  /**
   * Resolves when all of `write` is durable.
   * RAFT_STORAGE_FULL: nothing of it is stored, a later call may succeed. Any other rejection is final.
   */
  write(write: StorageWrite): Promise<void>
  /** Entries up to `throughIndex` are no longer needed; some may stay. */
  compact(throughIndex: number): Promise<void>
  /** Resolves when the snapshot is durable. A failure leaves earlier snapshots as they were. */
  writeSnapshot(meta: SnapshotMeta, chunks: AsyncIterable<Uint8Array>): Promise<void>
  /** The body of a stored snapshot, verified while it is read. */
  readSnapshot(meta: SnapshotMeta): AsyncIterable<Uint8Array>
  /** Drops the log, which a stored snapshot from elsewhere replaces; it goes on behind `meta.index`. */
  resetLog(meta: SnapshotMeta): Promise<void>
  close(): Promise<void>
}
