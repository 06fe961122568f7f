import type { NodeCoordinate } from '@sd/model'
import { part } from '../store/key-order'
import type { WatchSet } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex } from '../tables/indexes'
import type { QueryResult } from './result'

/** The coordinates of all nodes, or of one, one for each network segment. */
export function listCoordinates(tables: CatalogTables, node?: string, watch?: WatchSet): QueryResult<NodeCoordinate[]> {
  const prefix = node === undefined ? '' : part(node)
  watch?.add(tables.coordinates.rows.watchPrefix(prefix))
  return { index: maxIndex(tables.indexes, 'coordinates'), value: tables.coordinates.rows.list(prefix) }
}
