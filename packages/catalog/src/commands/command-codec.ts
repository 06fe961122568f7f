/** Commands as bytes of the log: a type, then a body compiled from the model's field tables, or by hand for KV. */
import {
  decodeMsgpack,
  defineFields,
  deregisterRequestFields,
  encodeMsgpack,
  type FieldTable,
  integer,
  type KvVerb,
  nodeCoordinateFields,
  registerRequestFields,
  sessionFields,
  struct,
  structList,
  text,
  txnOpFields,
  KV_VERBS,
} from '@sd/model'
import { UnreadableDataError } from '../errors'
import { type Command, COMMAND_TYPES, IGNORABLE } from './command'
import { decodeEntry, encodeEntry } from './kv-codec'

const sessionCommandFields = defineFields('SessionRequest', {
  op: text<'create' | 'destroy'>('Op'),
  session: struct('Session', sessionFields),
})
const tombstoneCommandFields = defineFields('TombstoneRequest', { upTo: integer('ReapIndex') })
const coordinatesCommandFields = defineFields('Coordinates', {
  updates: structList('Updates', () => nodeCoordinateFields),
})
const transactionCommandFields = defineFields('TxnRequest', { ops: structList('Ops', () => txnOpFields) })

const verbBytes = new Map<KvVerb, number>(KV_VERBS.map((verb, position) => [verb, position]))

export function encodeCommand(command: Command): Buffer {
  switch (command.type) {
    case 'kv': {
      const bytes = encodeEntry(command.entry, 2)
      bytes[0] = COMMAND_TYPES.kv
      bytes[1] = verbBytes.get(command.verb) ?? KV_VERBS.length
      return bytes
    }
    case 'register':
      return withType(COMMAND_TYPES.register, registerRequestFields, command.request)
    case 'deregister':
      return withType(COMMAND_TYPES.deregister, deregisterRequestFields, command.request)
    case 'sessionCreate':
      return withType(COMMAND_TYPES.session, sessionCommandFields, { op: 'create', session: command.session })
    case 'sessionDestroy': {
      const session = sessionFields.create({ id: command.id })
      return withType(COMMAND_TYPES.session, sessionCommandFields, { op: 'destroy', session })
    }
    case 'reapTombstones':
      return withType(COMMAND_TYPES.tombstone, tombstoneCommandFields, { upTo: command.upTo })
    case 'coordinates':
      return withType(COMMAND_TYPES.coordinates, coordinatesCommandFields, { updates: command.updates })
    case 'transaction':
      return withType(COMMAND_TYPES.transaction, transactionCommandFields, { ops: command.ops })
  }
}

function withType<T extends object>(type: number, table: FieldTable<T>, value: T): Buffer {
  return Buffer.concat([Buffer.of(type), encodeMsgpack(table, value)])
}

/**
 * The command, or undefined when it is of an unknown type that may be skipped.
 * Throws {@link UnreadableDataError} for anything else that is not a command: the state would go apart from that of others.
 */
export function decodeCommand(data: Uint8Array): Command | undefined {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  try {
    return decode(bytes)
  } catch (cause) {
    if (cause instanceof UnreadableDataError) throw cause
    throw unreadable('A log entry is damaged or was written by an incompatible version', bytes[0], cause)
  }
}

function decode(bytes: Buffer): Command | undefined {
  const first = bytes[0]
  if (first === undefined) throw unreadable('A log entry is empty', first)
  const type = first & ~IGNORABLE
  const body = bytes.subarray(1)
  switch (type) {
    case COMMAND_TYPES.kv: {
      const verb = KV_VERBS[bytes.readUInt8(1)]
      if (verb === undefined) throw unreadable('A log entry has an unknown KV operation', first)
      return { type: 'kv', verb, entry: decodeEntry(bytes, 2) }
    }
    case COMMAND_TYPES.register:
      return { type: 'register', request: decodeMsgpack(registerRequestFields, body) }
    case COMMAND_TYPES.deregister:
      return { type: 'deregister', request: decodeMsgpack(deregisterRequestFields, body) }
    case COMMAND_TYPES.session: {
      const { op, session } = decodeMsgpack(sessionCommandFields, body)
      if (op === 'create') return { type: 'sessionCreate', session }
      if (op === 'destroy') return { type: 'sessionDestroy', id: session.id }
      throw unreadable('A log entry has an unknown session operation', first)
    }
    case COMMAND_TYPES.tombstone:
      return { type: 'reapTombstones', upTo: decodeMsgpack(tombstoneCommandFields, body).upTo }
    case COMMAND_TYPES.coordinates:
      return { type: 'coordinates', updates: decodeMsgpack(coordinatesCommandFields, body).updates ?? [] }
    case COMMAND_TYPES.transaction:
      return { type: 'transaction', ops: decodeMsgpack(transactionCommandFields, body).ops ?? [] }
    default:
      if ((first & IGNORABLE) !== 0) return undefined
      throw unreadable('A log entry has an unknown type; a newer version wrote it', first)
  }
}

const unreadable = (message: string, type: number | undefined, cause?: unknown): UnreadableDataError =>
  new UnreadableDataError('CATALOG_UNREADABLE_COMMAND', message, { details: { type }, cause })
