/** Network coordinates of nodes. */
import { listCoordinates, selectorsOf } from '@sd/catalog'
import { coordinateFields, type JsonValue, type NodeCoordinate, nodeCoordinateFields } from '@sd/model'
import { arrange, filterOf } from '../arrange'
import { refused } from '../../errors'
import type { Commands } from '../commands'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

/** Of every coordinate in Serf's network model. */
const DIMENSIONS = 8

export class CoordinateEndpoint {
  constructor(
    private readonly pipeline: RequestPipeline,
    private readonly commands: Commands,
  ) {}

  nodes(options: ReadCallOptions) {
    return this.#list(undefined, options)
  }

  node(node: string, options: ReadCallOptions) {
    return this.#list(node, options)
  }

  /** A node that nobody knows is no error: its coordinate is dropped, as Consul does. */
  async update(coordinate: NodeCoordinate, datacenter?: string): Promise<void> {
    this.pipeline.requireHere(datacenter)
    const { vec, error, adjustment, height } = coordinate.coord ?? coordinateFields.create()
    const axes: readonly JsonValue[] = Array.isArray(vec) ? vec : []
    if (![...axes, error, adjustment, height].every(Number.isFinite)) throw refused('invalid coordinate')
    if (axes.length !== DIMENSIONS) throw refused('incompatible coordinate')
    await this.commands.updateCoordinates([coordinate])
  }

  #list(node: string | undefined, options: ReadCallOptions) {
    const filter = filterOf(selectorsOf(nodeCoordinateFields), options.filter)
    return this.pipeline.read<readonly NodeCoordinate[]>(
      {
        key: `coordinates\u0000${node ?? ''}`,
        query: (tables, watch) =>
          arrange(tables, listCoordinates(tables, node, watch), filter, options.near, (each) => each.node),
      },
      options,
    )
  }
}
