/** Orders answers by their estimated round trip from one node (`?near=`). */
import { type Coordinate, roundTripSeconds } from '@sd/model'
import { part } from '../store/key-order'
import type { CatalogTables } from '../tables/catalog-tables'

type CoordinateSet = ReadonlyMap<string, Coordinate | null>

/**
 * A new list, nearest first; items on nodes without a coordinate come last, and equals keep their order.
 * The list as it is when `source` has no coordinate.
 */
export function sortByDistance<T>(
  tables: CatalogTables,
  source: string,
  items: readonly T[],
  nodeOf: (item: T) => string,
): readonly T[] {
  const from = coordinatesOf(tables, source)
  if (source === '' || from.size === 0) return items
  const distances = new Map<string, number>()
  const distanceTo = (node: string): number => {
    const key = part(node)
    let distance = distances.get(key)
    if (distance === undefined) distances.set(key, (distance = distanceBetween(from, coordinatesOf(tables, node))))
    return distance
  }
  const ranked = items.map((item) => ({ item, distance: distanceTo(nodeOf(item)) }))
  ranked.sort((a, b) => (a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0))
  return ranked.map(({ item }) => item)
}

function coordinatesOf(tables: CatalogTables, node: string): CoordinateSet {
  return new Map(tables.coordinates.rows.list(part(node)).map(({ segment, coord }) => [segment, coord]))
}

/** A set with one segment decides which segment counts: it is a client's. Servers are in all. */
function distanceBetween(from: CoordinateSet, to: CoordinateSet): number {
  let segment = ''
  if (from.size === 1) segment = [...from.keys()][0] as string
  if (to.size === 1) segment = [...to.keys()][0] as string
  return roundTripSeconds(from.get(segment) ?? null, to.get(segment) ?? null)
}
