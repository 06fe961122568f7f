/** A transaction of the user: all operations or none. Each failing one is reported by its position. */
import { goQuote } from '@sd/runtime'
import {
  type HealthCheck,
  type KvEntry,
  type Node,
  type NodeService,
  type TxnError,
  type TxnOp,
  type TxnResult,
  txnResultFields,
} from '@sd/model'
import { RefusedError } from '../errors'
import { part } from '../store/key-order'
import { listKeys } from '../queries/kv-queries'
import { checkById, deleteCheck, deleteCheckCas, ensureCheck, ensureCheckCas } from './cascade'
import type { Change } from './change'
import {
  deleteKey,
  deleteKeyCas,
  deletePrefix,
  entryOf,
  lockEntry,
  setEntry,
  setEntryCas,
  unlockEntry,
} from './kv-changes'
import { deleteNode, deleteNodeCas, ensureNode, ensureNodeCas, nodeById, nodeByName } from './node-changes'
import { deleteService, deleteServiceCas, ensureService, ensureServiceCas, serviceById } from './service-changes'

export interface TransactionOutcome {
  readonly results: readonly TxnResult[]
  /** When not empty, the caller must take the writes back. */
  readonly errors: readonly TxnError[]
}

type Op<Kind extends keyof TxnOp> = NonNullable<TxnOp[Kind]>

export function applyTransaction(change: Change, ops: readonly TxnOp[]): TransactionOutcome {
  const results: TxnResult[] = []
  const errors: TxnError[] = []
  ops.forEach((op, opIndex) => {
    try {
      results.push(...applyOp(change, op))
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      errors.push({ opIndex, what: error.message })
    }
  })
  return errors.length > 0 ? { results: [], errors } : { results, errors }
}

function applyOp(change: Change, op: TxnOp): TxnResult[] {
  if (op.kv !== null) return applyKvOp(change, op.kv)
  if (op.node !== null) return applyNodeOp(change, op.node)
  if (op.service !== null) return applyServiceOp(change, op.service)
  if (op.check !== null) return applyCheckOp(change, op.check)
  if (op.session !== null) return applySessionOp(change, op.session)
  throw refused('no operation specified')
}

const refused = (message: string): RefusedError => new RefusedError('CATALOG_INVALID_COMMAND', message)

function applyKvOp(change: Change, { verb, entry }: Op<'kv'>): TxnResult[] {
  const { key } = entry
  const name = goQuote(key)
  switch (verb) {
    case 'set':
      return written(setEntry(change, entry))
    case 'delete':
      deleteKey(change, key)
      return []
    case 'delete-cas':
      if (!deleteKeyCas(change, key, entry.modifyIndex)) throw refused(`failed to delete key ${name}, index is stale`)
      return []
    case 'delete-tree':
      deletePrefix(change, key)
      return []
    case 'cas':
      return written(setEntryCas(change, entry) ?? fail(`failed to set key ${name}, index is stale`))
    case 'lock':
      return written(lockEntry(change, entry) ?? fail(`failed to lock key ${name}, lock is already held`))
    case 'unlock':
      return written(
        unlockEntry(change, entry) ??
          fail(`failed to unlock key ${name}, lock isn't held, or is held by another session`),
      )
    case 'get':
      return result({ kv: entryOf(change, key) ?? fail(`key ${name} doesn't exist`) })
    case 'get-or-empty':
      return result({ kv: entryOf(change, key) ?? { ...entry, value: null } })
    case 'get-tree':
      return listKeys(change.tables, key).value.flatMap((kv) => result({ kv }))
    case 'check-session': {
      const existing = entryOf(change, key) ?? fail(`failed to check session, key ${name} doesn't exist`)
      if (existing.session === entry.session) return written(existing)
      throw refused(
        `failed session check for key ${name}, current session ${goQuote(existing.session)} != ${goQuote(entry.session)}`,
      )
    }
    case 'check-index': {
      const existing = entryOf(change, key) ?? fail(`failed to check index, key ${name} doesn't exist`)
      if (existing.modifyIndex === entry.modifyIndex) return written(existing)
      throw refused(
        `failed index check for key ${name}, current modify index ${existing.modifyIndex} != ${entry.modifyIndex}`,
      )
    }
    case 'check-not-exists':
      if (entryOf(change, key) !== undefined) throw refused(`key ${name} exists`)
      return []
    default:
      throw refused(`unknown KV verb ${goQuote(verb as string)}`)
  }
}

function fail(message: string): never {
  throw refused(message)
}

const result = (values: Partial<TxnResult>): TxnResult[] => [txnResultFields.create(values)]

/** Results of writes and checks leave the value out. */
const written = (entry: KvEntry): TxnResult[] => result({ kv: { ...entry, value: null } })

function applyNodeOp(change: Change, { verb, node }: Op<'node'>): TxnResult[] {
  const name = goQuote(node.node)
  const current = (): Node | undefined => (node.id === '' ? nodeByName(change, node.node) : nodeById(change, node.id))
  switch (verb) {
    case 'get':
      return result({ node: current() ?? fail(`node ${name} doesn't exist`) })
    case 'set':
      ensureNode(change, node)
      return shown('node', current())
    case 'cas':
      if (!attempt(() => ensureNodeCas(change, node))) throw refused(`failed to set node ${name}, index is stale`)
      return shown('node', current())
    case 'delete':
      deleteNode(change, node.node)
      return []
    case 'delete-cas':
      if (!deleteNodeCas(change, node.node, node.modifyIndex))
        throw refused(`failed to delete node ${name}, index is stale`)
      return []
    default:
      throw refused(`unknown Node verb ${goQuote(verb as string)}`)
  }
}

/** Consul forgets why a conditional write of a node or check was refused, and goes on without a result. */
function attempt(write: () => boolean): boolean {
  try {
    return write()
  } catch (error) {
    if (error instanceof RefusedError) return true
    throw error
  }
}

function shown(kind: 'node', value: Node | undefined): TxnResult[]
function shown(kind: 'service', value: NodeService | undefined): TxnResult[]
function shown(kind: 'check', value: HealthCheck | undefined): TxnResult[]
function shown(kind: 'node' | 'service' | 'check', value: object | undefined): TxnResult[] {
  return value === undefined ? [] : result({ [kind]: value })
}

function applyServiceOp(change: Change, { verb, node, service }: Op<'service'>): TxnResult[] {
  const name = `${goQuote(service.id)} on node ${goQuote(node)}`
  const current = (): NodeService | undefined => serviceById(change, node, service.id)?.service
  switch (verb) {
    case 'get':
      return result({ service: current() ?? fail(`service ${name} doesn't exist`) })
    case 'set':
      ensureService(change, node, service)
      return shown('service', current())
    case 'cas':
      if (!ensureServiceCas(change, node, service)) throw refused(`failed to set service ${name}, index is stale`)
      return shown('service', current())
    case 'delete':
      deleteService(change, node, service.id)
      return []
    case 'delete-cas':
      if (deleteServiceCas(change, node, service.id, service.modifyIndex)) return []
      throw refused(`failed to delete service ${name}, index is stale`)
    default:
      throw refused(`unknown Service verb ${goQuote(verb as string)}`)
  }
}

function applyCheckOp(change: Change, { verb, check }: Op<'check'>): TxnResult[] {
  const name = `${goQuote(check.checkId)} on node ${goQuote(check.node)}`
  const current = (): HealthCheck | undefined => checkById(change, check.node, check.checkId)
  switch (verb) {
    case 'get':
      return result({ check: current() ?? fail(`check ${name} doesn't exist`) })
    case 'set':
      ensureCheck(change, check)
      return shown('check', current())
    case 'cas':
      if (!attempt(() => ensureCheckCas(change, check))) throw refused(`failed to set check ${name}, index is stale`)
      return shown('check', current())
    case 'delete':
      deleteCheck(change, check.node, check.checkId)
      return []
    case 'delete-cas':
      if (deleteCheckCas(change, check.node, check.checkId, check.modifyIndex)) return []
      throw refused(`failed to delete check ${name}, index is stale`)
    default:
      throw refused(`unknown check verb ${goQuote(verb as string)}`)
  }
}

/** As in Consul only the session itself goes: its locks stay until the key is written by someone else. */
function applySessionOp(change: Change, { verb, session }: Op<'session'>): TxnResult[] {
  if (verb !== 'delete') throw refused(`unknown session verb ${goQuote(verb as string)}`)
  const deleted = change.tx.delete(change.tables.sessions, part(session.id))
  if (deleted === undefined) throw refused('failed to delete session: failed deleting session: not found')
  change.raise('sessions')
  change.endedSessions.push(deleted.id)
  return []
}
