/** Checks, and service instances with their checks. */
import {
  dumpNodes,
  dumpServices,
  listChecksInState,
  listCheckServiceNodes,
  listNodeChecks,
  listServiceChecks,
  type NodeInfo,
  checkServiceNodeSelectors,
  healthCheckSelectors,
  nodeInfoSelectors,
} from '@sd/catalog'
import { type CheckServiceNode, type HealthCheck } from '@sd/model'
import { arrange, filterOf } from '../arrange'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

export interface ServiceHealthRequest {
  readonly service: string
  readonly tags?: readonly string[]
  readonly connect: boolean
  /** Only instances whose checks all pass. */
  readonly passingOnly: boolean
}

export class HealthEndpoint {
  constructor(private readonly pipeline: RequestPipeline) {}

  nodeChecks(node: string, options: ReadCallOptions) {
    return this.#checks(`health.node\u0000${node}`, options, (tables, watch) => listNodeChecks(tables, node, watch))
  }

  serviceChecks(service: string, options: ReadCallOptions) {
    return this.#checks(`health.checks\u0000${service}`, options, (tables, watch) =>
      listServiceChecks(tables, service, options.nodeMeta, watch),
    )
  }

  checksInState(state: string, options: ReadCallOptions) {
    return this.#checks(`health.state\u0000${state}`, options, (tables, watch) =>
      listChecksInState(tables, state, options.nodeMeta, watch),
    )
  }

  serviceNodes(request: ServiceHealthRequest, options: ReadCallOptions) {
    const filter = filterOf(checkServiceNodeSelectors, options.filter)
    const { service, connect, passingOnly, tags } = request
    return this.pipeline.read<readonly CheckServiceNode[]>(
      {
        key: `health.service\u0000${service}\u0000${connect}\u0000${passingOnly}\u0000${tags ? JSON.stringify(tags) : ''}`,
        query: (tables, watch) => {
          const found = listCheckServiceNodes(tables, service, { connect, ...(tags ? { tags } : {}) }, watch)
          const meta = Object.entries(options.nodeMeta ?? {})
          const wanted =
            meta.length === 0 && !passingOnly
              ? found.value
              : found.value.filter(
                  (each) =>
                    (!passingOnly || isPassing(each)) && meta.every(([key, value]) => each.node?.meta?.[key] === value),
                )
          return arrange(
            tables,
            { index: found.index, value: wanted },
            filter,
            options.near,
            (each) => each.node?.node ?? '',
          )
        },
      },
      options,
    )
  }

  /** What is not there and never comes: imported from a peer, or behind a gateway of the mesh. */
  none(options: ReadCallOptions) {
    return this.pipeline.read<readonly CheckServiceNode[]>(
      { key: 'none', query: () => ({ index: 0, value: [] }) },
      options,
    )
  }

  /** Every instance of every service, for the web interface. */
  serviceDump(options: ReadCallOptions) {
    const filter = filterOf(checkServiceNodeSelectors, options.filter)
    return this.pipeline.read<readonly CheckServiceNode[]>(
      {
        key: 'internal.services',
        query: (tables, watch) => arrange(tables, dumpServices(tables, undefined, watch), filter, undefined, () => ''),
      },
      options,
    )
  }

  /** Every node, or one, with everything on it, for the web interface. */
  nodeDump(node: string | undefined, options: ReadCallOptions) {
    const filter = filterOf<NodeInfo>(nodeInfoSelectors, options.filter)
    return this.pipeline.read<readonly NodeInfo[]>(
      {
        key: `internal.nodes\u0000${node ?? ''}`,
        query: (tables, watch) => arrange(tables, dumpNodes(tables, node, watch), filter),
      },
      options,
    )
  }

  #checks(
    key: string,
    options: ReadCallOptions,
    query: Parameters<typeof this.pipeline.read<readonly HealthCheck[]>>[0]['query'],
  ) {
    const filter = filterOf(healthCheckSelectors, options.filter)
    return this.pipeline.read<readonly HealthCheck[]>(
      {
        key,
        query: (tables, watch) => arrange(tables, query(tables, watch), filter, options.near, (check) => check.node),
      },
      options,
    )
  }
}

const isPassing = (instance: CheckServiceNode): boolean =>
  (instance.checks ?? []).every((check) => check.status === 'passing')
