/** Reads of sessions. They have the index of the whole table, as in Consul. */
import type { Session } from '@sd/model'
import { part } from '../store/key-order'
import type { WatchSet } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex } from '../tables/indexes'
import type { QueryResult } from './result'

const tableIndex = (tables: CatalogTables): number => maxIndex(tables.indexes, 'sessions')

export function getSession(tables: CatalogTables, id: string, watch?: WatchSet): QueryResult<Session | undefined> {
  watch?.add(tables.sessions.rows.watchKey(part(id)))
  const value = tables.sessions.get(part(id))
  return { index: tableIndex(tables), value }
}

export function listSessions(tables: CatalogTables, watch?: WatchSet): QueryResult<Session[]> {
  watch?.add(tables.sessions.rows.watchPrefix(''))
  return { index: tableIndex(tables), value: tables.sessions.rows.list('') }
}

export function listNodeSessions(tables: CatalogTables, node: string, watch?: WatchSet): QueryResult<Session[]> {
  watch?.add(tables.sessions.by.node.watchPrefix(part(node)))
  return { index: tableIndex(tables), value: tables.sessions.by.node.list(part(node)) }
}
