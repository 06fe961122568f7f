/** The bytes of a message between servers: a kind byte, then its fields; numbers are 6 bytes, little-endian. */
import type {
  AppendRequest,
  AppendResponse,
  Entry,
  EntryKind,
  SnapshotMeta,
  VoteRequest,
  VoteResponse,
} from '../core/messages'
import { MalformedMessageError } from '../errors'

/** A piece of a snapshot's body. Pieces are sent one by one, each after the answer to the one before. */
export interface SnapshotChunk {
  readonly kind: 'snapshotChunk'
  readonly term: number
  readonly snapshot: SnapshotMeta
  readonly offset: number
  readonly data: Uint8Array
  readonly isLast: boolean
}

export interface SnapshotChunkResponse {
  readonly kind: 'snapshotChunkResponse'
  readonly term: number
  readonly index: number
  /** Where the receiver is; the sender of the snapshot goes on there, or gives up when that is not where it is. */
  readonly nextOffset: number
}

export type WireMessage =
  VoteRequest | VoteResponse | AppendRequest | AppendResponse | SnapshotChunk | SnapshotChunkResponse

/** Version of this format, the first byte of every message. */
const VERSION = 1

const MESSAGE_KINDS = [
  'voteRequest',
  'voteResponse',
  'appendRequest',
  'appendResponse',
  'snapshotChunk',
  'snapshotChunkResponse',
] as const
const ENTRY_KINDS: readonly EntryKind[] = ['command', 'noop', 'configuration']

/** Bytes of an encoded entry without its data: index, term, kind, length. */
const ENTRY_HEADER_BYTES = 17

export function encodeMessage(message: WireMessage): Uint8Array {
  const writer = new Writer(sizeBound(message))
  writer.byte(VERSION)
  writer.byte(MESSAGE_KINDS.indexOf(message.kind))
  writer.number(message.term)
  switch (message.kind) {
    case 'voteRequest':
      writer.flag(message.preVote)
      writer.number(message.lastIndex)
      writer.number(message.lastTerm)
      break
    case 'voteResponse':
      writer.flag(message.preVote)
      writer.flag(message.granted)
      break
    case 'appendRequest':
      writer.number(message.prevIndex)
      writer.number(message.prevTerm)
      writer.number(message.commitIndex)
      writer.number(message.round)
      writer.length(message.entries.length)
      for (const entry of message.entries) {
        writer.number(entry.index)
        writer.number(entry.term)
        writer.byte(ENTRY_KINDS.indexOf(entry.kind))
        writer.bytes(entry.data)
      }
      break
    case 'appendResponse':
      writer.flag(message.success)
      writer.number(message.prevIndex)
      writer.number(message.matchIndex)
      writer.number(message.hintIndex)
      writer.number(message.hintTerm)
      writer.number(message.round)
      break
    case 'snapshotChunk':
      writer.bytes(encodeMeta(message.snapshot))
      writer.number(message.offset)
      writer.flag(message.isLast)
      writer.bytes(message.data)
      break
    case 'snapshotChunkResponse':
      writer.number(message.index)
      writer.number(message.nextOffset)
  }
  return writer.finish()
}

/** Throws RAFT_MALFORMED_MESSAGE for anything that `encodeMessage` does not make. Data shares the memory of `bytes`. */
export function decodeMessage(bytes: Uint8Array): WireMessage {
  const reader = new Reader(bytes)
  if (reader.byte() !== VERSION) throw new MalformedMessageError('unknown version')
  const kind = MESSAGE_KINDS[reader.byte()]
  const message = decodeBody(kind, reader)
  reader.finish()
  return message
}

function decodeBody(kind: WireMessage['kind'] | undefined, reader: Reader): WireMessage {
  if (!kind) throw new MalformedMessageError('unknown kind')
  const term = reader.number()
  switch (kind) {
    case 'voteRequest':
      return { kind, term, preVote: reader.flag(), lastIndex: reader.number(), lastTerm: reader.number() }
    case 'voteResponse':
      return { kind, term, preVote: reader.flag(), granted: reader.flag() }
    case 'appendRequest': {
      const prevIndex = reader.number()
      const prevTerm = reader.number()
      const commitIndex = reader.number()
      const round = reader.number()
      return { kind, term, prevIndex, prevTerm, commitIndex, round, entries: decodeEntries(reader, prevIndex) }
    }
    case 'appendResponse': {
      const success = reader.flag()
      const [prevIndex, matchIndex, hintIndex] = [reader.number(), reader.number(), reader.number()]
      return {
        kind,
        term,
        success,
        prevIndex,
        matchIndex,
        hintIndex,
        hintTerm: reader.number(),
        round: reader.number(),
      }
    }
    case 'snapshotChunk': {
      const snapshot = decodeMeta(reader.bytes())
      return { kind, term, snapshot, offset: reader.number(), isLast: reader.flag(), data: reader.bytes() }
    }
    case 'snapshotChunkResponse':
      return { kind, term, index: reader.number(), nextOffset: reader.number() }
  }
}

function decodeEntries(reader: Reader, prevIndex: number): Entry[] {
  const count = reader.length(ENTRY_HEADER_BYTES)
  const entries: Entry[] = []
  for (let i = 1; i <= count; i++) {
    const index = reader.number()
    const term = reader.number()
    const kind = ENTRY_KINDS[reader.byte()]
    if (!kind) throw new MalformedMessageError('unknown kind of entry')
    if (index !== prevIndex + i) throw new MalformedMessageError('entries are not contiguous')
    const data = reader.bytes()
    if (kind === 'configuration') decodeServers(data)
    entries.push({ index, term, kind, data })
  }
  return entries
}

const encodeMeta = (meta: SnapshotMeta): Uint8Array => new TextEncoder().encode(JSON.stringify(meta))

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function decodeMeta(data: Uint8Array): SnapshotMeta {
  const value = parseJson(data) as Partial<SnapshotMeta> | null
  if (!value || !isWhole(value.index) || !isWhole(value.term) || !isWhole(value.configurationIndex)) {
    throw new MalformedMessageError('the snapshot is not described')
  }
  const { index, term, configurationIndex } = value
  return { index, term, configuration: { voters: toServers(value.configuration) }, configurationIndex }
}

const decodeServers = (data: Uint8Array) => toServers(parseJson(data))

function toServers(value: unknown): { id: string; address: string }[] {
  const voters = (value as { voters?: unknown } | null)?.voters
  if (!Array.isArray(voters)) throw new MalformedMessageError('the configuration has no voters')
  return (voters as { id?: unknown; address?: unknown }[]).map((voter) => {
    if (typeof voter?.id === 'string' && typeof voter.address === 'string')
      return { id: voter.id, address: voter.address }
    throw new MalformedMessageError('a voter has no id or address')
  })
}

function parseJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch {
    throw new MalformedMessageError('JSON does not parse')
  }
}

function sizeBound(message: WireMessage): number {
  if (message.kind === 'snapshotChunk') return 256 + message.data.length + 3 * JSON.stringify(message.snapshot).length
  if (message.kind !== 'appendRequest') return 64
  return message.entries.reduce((sum, entry) => sum + ENTRY_HEADER_BYTES + entry.data.length, 64)
}

class Writer {
  readonly #data: Buffer
  #at = 0

  constructor(size: number) {
    this.#data = Buffer.allocUnsafe(size)
  }

  byte(value: number): void {
    this.#data[this.#at++] = value
  }

  flag(value: boolean): void {
    this.byte(value ? 1 : 0)
  }

  number(value: number): void {
    this.#at = this.#data.writeUIntLE(value, this.#at, 6)
  }

  length(value: number): void {
    this.#at = this.#data.writeUInt32LE(value, this.#at)
  }

  bytes(value: Uint8Array): void {
    this.length(value.length)
    this.#data.set(value, this.#at)
    this.#at += value.length
  }

  finish(): Uint8Array {
    return this.#data.subarray(0, this.#at)
  }
}

class Reader {
  readonly #data: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  byte(): number {
    return this.#data[this.#advance(1)] as number
  }

  flag(): boolean {
    const value = this.byte()
    if (value > 1) throw new MalformedMessageError('a flag is neither 0 nor 1')
    return value === 1
  }

  number(): number {
    return this.#data.readUIntLE(this.#advance(6), 6)
  }

  /** A count of things that take at least `bytesEach` bytes, so that it cannot promise more than there is. */
  length(bytesEach: number): number {
    const value = this.#data.readUInt32LE(this.#advance(4))
    if (value * bytesEach > this.#data.length - this.#at) throw new MalformedMessageError('it is too short')
    return value
  }

  bytes(): Uint8Array {
    const length = this.length(1)
    const start = this.#advance(length)
    return this.#data.subarray(start, start + length)
  }

  finish(): void {
    if (this.#at !== this.#data.length) throw new MalformedMessageError('it is too long')
  }

  #advance(bytes: number): number {
    const start = this.#at
    if (start + bytes > this.#data.length) throw new MalformedMessageError('it is too short')
    this.#at += bytes
    return start
  }
}
