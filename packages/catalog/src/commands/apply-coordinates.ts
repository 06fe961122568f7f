import type { Coordinate, NodeCoordinate } from '@sd/model'
import { part } from '../store/key-order'
import type { Change } from './change'

/** Stores coordinates of known nodes; broken ones and those of unknown nodes are dropped, as in Consul. */
export function applyCoordinates(change: Change, updates: readonly NodeCoordinate[]): void {
  const { tables, tx } = change
  for (const update of updates) {
    if (update.coord === null || !isValid(update.coord)) continue
    if (tables.nodes.get(part(update.node)) === undefined) continue
    tx.put(tables.coordinates, { ...update, partition: '' })
    change.raise('coordinates')
  }
}

const isValid = (coordinate: Coordinate): boolean =>
  (Array.isArray(coordinate.vec) ? coordinate.vec : []).every((component) => Number.isFinite(component)) &&
  [coordinate.error, coordinate.adjustment, coordinate.height].every((component) => Number.isFinite(component))
