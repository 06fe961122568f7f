/** Transactions over keys, nodes, services, checks and sessions. */
import { prepareCheck, prepareService, requireNode } from '@sd/catalog'
import { errorMessage, goQuote } from '@sd/runtime'
import { KV_VERBS, type TxnError, type TxnOp, type TxnResult } from '@sd/model'
import type { Commands } from '../commands'
import type { LockDelays } from '../leader/lock-delay'

/** Null is Go's nil. */
export interface TransactionOutcome {
  readonly results: readonly TxnResult[] | null
  readonly errors: readonly TxnError[] | null
  /** It was refused as it stands, before anything was read. */
  readonly isMalformed?: boolean
}

export class TransactionEndpoint {
  constructor(
    private readonly commands: Commands,
    private readonly lockDelays: LockDelays,
    private readonly datacenter: string,
  ) {}

  /** All operations or none. Reads go through the log too, so that they see what was written before them. */
  async apply(ops: readonly TxnOp[], datacenter?: string): Promise<TransactionOutcome> {
    const errors: TxnError[] = []
    const prepared = ops.map((op, opIndex) => {
      try {
        return this.#prepare(op)
      } catch (error) {
        errors.push({ opIndex, what: errorMessage(error) })
        return op
      }
    })
    if (errors.length > 0) return { results: null, errors, isMalformed: true }
    const outcome = await this.commands.transaction(prepared, datacenter)
    return {
      // Go's nil where nothing was done, and an empty list where it had no result.
      results: outcome.errors.length > 0 ? null : outcome.results,
      errors: outcome.errors.length > 0 ? outcome.errors : null,
    }
  }

  #prepare(op: TxnOp): TxnOp {
    if (op.kv) {
      const { verb, entry } = op.kv
      if (entry.key === '' && verb !== 'delete-tree') throw new Error('Must provide key')
      if (!KNOWN_VERBS.has(verb)) throw new Error(`unknown KV operation: ${verb as string}`)
      if (verb === 'lock' && this.lockDelays.isDelayed(entry.key)) {
        throw new Error(`failed to lock key ${goQuote(entry.key)} due to lock delay`)
      }
      return op
    }
    if (op.node) {
      if (!isWrite('node', op.node.verb)) return op
      const { node } = op.node
      requireNode(node.node, node.id)
      return { ...op, node: { ...op.node, node: { ...node, datacenter: node.datacenter || this.datacenter } } }
    }
    if (op.service) {
      if (!isWrite('service', op.service.verb)) return op
      return { ...op, service: { ...op.service, service: prepareService(op.service.service) } }
    }
    if (op.check) {
      if (!isWrite('check', op.check.verb)) return op
      return { ...op, check: { ...op.check, check: prepareCheck(op.check.check, '') } }
    }
    if (op.session) {
      if (op.session.verb !== 'delete') throw new Error(`unknown session operation: ${op.session.verb as string}`)
      return op
    }
    throw new Error('unknown operation type')
  }
}

const KNOWN_VERBS: ReadonlySet<string> = new Set(KV_VERBS)

function isWrite(what: string, verb: string): boolean {
  if (verb === 'get') return false
  if (['set', 'cas', 'delete', 'delete-cas'].includes(verb)) return true
  throw new Error(`unknown ${what} operation: ${verb}`)
}
