import { type NodeCoordinate, nodeCoordinateFields } from '@sd/model'
import { decodeList, needObject, needText } from '../json'
import { escapeSegment } from '../query-string'
import type { QueryResult } from '../read-meta'
import type { CallOptions, ReadOptions, Transport } from '../transport'

export interface DatacenterCoordinates {
  readonly datacenter: string
  readonly areaId: string
  readonly coordinates: readonly NodeCoordinate[]
}

const coordinateList = (value: unknown, path: string) => decodeList(nodeCoordinateFields, value, path)

/** Network coordinates. */
export class CoordinateArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  async datacenters(call?: CallOptions): Promise<readonly DatacenterCoordinates[]> {
    const path = '/v1/coordinate/datacenters'
    const value = await this.#transport.json({ path, call })
    return (Array.isArray(value) ? value : []).map((item) => {
      const { Datacenter, AreaID, Coordinates } = needObject(item, path)
      return {
        datacenter: needText(Datacenter, path),
        areaId: needText(AreaID, path),
        coordinates: coordinateList(Coordinates ?? null, path),
      }
    })
  }

  nodes(options: ReadOptions = {}): Promise<QueryResult<readonly NodeCoordinate[]>> {
    return this.#transport.read('/v1/coordinate/nodes', options, coordinateList)
  }

  node(node: string, options: ReadOptions = {}): Promise<QueryResult<readonly NodeCoordinate[]>> {
    return this.#transport.read(`/v1/coordinate/node/${escapeSegment(node)}`, options, coordinateList)
  }
}
