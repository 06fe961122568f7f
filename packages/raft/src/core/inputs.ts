import type { Message, SnapshotMeta } from './messages'

/** Everything that can happen to a core. Time comes with each input. */
export type Input =
  /** The server begins. The only voter campaigns at once. */
  | { readonly kind: 'start' }
  /** Time has passed; due at `Effects.wakeAtMs` at the latest. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'message'; readonly from: string; readonly message: Message }
  /** Commands to append, in order; accepted or refused as one. */
  | { readonly kind: 'propose'; readonly commands: readonly Uint8Array[] }
  /** A linearizable read asks which index it must see. */
  | { readonly kind: 'read'; readonly readId: number }
  /** `Effects.persist` with this sequence number, and all before it, is durable. */
  | { readonly kind: 'persisted'; readonly sequence: number }
  /** Nothing of the writes in flight is durable; the log on disk is as before them. Later writes may succeed. */
  | { readonly kind: 'persistFailed' }
  /** This server's own snapshot is durable: the log may shrink. */
  | { readonly kind: 'snapshotTaken'; readonly snapshot: SnapshotMeta }
  /** The transfer of a snapshot to `peer` has ended, with the snapshot stored there or not. */
  | { readonly kind: 'snapshotEnded'; readonly peer: string; readonly isStored: boolean }
