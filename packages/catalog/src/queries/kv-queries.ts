/** Reads of the KV store. A prefix read has the index of its own newest entry or deletion, not that of the table. */
import type { KvEntry } from '@sd/model'
import { keyOrder } from '../store/key-order'
import type { WatchSet } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex } from '../tables/indexes'
import type { QueryResult } from './result'

const tableIndex = (tables: CatalogTables): number => maxIndex(tables.indexes, 'kvs', 'tombstones')

/** One key. Its index is the entry's; of a missing key that of the table. */
export function getKey(tables: CatalogTables, key: string, watch?: WatchSet): QueryResult<KvEntry | undefined> {
  const ordered = keyOrder(key)
  watch?.add(tables.kv.rows.watchKey(ordered))
  const value = tables.kv.get(ordered)
  return { index: value?.modifyIndex ?? tableIndex(tables), value }
}

/** All entries whose key starts with `prefix`, in key order. */
export function listKeys(tables: CatalogTables, prefix: string, watch?: WatchSet): QueryResult<KvEntry[]> {
  const value: KvEntry[] = []
  const index = scanPrefix(tables, prefix, watch, (entry) => value.push(entry))
  return { index, value }
}

/**
 * The names of keys under a prefix; with a separator each name is cut after its next one, and listed once.
 * `isReadable` leaves out what the caller may not see.
 */
export function listKeyNames(
  tables: CatalogTables,
  prefix: string,
  separator: string,
  watch?: WatchSet,
  isReadable: (entry: KvEntry) => boolean = () => true,
): QueryResult<string[]> {
  const value: string[] = []
  const seen = new Set<string>()
  const index = scanPrefix(tables, prefix, watch, (entry) => {
    if (!isReadable(entry)) return
    const cut = separator === '' ? -1 : entry.key.indexOf(separator, prefix.length)
    if (cut < 0) {
      value.push(entry.key)
      return
    }
    const name = entry.key.slice(0, cut + separator.length)
    if (seen.has(name)) return
    seen.add(name)
    value.push(name)
  })
  return { index, value }
}

function scanPrefix(
  tables: CatalogTables,
  prefix: string,
  watch: WatchSet | undefined,
  visit: (entry: KvEntry) => void,
): number {
  const ordered = keyOrder(prefix)
  watch?.add(tables.kv.rows.watchPrefix(ordered))
  let newest = 0
  tables.kv.rows.scan(ordered, (entry) => {
    if (entry.modifyIndex > newest) newest = entry.modifyIndex
    visit(entry)
  })
  if (prefix === '') return tableIndex(tables)
  tables.tombstones.rows.scan(ordered, (stone) => {
    if (stone.index > newest) newest = stone.index
  })
  return newest === 0 ? tableIndex(tables) : newest
}
