import { type TxnError, txnErrorFields, type TxnOp, txnOpFields, type TxnResult, txnResultFields } from '@sd/model'
import { decodeList, type Input, needObject, stringifyJson, toWire } from '../json'
import { type CallOptions, parseAnswer, type Transport } from '../transport'

/** All operations were done, or none. */
export interface TransactionOutcome {
  readonly isCommitted: boolean
  readonly results: readonly TxnResult[]
  readonly errors: readonly TxnError[]
}

/** Several operations on keys, nodes, services and checks as one. */
export class TransactionArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** A server takes at most 128 operations. A refused transaction is an outcome, not an error. */
  async run(operations: readonly Input<TxnOp>[], call?: CallOptions): Promise<TransactionOutcome> {
    const path = '/v1/txn'
    const body = stringifyJson(operations.map(operationToWire))
    const answer = await this.#transport.request({ method: 'PUT', path, body, call, accept: [409] })
    const { Results, Errors } = needObject(parseAnswer(path, answer), path)
    return {
      isCommitted: answer.status === 200,
      results: decodeList(txnResultFields, Results ?? null, path),
      errors: decodeList(txnErrorFields, Errors ?? null, path),
    }
  }
}

/** Over HTTP the entry's fields stand beside the verb, and its index is called "Index". */
function operationToWire(operation: Input<TxnOp>): Record<string, unknown> {
  const wire = toWire(txnOpFields, operation)
  const kv = wire.KV as { Verb?: unknown; DirEnt?: Record<string, unknown> } | undefined
  if (!kv) return wire
  const { ModifyIndex, ...entry } = kv.DirEnt ?? {}
  return { KV: { Verb: kv.Verb, ...entry, ...(ModifyIndex === undefined ? {} : { Index: ModifyIndex }) } }
}
