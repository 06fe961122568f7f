import type { KvEntry } from '@sd/model'
import { keyOrder, part } from '../store/key-order'
import { Table } from '../store/table'

export type KvTable = Table<KvEntry, 'session'>

/** Keys in the order of their bytes; also by the session that holds the lock. */
export const kvTable = (): KvTable =>
  new Table({
    name: 'kvs',
    keyOf: (entry) => keyOrder(entry.key),
    indexes: { session: { keysOf: (entry) => (entry.session === '' ? undefined : part(entry.session)) } },
  })

/** Remembers the index of a deletion, so that the index of a prefix does not go back, until it is reaped. */
export interface Tombstone {
  readonly key: string
  readonly index: number
}

export type TombstonesTable = Table<Tombstone>

export const tombstonesTable = (): TombstonesTable =>
  new Table({ name: 'tombstones', keyOf: (stone) => keyOrder(stone.key), indexes: {} })
