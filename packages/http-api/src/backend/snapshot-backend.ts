/** Snapshots of the whole state, as a stream. */
import type { Call, MaybePromise, ReadMeta } from './call'

export interface SnapshotBackend {
  /** The promise settles when the first byte is ready, so that failures still become an HTTP error. */
  save(
    request: { readonly stale: boolean },
    call: Call,
  ): MaybePromise<{ readonly meta: ReadMeta; readonly chunks: AsyncIterable<Uint8Array> }>
  /** Resolves when the state is that of the snapshot on this server. */
  restore(chunks: AsyncIterable<Uint8Array>, call: Call): MaybePromise<void>
}
