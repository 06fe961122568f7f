/** The tables as a stream of bytes: a header, one record per row, and an end that tells how many there were. */
import {
  defineFields,
  encodeMsgpack,
  decodeMsgpack,
  type FieldTable,
  healthCheckFields,
  integer,
  type KvEntry,
  nodeCoordinateFields,
  nodeFields,
  nodeServiceFields,
  sessionFields,
  struct,
  text,
} from '@sd/model'
import { decodeEntry, encodeEntry } from './commands/kv-codec'
import { UnreadableDataError } from './errors'
import type { CapturedMap } from './store/sorted-map'
import type { AnyTable, Table } from './store/table'
import { CatalogTables } from './tables/catalog-tables'

/** Changes when older versions can no longer read what this one writes. */
const HEADER = Buffer.from('sd-catalog-1\n')
/** About the size of one chunk: large enough for the disk, small enough not to hold up the event loop. */
const CHUNK_BYTES = 64 * 1024
/** u8 tag of the table, u32 length of the row. */
const RECORD_HEADER_BYTES = 5
const END_TAG = 0xff
/** A row is at most a KV value of 512 KB; more than this is damage. */
const ROW_BYTES_MAX = 64 * 1024 * 1024

interface RowCodec {
  encode(row: never): Buffer
  decode(bytes: Buffer): object
}

const codecOf = <T extends object>(table: FieldTable<T>): RowCodec => ({
  encode: (row: T) => encodeMsgpack(table, row),
  decode: (bytes) => decodeMsgpack(table, bytes),
})

const storedServiceFields = defineFields('StoredService', {
  node: text('Node'),
  service: struct('Service', nodeServiceFields),
})
const tombstoneFields = defineFields('Tombstone', { key: text('Key'), index: integer('Index') })
const indexFields = defineFields('IndexEntry', { key: text('Key'), value: integer('Value') })
const usageFields = defineFields('UsageEntry', { id: text('ID'), count: integer('Count'), index: integer('Index') })

/** Tags are part of the format: only ever add. Nodes come before what is on them. */
const TABLES: readonly { tag: number; name: string; codec: RowCodec }[] = [
  { tag: 1, name: 'nodes', codec: codecOf(nodeFields) },
  { tag: 2, name: 'services', codec: codecOf(storedServiceFields) },
  { tag: 3, name: 'checks', codec: codecOf(healthCheckFields) },
  { tag: 4, name: 'sessions', codec: codecOf(sessionFields) },
  { tag: 5, name: 'coordinates', codec: codecOf(nodeCoordinateFields) },
  {
    tag: 6,
    name: 'kvs',
    codec: { encode: (entry: KvEntry) => encodeEntry(entry, 0), decode: (bytes) => decodeEntry(bytes, 0) },
  },
  { tag: 7, name: 'tombstones', codec: codecOf(tombstoneFields) },
  { tag: 8, name: 'index', codec: codecOf(indexFields) },
  { tag: 9, name: 'usage', codec: codecOf(usageFields) },
]

const tableNamed = (tables: CatalogTables, name: string): AnyTable =>
  tables.all.find((table) => table.name === name) as AnyTable

/** Captures all tables, at a cost that does not depend on their size. */
export function captureTables(tables: CatalogTables): () => Generator<Uint8Array, void, undefined> {
  const captured = TABLES.map(({ tag, name, codec }) => ({ tag, codec, rows: tableNamed(tables, name).capture() }))
  return () => chunksOf(captured)
}

function* chunksOf(
  captured: readonly { tag: number; codec: RowCodec; rows: CapturedMap<unknown> }[],
): Generator<Uint8Array, void, undefined> {
  let pieces: Buffer[] = [HEADER]
  let length = HEADER.length
  let count = 0
  for (const { tag, codec, rows } of captured) {
    for (const row of rows.values()) {
      const body = codec.encode(row as never)
      pieces.push(recordHeader(tag, body.length), body)
      length += RECORD_HEADER_BYTES + body.length
      count++
      if (length < CHUNK_BYTES) continue
      yield Buffer.concat(pieces, length)
      pieces = []
      length = 0
    }
  }
  pieces.push(recordHeader(END_TAG, count))
  yield Buffer.concat(pieces)
}

function recordHeader(tag: number, length: number): Buffer {
  const header = Buffer.allocUnsafe(RECORD_HEADER_BYTES)
  header[0] = tag
  header.writeUInt32LE(length, 1)
  return header
}

/** Builds tables from a snapshot's chunks, cut anywhere. Throws {@link UnreadableDataError} for anything but a whole snapshot. */
export class SnapshotReader {
  readonly #tables = new CatalogTables()
  readonly #byTag = new Map(
    TABLES.map(({ tag, name, codec }) => [
      tag,
      { codec, table: tableNamed(this.#tables, name) as unknown as Table<object, string> },
    ]),
  )
  #pending: Buffer = Buffer.alloc(0)
  #count = 0
  #hasHeader = false
  #isOver = false

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const buffer = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    try {
      this.#pending = Buffer.from(buffer.subarray(this.#read(buffer)))
    } catch (cause) {
      throw cause instanceof UnreadableDataError ? cause : damaged('a row cannot be read', cause)
    }
  }

  /** The tables, when the end has come. */
  finish(): CatalogTables {
    if (!this.#isOver) throw damaged('it ends too early')
    return this.#tables
  }

  /** Returns how many bytes were used. */
  #read(buffer: Buffer): number {
    let at = 0
    if (!this.#hasHeader) {
      if (buffer.length < HEADER.length) return 0
      if (!buffer.subarray(0, HEADER.length).equals(HEADER)) throw damaged('it was written by an incompatible version')
      this.#hasHeader = true
      at = HEADER.length
    }
    while (buffer.length - at >= RECORD_HEADER_BYTES) {
      if (this.#isOver) throw damaged('it goes on after its end')
      const tag = buffer.readUInt8(at)
      const length = buffer.readUInt32LE(at + 1)
      if (tag === END_TAG) {
        if (length !== this.#count) throw damaged(`it has ${this.#count} rows instead of ${length}`)
        this.#isOver = true
        at += RECORD_HEADER_BYTES
        continue
      }
      if (length > ROW_BYTES_MAX) throw damaged('a row is too large')
      const end = at + RECORD_HEADER_BYTES + length
      if (end > buffer.length) break
      this.#insert(tag, buffer.subarray(at + RECORD_HEADER_BYTES, end))
      at = end
    }
    if (this.#isOver && at < buffer.length) throw damaged('it goes on after its end')
    return at
  }

  #insert(tag: number, body: Buffer): void {
    const known = this.#byTag.get(tag)
    if (known === undefined) throw damaged(`table ${tag} is unknown; a newer version wrote it`)
    const row = known.codec.decode(body)
    const key = known.table.keyOf(row)
    known.table.replace(key, known.table.get(key), row)
    this.#count++
  }
}

const damaged = (why: string, cause?: unknown): UnreadableDataError =>
  new UnreadableDataError('CATALOG_UNREADABLE_SNAPSHOT', `The snapshot cannot be restored: ${why}`, { cause })
