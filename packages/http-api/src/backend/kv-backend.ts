/** The key-value store. */
import type { KvEntry } from '@sd/model'
import type { Call, MaybePromise, ReadOptions, ReadResult } from './call'

/** `set`, `cas`: `entry.modifyIndex` is the expected one. `lock`, `unlock`: `entry.session` holds. `delete-tree`: `entry.key` is a prefix. */
export interface KvWrite {
  readonly verb: 'set' | 'cas' | 'lock' | 'unlock' | 'delete' | 'delete-cas' | 'delete-tree'
  readonly entry: KvEntry
}

export interface KvBackend {
  /** Undefined answers 404, still with the index headers. */
  get(key: string, options: ReadOptions): MaybePromise<ReadResult<KvEntry | undefined>>
  /** Every entry whose key begins with `prefix`, in byte order; none answers 404. */
  list(prefix: string, options: ReadOptions): MaybePromise<ReadResult<readonly KvEntry[]>>
  /** Keys below `prefix`, each cut after the first `separator` that follows the prefix; "" cuts none. */
  keys(
    query: { readonly prefix: string; readonly separator: string },
    options: ReadOptions,
  ): MaybePromise<ReadResult<readonly string[]>>
  /** True when it was done; false when a condition or a lock refused it. */
  write(write: KvWrite, call: Call): MaybePromise<boolean>
}
