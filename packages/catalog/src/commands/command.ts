/** What the log may contain. Times, ids and anything else that differs between servers is inside the command, made by the leader. */
import type {
  DeregisterRequest,
  KvEntry,
  KvVerb,
  NodeCoordinate,
  RegisterRequest,
  Session,
  TxnError,
  TxnOp,
  TxnResult,
} from '@sd/model'
import type { RefusalCode } from '../errors'

export type Command =
  | { readonly type: 'register'; readonly request: RegisterRequest }
  | { readonly type: 'deregister'; readonly request: DeregisterRequest }
  | { readonly type: 'kv'; readonly verb: KvVerb; readonly entry: KvEntry }
  | { readonly type: 'sessionCreate'; readonly session: Session }
  | { readonly type: 'sessionDestroy'; readonly id: string }
  | { readonly type: 'reapTombstones'; readonly upTo: number }
  | { readonly type: 'coordinates'; readonly updates: readonly NodeCoordinate[] }
  | { readonly type: 'transaction'; readonly ops: readonly TxnOp[] }

/** The first byte of a command; Consul's numbers for its message types. */
export const COMMAND_TYPES = {
  register: 0,
  deregister: 1,
  kv: 2,
  session: 3,
  tombstone: 5,
  coordinates: 6,
  transaction: 8,
} as const

/** Set in the first byte of a command that an older version may skip. */
export const IGNORABLE = 0x80

export type CommandResult =
  | { readonly kind: 'done' }
  /** A conditional KV write: whether it took place. */
  | { readonly kind: 'conditional'; readonly isApplied: boolean }
  | { readonly kind: 'sessionCreated'; readonly id: string }
  /** Either all results and no errors, or errors and nothing was written. */
  | { readonly kind: 'transaction'; readonly results: readonly TxnResult[]; readonly errors: readonly TxnError[] }
  /** Nothing was written; `message` is Consul's. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string }
  /** A command of a newer version that may be skipped. */
  | { readonly kind: 'ignored' }
