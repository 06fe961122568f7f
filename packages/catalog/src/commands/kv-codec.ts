/**
 * Bytes of a KV entry: the hot path of writes, so by hand. Fields that are zero are left out:
 * u8 which fields follow, u32 key length, key, then flags, indexes and session as present, and the value to the end.
 */
import type { KvEntry } from '@sd/model'

const HAS_VALUE = 1
const HAS_FLAGS = 2
const HAS_MODIFY_INDEX = 4
const HAS_LOCK_INDEX = 8
const HAS_CREATE_INDEX = 16
const HAS_SESSION = 32
const FIXED = 5

const SESSION_LENGTH_MAX = 0xffff

/** The entry, after `lead` bytes that the caller fills in. */
export function encodeEntry(entry: KvEntry, lead: number): Buffer {
  const keyLength = Buffer.byteLength(entry.key)
  const sessionLength = entry.session === '' ? 0 : Buffer.byteLength(entry.session)
  if (sessionLength > SESSION_LENGTH_MAX) throw new RangeError('the session id is too long')
  const valueLength = entry.value?.length ?? 0
  let fields = entry.value === null ? 0 : HAS_VALUE
  let length = lead + FIXED + keyLength + valueLength
  if (entry.flags !== 0) {
    fields |= HAS_FLAGS
    length += 8
  }
  if (entry.modifyIndex !== 0) {
    fields |= HAS_MODIFY_INDEX
    length += 8
  }
  if (entry.lockIndex !== 0) {
    fields |= HAS_LOCK_INDEX
    length += 8
  }
  if (entry.createIndex !== 0) {
    fields |= HAS_CREATE_INDEX
    length += 8
  }
  if (sessionLength !== 0) {
    fields |= HAS_SESSION
    length += 2 + sessionLength
  }
  const bytes = Buffer.allocUnsafe(length)
  bytes[lead] = fields
  let at = bytes.writeUInt32LE(keyLength, lead + 1)
  at += bytes.write(entry.key, at, 'utf8')
  if (fields & HAS_FLAGS) at = bytes.writeBigUInt64LE(BigInt(entry.flags), at)
  if (fields & HAS_MODIFY_INDEX) at = bytes.writeDoubleLE(entry.modifyIndex, at)
  if (fields & HAS_LOCK_INDEX) at = bytes.writeDoubleLE(entry.lockIndex, at)
  if (fields & HAS_CREATE_INDEX) at = bytes.writeDoubleLE(entry.createIndex, at)
  if (fields & HAS_SESSION) {
    at = bytes.writeUInt16LE(sessionLength, at)
    at += bytes.write(entry.session, at, 'utf8')
  }
  if (entry.value !== null) bytes.set(entry.value, at)
  return bytes
}

/** Reads what {@link encodeEntry} wrote from `start` to the end. Throws a RangeError for anything else. */
export function decodeEntry(bytes: Buffer, start: number): KvEntry {
  const fields = bytes.readUInt8(start)
  const keyStart = start + FIXED
  const keyEnd = keyStart + bytes.readUInt32LE(start + 1)
  if (keyEnd > bytes.length) throw new RangeError('the key ends after the command')
  const key = bytes.toString('utf8', keyStart, keyEnd)
  let at = keyEnd
  const index = (mask: number): number => {
    if ((fields & mask) === 0) return 0
    const value = bytes.readDoubleLE(at)
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('an index is not a number')
    at += 8
    return value
  }
  let flags: number | bigint = 0
  if (fields & HAS_FLAGS) {
    const big = bytes.readBigUInt64LE(at)
    flags = big <= Number.MAX_SAFE_INTEGER ? Number(big) : big
    at += 8
  }
  const modifyIndex = index(HAS_MODIFY_INDEX)
  const lockIndex = index(HAS_LOCK_INDEX)
  const createIndex = index(HAS_CREATE_INDEX)
  let session = ''
  if (fields & HAS_SESSION) {
    const length = bytes.readUInt16LE(at)
    at += 2
    if (at + length > bytes.length) throw new RangeError('the session ends after the command')
    session = bytes.toString('utf8', at, at + length)
    at += length
  }
  const value = fields & HAS_VALUE ? copyOf(bytes, at) : null
  return { lockIndex, key, flags, value, session, createIndex, modifyIndex }
}

/** A copy, since the value outlives the buffer it came in. */
function copyOf(bytes: Buffer, start: number): Uint8Array {
  const copy = new Uint8Array(bytes.length - start)
  for (let i = 0; i < copy.length; i++) copy[i] = bytes[start + i] as number
  return copy
}
