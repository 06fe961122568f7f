/** The raft indexes that blocking queries wait on: of tables, of single services and nodes, of the last removals. */
import { lower } from '../store/key-order'
import { Table } from '../store/table'
import type { Transaction } from '../store/transaction'
import type { WatchSet } from '../store/watch-set'

export interface IndexRow {
  readonly key: string
  readonly value: number
}

export type IndexesTable = Table<IndexRow>

export const indexesTable = (): IndexesTable => new Table({ name: 'index', keyOf: (row) => row.key, indexes: {} })

/** Names as in Consul's `index` table. */
export const serviceIndex = (name: string) => `service.${lower(name)}`
export const nodeIndex = (name: string) => `node.${lower(name)}`
export const serviceKindIndex = (kind: string) => `service_kind.${kind === '' ? 'typical' : lower(kind)}`
export const SERVICE_EXTINCTION = 'service_last_extinction'
export const NODE_EXTINCTION = 'node_last_extinction'

/** Raises an index to that of the transaction; an index never goes back. */
export function raiseIndex(indexes: IndexesTable, tx: Transaction, key: string): void {
  const existing = indexes.get(key)
  if (existing === undefined || existing.value < tx.index) tx.put(indexes, { key, value: tx.index })
}

/** The highest of these indexes; 0 when none is known. */
export function maxIndex(indexes: IndexesTable, ...keys: string[]): number {
  let highest = 0
  for (const key of keys) highest = Math.max(highest, indexes.get(key)?.value ?? 0)
  return highest
}

/** As {@link maxIndex}, and watches them. */
export function maxIndexWatched(indexes: IndexesTable, watch: WatchSet | undefined, ...keys: string[]): number {
  for (const key of keys) watch?.add(indexes.rows.watchKey(key))
  return maxIndex(indexes, ...keys)
}
