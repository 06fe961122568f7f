import type { NodeCoordinate } from '@sd/model'
import { part } from '../store/key-order'
import { Table } from '../store/table'

export type CoordinatesTable = Table<NodeCoordinate>

/** Coordinates by node and network segment. */
export const coordinatesTable = (): CoordinatesTable =>
  new Table({ name: 'coordinates', keyOf: (row) => part(row.node) + part(row.segment), indexes: {} })
