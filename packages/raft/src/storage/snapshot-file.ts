/**
 * The bytes of a snapshot file: magic "SDSNAP01", then frames of length (4), CRC (4) and data. The first frame is the
 * JSON of what the snapshot is; a frame of length 0 ends the file. Each CRC continues the one before.
 */
import type { SnapshotMeta } from '../core/messages'
import { StorageCorruptError } from '../errors'
import { crc32c } from './crc32c'

const MAGIC = new TextEncoder().encode('SDSNAP01')
const FRAME_HEADER_BYTES = 8

/** Longest frame that a reader takes; writers stay far below. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024

/** Chunks are joined to about this size before they are written, in bytes. */
const FRAME_BYTES = 256 * 1024

export const snapshotFileName = (meta: SnapshotMeta): string =>
  `${String(meta.index).padStart(16, '0')}-${String(meta.term).padStart(10, '0')}.snap`

/** Makes the file's bytes, piece by piece; each piece is a fresh buffer that may be transferred to another thread. */
export async function* encodeSnapshot(
  meta: SnapshotMeta,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let chain = 0
  const frame = (parts: readonly Uint8Array[], length: number): Uint8Array => {
    const bytes = new Uint8Array(FRAME_HEADER_BYTES + length)
    let at = FRAME_HEADER_BYTES
    for (const part of parts) {
      bytes.set(part, at)
      at += part.length
    }
    chain = crc32c(bytes, FRAME_HEADER_BYTES, at, chain)
    const data = new DataView(bytes.buffer)
    data.setUint32(0, length, true)
    data.setUint32(4, chain, true)
    return bytes
  }
  const head = new TextEncoder().encode(JSON.stringify(meta))
  yield Uint8Array.from(MAGIC)
  yield frame([head], head.length)
  let parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += FRAME_BYTES) {
      const part = chunk.subarray(at, at + FRAME_BYTES)
      parts.push(part)
      length += part.length
      if (length < FRAME_BYTES) continue
      yield frame(parts, length)
      parts = []
      length = 0
    }
  }
  if (length > 0) yield frame(parts, length)
  yield frame([], 0)
}

/** Reads the file back, verifying each frame: first what it is, then the body. */
export async function* decodeSnapshot(path: string, file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(file)
  const refuse = (reason: string) => new StorageCorruptError({ file: path, offset: reader.offset, reason })
  const magic = await reader.take(MAGIC.length)
  if (!magic || MAGIC.some((byte, i) => magic[i] !== byte)) throw refuse('it is not a snapshot')
  for (let chain = 0; ;) {
    const head = await reader.take(FRAME_HEADER_BYTES)
    if (!head) throw refuse('it ends too early')
    const data = new DataView(head.buffer, head.byteOffset, head.byteLength)
    const [length, crc] = [data.getUint32(0, true), data.getUint32(4, true)]
    if (length > FRAME_BYTES_MAX) throw refuse('the frame is too long')
    const body = await reader.take(length)
    if (!body) throw refuse('it ends too early')
    chain = crc32c(body, 0, length, chain)
    if (chain !== crc) throw refuse('the checksum differs')
    if (length === 0) return
    yield body
  }
}

/** Takes exact amounts from a stream of pieces. */
class ByteReader {
  offset = 0
  readonly #iterator: AsyncIterator<Uint8Array>
  #pieces: Uint8Array[] = []
  #available = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]()
  }

  async take(length: number): Promise<Uint8Array | undefined> {
    while (this.#available < length) {
      const next = await this.#iterator.next()
      if (next.done) return undefined
      this.#pieces.push(next.value)
      this.#available += next.value.length
    }
    this.offset += length
    this.#available -= length
    const first = this.#pieces[0]
    if (!first) return new Uint8Array(0)
    if (first.length > length) {
      this.#pieces[0] = first.subarray(length)
      return first.subarray(0, length)
    }
    const joined = this.#pieces.length === 1 ? first : new Uint8Array(Buffer.concat(this.#pieces))
    this.#pieces = joined.length > length ? [joined.subarray(length)] : []
    return joined.subarray(0, length)
  }
}
