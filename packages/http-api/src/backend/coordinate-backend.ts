/** Network coordinates. Throw with status 401 ("Coordinate support disabled") when they are switched off. */
import type { Coordinate, NodeCoordinate } from '@sd/model'
import type { Call, MaybePromise, ReadOptions, ReadResult } from './call'

export interface DatacenterCoordinates {
  readonly datacenter: string
  readonly areaId: string
  readonly coordinates: readonly NodeCoordinate[]
}

export interface CoordinateUpdate {
  readonly node: string
  readonly segment: string
  readonly coord: Coordinate | null
}

export interface CoordinateBackend {
  datacenters(call: Call): MaybePromise<readonly DatacenterCoordinates[]>
  nodes(options: ReadOptions): MaybePromise<ReadResult<readonly NodeCoordinate[]>>
  node(node: string, options: ReadOptions): MaybePromise<ReadResult<readonly NodeCoordinate[]>>
  update(update: CoordinateUpdate, call: Call): MaybePromise<void>
}
