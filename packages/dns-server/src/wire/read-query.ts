/** Bytes of a request to a query, with the same acceptance rules as the DNS library inside Consul. Pure. */
import { EDNS_OPTION_CLIENT_SUBNET, FLAG, HEADER_BYTES, OPCODE, RCODE, TYPE, typeName } from './constants'
import { MalformedNameError, readName } from './names'
import type { Question } from './records'

export interface ClientSubnet {
  readonly family: number
  readonly sourcePrefix: number
  /** 4 or 16 bytes, zero-filled. */
  readonly address: Uint8Array
}

export interface Edns {
  readonly udpSize: number
  readonly subnet: ClientSubnet | undefined
}

export interface Query {
  readonly id: number
  readonly opcode: number
  readonly flags: number
  /** Missing when the packet ends after its header: refused. */
  readonly question: Question | undefined
  readonly edns: Edns | undefined
}

/** What a packet asks for, or how to turn it away: `ignore` sends nothing. */
export type ReadResult =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'reject'; readonly id: number; readonly flags: number; readonly question: Question | undefined }
  | { readonly kind: 'ignore' }

const IGNORE: ReadResult = { kind: 'ignore' }
/** Flags of a bad request that its FORMERR echoes. */
const ECHOED_FLAGS = FLAG.TC | FLAG.RD | FLAG.RA | FLAG.AD | FLAG.CD

export function readQuery(bytes: Buffer): ReadResult {
  if (bytes.length < HEADER_BYTES) return IGNORE
  const id = bytes.readUInt16BE(0)
  const flags = bytes.readUInt16BE(2)
  if (flags & FLAG.QR) return IGNORE
  const opcode = (flags >> 11) & 0xf
  const reject = (rcode: number, replyOpcode: number, question?: Question): ReadResult => ({
    kind: 'reject',
    id,
    flags: FLAG.QR | (replyOpcode << 11) | (flags & ECHOED_FLAGS) | rcode,
    question,
  })
  if (opcode !== OPCODE.QUERY && opcode !== OPCODE.NOTIFY) return reject(RCODE.NOTIMP, opcode)
  const answerCount = bytes.readUInt16BE(6)
  const authorityCount = bytes.readUInt16BE(8)
  const additionalCount = bytes.readUInt16BE(10)
  if (bytes.readUInt16BE(4) !== 1 || answerCount > 1 || authorityCount > 1 || additionalCount > 2) {
    return reject(RCODE.FORMERR, OPCODE.QUERY)
  }
  if (bytes.length === HEADER_BYTES) {
    return { kind: 'query', query: { id, opcode, flags, question: undefined, edns: undefined } }
  }
  let question: Question | undefined
  try {
    const read = readQuestion(bytes)
    question = read.question
    let at = skipRecords(bytes, read.end, answerCount).end
    at = skipRecords(bytes, at, authorityCount).end
    const { edns } = skipRecords(bytes, at, additionalCount)
    return { kind: 'query', query: { id, opcode, flags, question, edns } }
  } catch (error) {
    if (!(error instanceof MalformedNameError)) throw error
    return reject(RCODE.FORMERR, OPCODE.QUERY, question)
  }
}

/** The question may end early: what is missing reads as 0. A half field is malformed. */
function readQuestion(bytes: Buffer): { question: Question; end: number } {
  const { name, end } = readName(bytes, HEADER_BYTES)
  if (end === bytes.length) return { question: { name, type: 0, class: 0 }, end }
  if (end + 2 > bytes.length) throw new MalformedNameError('the question is cut')
  const type = bytes.readUInt16BE(end)
  if (end + 2 === bytes.length) return { question: { name, type, class: 0 }, end: end + 2 }
  if (end + 4 > bytes.length) throw new MalformedNameError('the question is cut')
  return { question: { name, type, class: bytes.readUInt16BE(end + 2) }, end: end + 4 }
}

/** Walks over `count` records; keeps the last OPT. A packet that ends before a record is accepted as it is. */
function skipRecords(bytes: Buffer, start: number, count: number): { end: number; edns: Edns | undefined } {
  let at = start
  let edns: Edns | undefined
  for (let index = 0; index < count && at < bytes.length; index++) {
    const { end } = readName(bytes, at)
    if (end + 10 > bytes.length) throw new MalformedNameError('a record is cut')
    const type = bytes.readUInt16BE(end)
    const dataStart = end + 10
    const dataEnd = dataStart + bytes.readUInt16BE(end + 8)
    if (dataEnd > bytes.length) throw new MalformedNameError('record data runs past the end')
    if (type === TYPE.OPT) {
      edns = { udpSize: bytes.readUInt16BE(end + 2), subnet: readOptions(bytes.subarray(dataStart, dataEnd)) }
    }
    at = dataEnd
  }
  return { end: at, edns }
}

/** Lengths that an EDNS option may have; others make the packet malformed. */
const OPTION_LENGTHS = new Map<number, (length: number) => boolean>([
  [1, (length) => length >= 18], // long-lived queries
  [2, (length) => length === 4 || length === 8], // update lease
  [9, (length) => length === 0 || length >= 4], // expire
  [11, (length) => length === 0 || length === 2], // TCP keep-alive
  [15, (length) => length >= 2], // extended error
])

function readOptions(data: Buffer): ClientSubnet | undefined {
  let subnet: ClientSubnet | undefined
  for (let at = 0; at < data.length;) {
    if (at + 4 > data.length) throw new MalformedNameError('an EDNS option is cut')
    const code = data.readUInt16BE(at)
    const start = at + 4
    at = start + data.readUInt16BE(at + 2)
    if (at > data.length) throw new MalformedNameError('an EDNS option runs past the end')
    if (code === EDNS_OPTION_CLIENT_SUBNET) {
      const read = readClientSubnet(data.subarray(start, at))
      subnet ??= read
    } else if (OPTION_LENGTHS.get(code)?.(at - start) === false) {
      throw new MalformedNameError('an EDNS option has a wrong length')
    }
  }
  return subnet
}

/** RFC 7871 section 6. */
function readClientSubnet(data: Buffer): ClientSubnet {
  const refuse = (reason: string) => new MalformedNameError(`EDNS client subnet: ${reason}`)
  if (data.length < 4) throw refuse('cut')
  const family = data.readUInt16BE(0)
  const sourcePrefix = data[2] as number
  const scopePrefix = data[3] as number
  if (family > 2) throw refuse('unknown family')
  const prefixMax = family === 0 ? 0 : family === 1 ? 32 : 128
  if (sourcePrefix > prefixMax || (family !== 0 && scopePrefix > prefixMax)) throw refuse('prefix too long')
  const address = new Uint8Array(family === 2 ? 16 : 4)
  if (family !== 0) address.set(data.subarray(4, 4 + address.length))
  return { family, sourcePrefix, address }
}

/** The subnet option for a reply: the address cut to its prefix, as RFC 7871 asks. */
export function encodeClientSubnet(subnet: ClientSubnet, scopePrefix: number): Uint8Array {
  const { family, sourcePrefix, address } = subnet
  const addressBytes = Math.ceil(sourcePrefix / 8)
  const option = new Uint8Array(8 + addressBytes)
  option.set([0, EDNS_OPTION_CLIENT_SUBNET, 0, 4 + addressBytes, family >> 8, family & 0xff, sourcePrefix, scopePrefix])
  option.set(address.subarray(0, addressBytes), 8)
  const spare = addressBytes * 8 - sourcePrefix
  if (spare > 0) option[option.length - 1]! &= (0xff << spare) & 0xff
  return option
}

/** For logs. */
export function describeQuestion(bytes: Buffer): { name?: string; type?: string } {
  const read = readQuery(bytes)
  const question = read.kind === 'query' ? read.query.question : undefined
  return question ? { name: question.name, type: typeName(question.type) } : {}
}
