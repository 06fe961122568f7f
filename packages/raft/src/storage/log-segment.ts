/**
 * The bytes of a log segment.
 *
 * Header, 64 bytes: magic "SDRAFT01", first index (8), term before it (8), salt (4), chain (4), group (4), zeros, CRC (4).
 * Record: length (4), kind (1), flags (1), magic (2), index (8), term (8), group (4), chain (4), zeros (4), CRC (4), data,
 * zeros up to a multiple of 8. All little-endian. `chain` is the CRC of the record before, across segments.
 *
 * The records of one flush share a `group`; the last one is flagged. A flush begins when the one before is durable, so
 * damage that is followed by an intact record of a later group was durable once: it is corruption. Damage in the last
 * group may be a torn write that nobody was told of; the intact records before it stay, and a mark closes the group.
 */
import type { Crc32c } from './crc32c'

export interface SegmentHeader {
  firstIndex: number
  baseTerm: number
  /** Starts every CRC of the segment, so that bytes stored by a user never look like a record. */
  salt: number
  chain: number
  group: number
}

export interface SegmentScan {
  header: SegmentHeader
  /** Per entry, in order: where it begins, chain and group before it, and whether it begins a group. */
  offsets: number[]
  terms: number[]
  chains: number[]
  groups: number[]
  starts: boolean[]
  /** End of the last intact record. */
  end: number
  /** The last group has no end: it was torn, or cut by an overwrite. A mark must follow before anything else does. */
  isOpen: boolean
  chain: number
  group: number
  /** Bytes after `end` that are neither entries nor preallocated zeros. */
  tornBytes: number
}

export interface SegmentDamage {
  damagedAt: number
  reason: string
}

export type SegmentFormat = ReturnType<typeof createSegmentFormat>

/** Self-contained: its source text also runs in the disk worker. */
export function createSegmentFormat(crc32c: Crc32c) {
  const HEADER_BYTES = 64
  const RECORD_HEADER_BYTES = 40
  const RECORD_MAGIC = 0x5244
  const MAGIC = [0x53, 0x44, 0x52, 0x41, 0x46, 0x54, 0x30, 0x31]
  const END_OF_GROUP = 1
  /** A record without an entry: closes the groups before it when the log is closed. */
  const MARK_KIND = 3
  const HIGH = 2 ** 32

  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const paddedLength = (length: number) => RECORD_HEADER_BYTES + Math.ceil(length / 8) * 8
  const getWide = (data: DataView, at: number) => data.getUint32(at, true) + data.getUint32(at + 4, true) * HIGH
  const setWide = (data: DataView, at: number, value: number) => {
    data.setUint32(at, value % HIGH, true)
    data.setUint32(at + 4, Math.floor(value / HIGH), true)
  }

  const encodeHeader = (header: SegmentHeader): Uint8Array => {
    const bytes = new Uint8Array(HEADER_BYTES)
    const data = view(bytes)
    bytes.set(MAGIC)
    setWide(data, 8, header.firstIndex)
    setWide(data, 16, header.baseTerm)
    data.setUint32(24, header.salt, true)
    data.setUint32(28, header.chain, true)
    data.setUint32(32, header.group, true)
    data.setUint32(60, crc32c(bytes, 0, 60, 0), true)
    return bytes
  }

  const decodeHeader = (bytes: Uint8Array): SegmentHeader | undefined => {
    if (bytes.length < HEADER_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined
    const data = view(bytes)
    if (data.getUint32(60, true) !== crc32c(bytes, 0, 60, 0)) return undefined
    const [salt, chain, group] = [data.getUint32(24, true), data.getUint32(28, true), data.getUint32(32, true)]
    return { firstIndex: getWide(data, 8), baseTerm: getWide(data, 16), salt, chain, group }
  }

  /** Writes what the producer of a record knows; `sealGroup` adds the rest. Returns the offset behind it. */
  const encodeRecord = (
    target: Uint8Array,
    at: number,
    kind: number,
    index: number,
    term: number,
    body: Uint8Array,
  ) => {
    const data = view(target)
    data.setUint32(at, body.length, true)
    data.setUint8(at + 4, kind)
    data.setUint16(at + 6, RECORD_MAGIC, true)
    setWide(data, at + 8, index)
    setWide(data, at + 16, term)
    target.set(body, at + RECORD_HEADER_BYTES)
    return at + paddedLength(body.length)
  }

  const recordCrc = (bytes: Uint8Array, at: number, end: number, salt: number) =>
    crc32c(bytes, at + RECORD_HEADER_BYTES, end, crc32c(bytes, at, at + 36, salt))

  /** Makes the records in `bytes` one group behind `chain`. Returns the new chain. */
  const sealGroup = (bytes: Uint8Array, group: number, chain: number, salt: number): number => {
    const data = view(bytes)
    let last = chain
    for (let at = 0; at < bytes.length;) {
      const end = at + paddedLength(data.getUint32(at, true))
      data.setUint8(at + 5, end >= bytes.length ? END_OF_GROUP : 0)
      data.setUint32(at + 24, group, true)
      data.setUint32(at + 28, last, true)
      last = recordCrc(bytes, at, end, salt)
      data.setUint32(at + 36, last, true)
      at = end
    }
    return last
  }

  /** End of the record at `at` when its checksum is right, else 0. */
  const intactEnd = (bytes: Uint8Array, data: DataView, at: number, salt: number): number => {
    if (at + RECORD_HEADER_BYTES > bytes.length || data.getUint16(at + 6, true) !== RECORD_MAGIC) return 0
    const end = at + paddedLength(data.getUint32(at, true))
    if (end > bytes.length || bytes[at + 4]! > MARK_KIND) return 0
    return recordCrc(bytes, at, end, salt) === data.getUint32(at + 36, true) ? end : 0
  }

  /** True when an intact record of a group after `group` begins behind `from`. */
  const hasLaterGroup = (bytes: Uint8Array, data: DataView, from: number, group: number, salt: number): boolean => {
    for (let at = from + 8; at + RECORD_HEADER_BYTES <= bytes.length; at += 8) {
      if (data.getUint16(at + 6, true) !== RECORD_MAGIC || data.getUint32(at + 24, true) <= group) continue
      if (intactEnd(bytes, data, at, salt) > 0) return true
    }
    return false
  }

  /** Reads a whole segment. Only the last segment of a log may have a torn or preallocated tail. */
  const scan = (bytes: Uint8Array, isLast: boolean): SegmentScan | SegmentDamage => {
    const header = decodeHeader(bytes)
    if (!header) return { damagedAt: 0, reason: 'the segment header is not intact' }
    const data = view(bytes)
    const found: SegmentScan = {
      ...{ header, offsets: [], terms: [], chains: [], groups: [], starts: [] },
      ...{ end: HEADER_BYTES, isOpen: false, chain: header.chain, group: header.group, tornBytes: 0 },
    }
    while (found.end < bytes.length) {
      const at = found.end
      const end = intactEnd(bytes, data, at, header.salt)
      if (end === 0) break
      const isMark = bytes[at + 4] === MARK_KIND
      const expected = header.firstIndex + found.offsets.length - (isMark ? 1 : 0)
      if (data.getUint32(at + 28, true) !== found.chain || getWide(data, at + 8) !== expected) {
        return { damagedAt: at, reason: 'the record does not continue the one before it' }
      }
      if (!isMark) {
        found.offsets.push(at)
        found.terms.push(getWide(data, at + 16))
        found.chains.push(found.chain)
        found.groups.push(found.group)
        found.starts.push(!found.isOpen)
      }
      found.chain = data.getUint32(at + 36, true)
      found.group = data.getUint32(at + 24, true)
      found.isOpen = bytes[at + 5] !== END_OF_GROUP
      found.end = end
    }
    if (!isLast && (found.end !== bytes.length || found.isOpen)) {
      return { damagedAt: found.end, reason: 'the record is not intact' }
    }
    if (hasLaterGroup(bytes, data, found.end, found.isOpen ? found.group : found.group + 1, header.salt)) {
      return { damagedAt: found.end, reason: 'the record is not intact, and durable records follow it' }
    }
    let tail = bytes.length
    while (tail > found.end && bytes[tail - 1] === 0) tail--
    found.tornBytes = tail - found.end
    return found
  }

  return {
    HEADER_BYTES,
    RECORD_HEADER_BYTES,
    MARK_KIND,
    paddedLength,
    encodeHeader,
    encodeRecord,
    sealGroup,
    scan,
    getWide,
  }
}
