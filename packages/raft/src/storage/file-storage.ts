import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { type Logger, errorMessage, silentLogger } from '@sd/runtime'
import type { Entry, EntryKind, SnapshotMeta } from '../core/messages'
import { StorageCorruptError, WrongNodeError } from '../errors'
import type { Storage, StorageWrite, StoredState } from '../ports/storage'
import { crc32c } from './crc32c'
import { DiskLane } from './disk-lane'
import type { OpenedDirectory } from './disk-worker'
import { HARD_STATE_FILE, decodeHardState, encodeHardState } from './hard-state-file'
import { createSegmentFormat } from './log-segment'
import { decodeSnapshot, encodeSnapshot, snapshotFileName } from './snapshot-file'

export interface FileStorageOptions {
  logger?: Logger
  /**
   * Size from which a new log segment is begun, in bytes. Smaller ones let compaction free space sooner and cost more files.
   * @defaultValue 8 MiB
   */
  segmentBytes?: number
  /**
   * How far ahead of its end a segment is filled with zeros, in bytes, so that a flush need not grow the file.
   * @defaultValue 1 MiB
   */
  preallocateBytes?: number
  /** Injects delays and errors; made by `DiskFaults` of @sd/raft/testing. */
  faults?: { readonly cells: Int32Array }
}

/** Snapshots that stay on disk: the one in use and the one before. */
const SNAPSHOTS_KEPT = 2

const KINDS: readonly EntryKind[] = ['command', 'noop', 'configuration']

const format = createSegmentFormat(crc32c)

/**
 * Keeps log, vote and snapshots in `directory`: `log/` segments, `hard-state`, `snapshots/`, and `node.json`, which
 * names the owner. One process at a time.
 */
export class FileStorage implements Storage {
  readonly #directory: string
  readonly #logger: Logger
  readonly #options: FileStorageOptions
  #lane: DiskLane | undefined
  #snapshotWrite: Promise<unknown> = Promise.resolve()

  constructor(directory: string, options: FileStorageOptions = {}) {
    this.#directory = directory
    this.#options = options
    this.#logger = (options.logger ?? silentLogger).child('raft.storage')
  }

  async open({ nodeId }: { nodeId: string }): Promise<StoredState> {
    this.#lane = this.#openLane()
    try {
      const opened = await this.#lane.ask<OpenedDirectory>({ op: 'open', nodeId })
      if (opened.nodeId !== nodeId) {
        throw new WrongNodeError({ directory: this.#directory, storedId: opened.nodeId, id: nodeId })
      }
      const { torn } = opened
      if (torn) this.#logger.warn('cut a torn write off the end of the log', { ...torn, file: torn.path })
      return await this.#understand(opened)
    } catch (error) {
      await this.#lane.end()
      throw error
    }
  }

  write({ hardState, entries }: StorageWrite): Promise<void> {
    const state = hardState && encodeHardState(hardState)
    const records = entries.length > 0 ? encodeEntries(entries) : undefined
    const transfer = [state, records].filter((bytes) => bytes !== undefined)
    return this.#open.ask({ op: 'write', hardState: state, records }, transfer)
  }

  compact(throughIndex: number): Promise<void> {
    return this.#open.ask({ op: 'compact', throughIndex })
  }

  resetLog(meta: SnapshotMeta): Promise<void> {
    return this.#open.ask({ op: 'reset', index: meta.index, term: meta.term })
  }

  /** Has a worker of its own for the time of the write, so that a big snapshot never delays the log. */
  writeSnapshot(meta: SnapshotMeta, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const write = this.#snapshotWrite.then(() => this.#writeSnapshot(meta, chunks))
    this.#snapshotWrite = write.catch(() => undefined)
    return write
  }

  async *readSnapshot(meta: SnapshotMeta): AsyncGenerator<Uint8Array> {
    const path = this.#snapshotPath(snapshotFileName(meta))
    const body = decodeSnapshot(path, createReadStream(path, { highWaterMark: 256 * 1024 }))
    await body.next()
    yield* body
  }

  async close(): Promise<void> {
    const lane = this.#lane
    if (!lane) return
    this.#lane = undefined
    await this.#snapshotWrite
    await lane.ask({ op: 'close' }).catch((error) => {
      this.#logger.warn('closing the log failed', { error: errorMessage(error) })
    })
    await lane.end()
  }

  get #open(): DiskLane {
    if (!this.#lane) throw new Error('FileStorage is not open')
    return this.#lane
  }

  #openLane(): DiskLane {
    const { segmentBytes = 8 * 1024 * 1024, preallocateBytes = 1024 * 1024, faults } = this.#options
    return new DiskLane({ directory: this.#directory, segmentBytes, preallocateBytes, faults: faults?.cells })
  }

  async #writeSnapshot(meta: SnapshotMeta, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const lane = this.#openLane()
    try {
      await lane.ask({ op: 'snapshotBegin', name: snapshotFileName(meta) })
      for await (const bytes of encodeSnapshot(meta, chunks)) await lane.ask({ op: 'snapshotChunk', bytes }, [bytes])
      await lane.ask({ op: 'snapshotEnd', keep: SNAPSHOTS_KEPT })
    } catch (error) {
      await lane.ask({ op: 'snapshotAbort' }).catch(() => undefined)
      throw error
    } finally {
      await lane.end()
    }
  }

  async #understand(opened: OpenedDirectory): Promise<StoredState> {
    const hardState = opened.hardState && decodeHardState(opened.hardState)
    if (opened.hardState && !hardState) {
      throw this.#corrupt(join(this.#directory, HARD_STATE_FILE), 0, 'the checksum differs')
    }
    const newest = opened.snapshots[0]
    const snapshot = newest === undefined ? undefined : await this.#readMeta(this.#snapshotPath(newest))
    let { base, entries } = decodeEntries(opened.segments)
    const lastIndex = base.index + entries.length
    const lastTerm = entries.at(-1)?.term ?? base.term
    if (snapshot) {
      const at = snapshot.index === base.index ? base : entries[snapshot.index - base.index - 1]
      if (snapshot.index < base.index) {
        throw this.#corrupt(
          this.#directory,
          0,
          `the log begins after entry ${base.index}, the snapshot ends at ${snapshot.index}`,
        )
      }
      // The snapshot came from a leader and the server stopped before its log followed.
      if (at?.term !== snapshot.term) {
        await this.resetLog(snapshot)
        base = { index: snapshot.index, term: snapshot.term }
        entries = []
      }
    } else if (base.index > 0) {
      throw this.#corrupt(this.#directory, 0, `the log begins after entry ${base.index} and there is no snapshot`)
    }
    if (lastIndex > 0 && !hardState) {
      throw this.#corrupt(join(this.#directory, HARD_STATE_FILE), 0, 'it is missing although there is a log')
    }
    if (hardState && hardState.term < lastTerm) {
      throw this.#corrupt(join(this.#directory, HARD_STATE_FILE), 0, `its term is before the log's term ${lastTerm}`)
    }
    return { hardState: hardState ?? { term: 0, votedFor: undefined }, snapshot, base, entries }
  }

  async #readMeta(path: string): Promise<SnapshotMeta> {
    const body = decodeSnapshot(path, createReadStream(path))
    try {
      const head = await body.next()
      if (head.done) throw this.#corrupt(path, 8, 'it is empty')
      return JSON.parse(new TextDecoder().decode(head.value)) as SnapshotMeta
    } finally {
      await body.return(undefined)
    }
  }

  #snapshotPath(name: string): string {
    return join(this.#directory, 'snapshots', name)
  }

  #corrupt(file: string, offset: number, reason: string): StorageCorruptError {
    return new StorageCorruptError({ file, offset, reason })
  }
}

function encodeEntries(entries: readonly Entry[]): Uint8Array {
  let length = 0
  for (const entry of entries) length += format.paddedLength(entry.data.length)
  const bytes = new Uint8Array(length)
  let at = 0
  for (const { index, term, kind, data } of entries) {
    at = format.encodeRecord(bytes, at, KINDS.indexOf(kind), index, term, data)
  }
  return bytes
}

/** The worker has verified the bytes. Entries share them. */
function decodeEntries(segments: readonly Uint8Array[]): Pick<StoredState, 'base' | 'entries'> {
  const entries: Entry[] = []
  let base: StoredState['base'] | undefined
  for (const bytes of segments) {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    base ??= { index: format.getWide(data, 8) - 1, term: format.getWide(data, 16) }
    let at = format.HEADER_BYTES
    while (at < bytes.length) {
      const length = data.getUint32(at, true)
      const kind = KINDS[bytes[at + 4] as number]
      if (kind) {
        const body = bytes.subarray(at + format.RECORD_HEADER_BYTES, at + format.RECORD_HEADER_BYTES + length)
        entries.push({ index: format.getWide(data, at + 8), term: format.getWide(data, at + 16), kind, data: body })
      }
      at += format.paddedLength(length)
    }
  }
  return { base: base ?? { index: 0, term: 0 }, entries }
}
