/** Network coordinates of nodes. */
import { listCoordinates, selectorsOf } from '@sd/catalog'
import { type NodeCoordinate, nodeCoordinateFields } from '@sd/model'
import { arrange, filterOf } from '../arrange'
import type { Commands } from '../commands'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

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

  update(coordinate: NodeCoordinate): Promise<void> {
    return this.commands.updateCoordinates([coordinate])
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
