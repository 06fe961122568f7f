/** Messages to bytes, with name compression (RFC 1035 section 4.1.4). Pure. */
import { SdError } from '@sd/runtime'
import { CLASS_IN, MESSAGE_BYTES_MAX, POINTER_OFFSET_MAX, TYPE } from './constants'
import { LABEL_BYTES_MAX, labelStarts, unescape } from './names'
import type { DnsRecord, Message } from './records'

/** A record cannot be put on the wire, such as a node name with a label of 64 bytes. */
export class UnencodableError extends SdError<'DNS_UNENCODABLE'> {
  constructor(reason: string) {
    super('DNS_UNENCODABLE', `cannot encode the answer: ${reason}`)
  }
}

/** Longest character string in a TXT record; longer text becomes several. */
const TXT_STRING_BYTES_MAX = 255
const INITIAL_BYTES = 1_024

/** A growing buffer with the names seen so far. */
export class MessageWriter {
  bytes = Buffer.allocUnsafe(INITIAL_BYTES)
  length = 0
  /** Where serials of SOA records were written, so that a kept packet can show the present second. */
  readonly serialOffsets: number[] = []
  readonly #offsets: Map<string, number> | undefined
  #isFrozen = false

  constructor(compress: boolean) {
    this.#offsets = compress ? new Map() : undefined
  }

  /** From here on names point only to what was written before, so that what follows can be moved as a block. */
  freezeNames(): void {
    this.#isFrozen = true
  }

  u8(value: number): void {
    this.#room(1)
    this.bytes[this.length++] = value
  }

  u16(value: number): void {
    this.#room(2)
    this.bytes[this.length++] = (value >> 8) & 0xff
    this.bytes[this.length++] = value & 0xff
  }

  u32(value: number): void {
    this.u16(value >>> 16)
    this.u16(value & 0xffff)
  }

  raw(data: Uint8Array): void {
    this.#room(data.length)
    this.bytes.set(data, this.length)
    this.length += data.length
  }

  /** Each character is one byte. */
  latin1(text: string): void {
    this.#room(text.length)
    this.length += this.bytes.write(text, this.length, 'latin1')
  }

  /** Names that may not be compressed themselves still serve as targets of later pointers. */
  name(name: string, mayPoint: boolean): void {
    for (const start of labelStarts(name)) {
      const suffix = name.slice(start)
      const seen = this.#offsets?.get(suffix)
      if (seen !== undefined && mayPoint) return this.u16(0xc000 | seen)
      if (seen === undefined && !this.#isFrozen && this.length < POINTER_OFFSET_MAX) {
        this.#offsets?.set(suffix, this.length)
      }
      this.#label(suffix)
    }
    this.u8(0)
  }

  /** Writes the first label of `suffix`. */
  #label(suffix: string): void {
    let end = 0
    while (end < suffix.length && suffix[end] !== '.') end += suffix[end] === '\\' ? 2 : 1
    const label = unescape(suffix.slice(0, end))
    if (label.length === 0) throw new UnencodableError('a name has an empty label')
    if (label.length > LABEL_BYTES_MAX) throw new UnencodableError('a name has a label of more than 63 bytes')
    this.u8(label.length)
    this.latin1(label)
  }

  record(record: DnsRecord): void {
    this.name(record.name, true)
    this.recordBody(record)
  }

  /** All but the owner's name. */
  recordBody(record: DnsRecord): void {
    this.u16(record.type)
    this.u16(record.type === TYPE.OPT ? record.udpSize : CLASS_IN)
    this.u32(record.ttl)
    const lengthAt = this.length
    this.u16(0)
    this.#data(record)
    const dataLength = this.length - lengthAt - 2
    if (dataLength > MESSAGE_BYTES_MAX) throw new UnencodableError('record data is longer than 65,535 bytes')
    this.bytes.writeUInt16BE(dataLength, lengthAt)
  }

  #data(record: DnsRecord): void {
    switch (record.type) {
      case TYPE.A:
      case TYPE.AAAA:
        return this.raw(record.address)
      case TYPE.SRV:
        this.u16(record.priority)
        this.u16(record.weight)
        this.u16(record.port)
        return this.name(record.target, false) // RFC 2782: no compression of the target
      case TYPE.TXT:
        return this.#text(unescape(record.text))
      case TYPE.SOA:
        this.name(record.primary, true)
        this.name(record.mailbox, true)
        this.serialOffsets.push(this.length)
        for (const value of [record.serial, record.refresh, record.retry, record.expire, record.minTtl]) this.u32(value)
        return
      case TYPE.OPT:
        return this.raw(record.options)
      default:
        return this.name(record.target, true)
    }
  }

  #text(text: string): void {
    let at = 0
    do {
      const part = text.slice(at, at + TXT_STRING_BYTES_MAX)
      this.u8(part.length)
      this.latin1(part)
      at += TXT_STRING_BYTES_MAX
    } while (at < text.length)
  }

  #room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + bytes))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }

  /** The header's counts are those of `message`. */
  header(message: Message): void {
    this.u16(message.id)
    this.u16(message.flags)
    this.u16(message.question ? 1 : 0)
    this.u16(message.answers.length)
    this.u16(message.authority.length)
    this.u16(message.additional.length)
  }

  question(message: Message): void {
    if (!message.question) return
    this.name(message.question.name, true)
    this.u16(message.question.type)
    this.u16(message.question.class)
  }

  finish(): Buffer {
    return this.bytes.subarray(0, this.length)
  }
}

/** @throws UnencodableError (DNS_UNENCODABLE) */
export const writeMessage = (message: Message, options: { compress: boolean }): Buffer =>
  writeAll(message, options).finish()

/** Like {@link writeMessage}, with the writer's notes.
 * @throws UnencodableError (DNS_UNENCODABLE)
 */
export function writeAll(message: Message, options: { compress: boolean }): MessageWriter {
  const writer = new MessageWriter(options.compress)
  writer.header(message)
  writer.question(message)
  for (const record of message.answers) writer.record(record)
  for (const record of message.authority) writer.record(record)
  for (const record of message.additional) writer.record(record)
  if (writer.length > MESSAGE_BYTES_MAX) throw new UnencodableError('the message is longer than 65,535 bytes')
  return writer
}

/** The header and question of a reply without records. */
export const writeBare = (id: number, flags: number, question: Message['question']): Buffer =>
  writeMessage({ id, flags, question, answers: [], authority: [], additional: [] }, { compress: false })
