/**
 * Length of a message as Consul's DNS library counts it before sending, which decides how many answers fit.
 * The count looks at the same compression rules as the writer, so the two agree.
 */
import { HEADER_BYTES, POINTER_OFFSET_MAX, TYPE } from './constants'
import { escapedLength, labelStarts, unescape } from './names'
import type { DnsRecord, Message } from './records'

type Seen = Set<string> | undefined

export function messageLength(message: Omit<Message, 'id' | 'flags'>, options: { compress: boolean }): number {
  const seen: Seen = options.compress ? new Set() : undefined
  let length = HEADER_BYTES
  if (message.question) length += nameLength(message.question.name, length, seen, true) + 4
  for (const record of message.answers) length += recordLength(record, length, seen)
  for (const record of message.authority) length += recordLength(record, length, seen)
  for (const record of message.additional) length += recordLength(record, length, seen)
  return length
}

export function recordLength(record: DnsRecord, offset: number, seen: Seen): number {
  const length = nameLength(record.name, offset, seen, true) + 10
  switch (record.type) {
    case TYPE.A:
    case TYPE.AAAA:
      return length + record.address.length
    case TYPE.SRV:
      return length + 6 + nameLength(record.target, offset + length + 6, seen, false)
    case TYPE.TXT: {
      const bytes = unescape(record.text).length
      return length + bytes + Math.max(1, Math.ceil(bytes / 255))
    }
    case TYPE.SOA: {
      const primary = nameLength(record.primary, offset + length, seen, true)
      return length + primary + nameLength(record.mailbox, offset + length + primary, seen, true) + 20
    }
    case TYPE.OPT:
      return length + record.options.length
    default:
      return length + nameLength(record.target, offset + length, seen, true)
  }
}

function nameLength(name: string, offset: number, seen: Seen, mayPoint: boolean): number {
  if (name === '.' || name === '') return 1
  if (seen && (mayPoint || offset < POINTER_OFFSET_MAX)) {
    for (const start of labelStarts(name)) {
      const suffix = name.slice(start)
      if (seen.has(suffix)) {
        if (mayPoint) return escapedLength(name.slice(0, start)) + 2
        break
      }
      if (offset + start < POINTER_OFFSET_MAX) seen.add(suffix)
    }
  }
  return escapedLength(name) + 1
}
