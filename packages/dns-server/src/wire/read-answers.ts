/** The few records of a recursor's reply that we pass on. Pure; never reads outside the packet. */
import { FLAG, HEADER_BYTES, TYPE } from './constants'
import { MalformedNameError, readName } from './names'
import type { DnsRecord } from './records'

export interface ReplyHeader {
  readonly id: number
  readonly rcode: number
  readonly isTruncated: boolean
}

/** Undefined when the packet is no reply. */
export function readReplyHeader(bytes: Buffer): ReplyHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined
  const flags = bytes.readUInt16BE(2)
  if (!(flags & FLAG.QR)) return undefined
  return { id: bytes.readUInt16BE(0), rcode: flags & 0xf, isTruncated: (flags & FLAG.TC) !== 0 }
}

/** True when the reply repeats this question, which a forged one has to guess. Replies without a question pass only with an error. */
export function repliesTo(bytes: Buffer, name: string, type: number): boolean {
  try {
    if (bytes.readUInt16BE(4) !== 1) return bytes.readUInt16BE(4) === 0 && (bytes.readUInt16BE(2) & 0xf) !== 0
    const read = readName(bytes, HEADER_BYTES)
    return read.name.toLowerCase() === name.toLowerCase() && bytes.readUInt16BE(read.end) === type
  } catch {
    return false
  }
}

/** A, AAAA and CNAME records of the answer section. A malformed reply gives what came before the fault. */
export function readAliasRecords(bytes: Buffer): DnsRecord[] {
  const records: DnsRecord[] = []
  try {
    let at = HEADER_BYTES
    for (let left = bytes.readUInt16BE(4); left > 0; left--) at = readName(bytes, at).end + 4
    for (let left = bytes.readUInt16BE(6); left > 0 && at < bytes.length; left--) {
      const { name, end } = readName(bytes, at)
      if (end + 10 > bytes.length) break
      const type = bytes.readUInt16BE(end)
      const ttl = bytes.readUInt32BE(end + 4)
      const start = end + 10
      at = start + bytes.readUInt16BE(end + 8)
      if (at > bytes.length) break
      if (type === TYPE.CNAME) records.push({ type, name, ttl, target: readName(bytes, start).name })
      const isAddress = (type === TYPE.A && at - start === 4) || (type === TYPE.AAAA && at - start === 16)
      if (isAddress) records.push({ type, name, ttl, address: Uint8Array.from(bytes.subarray(start, at)) })
    }
  } catch (error) {
    if (!(error instanceof MalformedNameError) && !(error instanceof RangeError)) throw error
  }
  return records
}
