import type { Entry, Envelope, SnapshotMeta } from './messages'

export interface HardState {
  readonly term: number
  readonly votedFor: string | undefined
}

/** A write. Entries replace whatever the log holds from the first one's index on. */
export interface Persist {
  readonly sequence: number
  readonly hardState: HardState | undefined
  readonly entries: readonly Entry[]
}

/**
 * What to do after a step, in the order of the fields.
 * The type carries the dangerous order: what `sendAfterPersist` says is only true once every write so far is durable.
 */
export interface Effects {
  /** Replaces log and state machine with this stored snapshot, before `persist`. */
  installSnapshot: SnapshotMeta | undefined
  persist: Persist | undefined
  /** May go out while the write runs (thesis section 10.2.1). */
  send: Envelope[]
  sendAfterPersist: Envelope[]
  /** Committed and durable here, in order; each entry is handed out once. */
  commit: readonly Entry[]
  /** Entries up to here may be dropped from storage. */
  compactThrough: number | undefined
  /** Of a `propose` input: where its first command went, or undefined when this server does not lead. */
  accepted: { readonly firstIndex: number; readonly term: number } | undefined
  /** Reads that are linearizable once `index` is applied. */
  readsReady: { readonly readId: number; readonly index: number }[]
  /** Reads that this server cannot answer because it does not lead (any more). */
  readsFailed: number[]
  /** When to step with `tick` next, on the clock of the inputs. */
  wakeAtMs: number | undefined
}

export const emptyEffects = (): Effects => ({
  installSnapshot: undefined,
  persist: undefined,
  send: [],
  sendAfterPersist: [],
  commit: [],
  compactThrough: undefined,
  accepted: undefined,
  readsReady: [],
  readsFailed: [],
  wakeAtMs: undefined,
})
