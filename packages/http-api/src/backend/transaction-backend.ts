/** Transactions. */
import type { TxnError, TxnOp, TxnResult } from '@sd/model'
import type { Call, MaybePromise, ReadOptions } from './call'

/** Null is Go's nil, shown as null. With errors the answer is 409. */
export interface TransactionOutcome {
  readonly results: readonly TxnResult[] | null
  readonly errors: readonly TxnError[] | null
}

export interface TransactionReadOutcome extends TransactionOutcome {
  /** 1, or 0 when nothing was read. @defaultValue 1 */
  readonly index?: number
  readonly knownLeader: boolean
  readonly lastContactMs: number
}

export interface TransactionBackend {
  /** All operations only read. */
  read(operations: readonly TxnOp[], options: ReadOptions): MaybePromise<TransactionReadOutcome>
  apply(operations: readonly TxnOp[], call: Call): MaybePromise<TransactionOutcome>
}
