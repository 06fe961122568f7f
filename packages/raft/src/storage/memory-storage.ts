import type { HardState } from '../core/effects'
import type { Entry, SnapshotMeta } from '../core/messages'
import { WrongNodeError } from '../errors'
import type { Storage, StorageWrite, StoredState } from '../ports/storage'

/** Keeps everything in memory: for tests, and for a server that may forget. Can be closed and opened again. */
export class MemoryStorage implements Storage {
  #nodeId: string | undefined
  #hardState: HardState = { term: 0, votedFor: undefined }
  #base = { index: 0, term: 0 }
  #entries: Entry[] = []
  #snapshot: { meta: SnapshotMeta; chunks: Uint8Array[] } | undefined

  async open({ nodeId }: { nodeId: string }): Promise<StoredState> {
    this.#nodeId ??= nodeId
    if (this.#nodeId !== nodeId) throw new WrongNodeError({ directory: 'memory', storedId: this.#nodeId, id: nodeId })
    return { hardState: this.#hardState, snapshot: this.#snapshot?.meta, base: this.#base, entries: [...this.#entries] }
  }

  async write({ hardState, entries }: StorageWrite): Promise<void> {
    if (hardState) this.#hardState = hardState
    const first = entries[0]
    if (!first) return
    this.#entries.length = Math.min(this.#entries.length, first.index - this.#base.index - 1)
    for (const entry of entries) this.#entries.push(entry)
  }

  async compact(throughIndex: number): Promise<void> {
    const last = this.#entries[throughIndex - this.#base.index - 1]
    if (!last) return
    this.#entries.splice(0, throughIndex - this.#base.index)
    this.#base = { index: last.index, term: last.term }
  }

  async writeSnapshot(meta: SnapshotMeta, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const copies: Uint8Array[] = []
    for await (const chunk of chunks) copies.push(chunk.slice())
    this.#snapshot = { meta, chunks: copies }
  }

  async *readSnapshot(meta: SnapshotMeta): AsyncGenerator<Uint8Array> {
    if (this.#snapshot?.meta.index !== meta.index) throw new Error(`no snapshot at ${meta.index}`)
    yield* this.#snapshot.chunks
  }

  async resetLog(meta: SnapshotMeta): Promise<void> {
    this.#entries = []
    this.#base = { index: meta.index, term: meta.term }
  }

  async close(): Promise<void> {}
}
