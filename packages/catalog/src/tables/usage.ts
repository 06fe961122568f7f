/** Counters of service instances, kept in step with each write so that nobody has to count. */
import { Table } from '../store/table'
import { part } from '../store/key-order'
import type { Transaction } from '../store/transaction'
import type { CatalogTables } from './catalog-tables'
import { isConnectNative, type StoredService } from './services'

export interface UsageRow {
  readonly id: string
  readonly count: number
  /** Raft index of the last change. */
  readonly index: number
}

export type UsageTable = Table<UsageRow>

export const usageTable = (): UsageTable => new Table({ name: 'usage', keyOf: (row) => row.id, indexes: {} })

export const USAGE_INSTANCES = 'services'
export const USAGE_NAMES = 'service-names'
export const USAGE_BILLABLE = 'billable-services'
export const USAGE_NATIVE = 'connect-native'
export const usageOfKind = (kind: string) => `connect-mesh-${kind}`

/** Writes one instance (or its removal) and its counters. */
export function putService(tables: CatalogTables, tx: Transaction, row: StoredService): void {
  const key = tables.services.keyOf(row)
  const before = tables.services.get(key)
  const isNewName = tables.services.by.name.first(part(row.service.service)) === undefined
  tx.put(tables.services, row)
  count(tables, tx, before, row)
  if (isNewName) add(tables, tx, USAGE_NAMES, 1)
  if (before !== undefined) nameGone(tables, tx, before)
}

export function removeService(tables: CatalogTables, tx: Transaction, key: string): void {
  const before = tx.delete(tables.services, key)
  if (before === undefined) return
  count(tables, tx, before, undefined)
  nameGone(tables, tx, before)
}

function nameGone(tables: CatalogTables, tx: Transaction, before: StoredService): void {
  if (tables.services.by.name.first(part(before.service.service)) === undefined) add(tables, tx, USAGE_NAMES, -1)
}

function count(
  tables: CatalogTables,
  tx: Transaction,
  before: StoredService | undefined,
  after: StoredService | undefined,
): void {
  const deltas = new Map<string, number>([[USAGE_INSTANCES, 0]])
  for (const [row, delta] of [
    [before, -1],
    [after, 1],
  ] as const) {
    if (row === undefined) continue
    for (const id of countedAs(row)) deltas.set(id, (deltas.get(id) ?? 0) + delta)
  }
  for (const [id, delta] of deltas) if (delta !== 0 || id === USAGE_INSTANCES) add(tables, tx, id, delta)
}

function countedAs({ service }: StoredService): string[] {
  const ids = [USAGE_INSTANCES]
  if (service.kind !== '') ids.push(usageOfKind(service.kind))
  if (isConnectNative(service)) ids.push(USAGE_NATIVE)
  if (service.kind === '' && service.service !== 'consul') ids.push(USAGE_BILLABLE)
  return ids
}

function add(tables: CatalogTables, tx: Transaction, id: string, delta: number): void {
  tx.put(tables.usage, { id, count: (tables.usage.get(id)?.count ?? 0) + delta, index: tx.index })
}
