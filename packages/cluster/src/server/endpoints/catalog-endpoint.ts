/** The catalog of nodes and services: reads, and the commands that change it. */
import {
  getNodeService,
  getNodeServices,
  listAllServiceNodes,
  listNodes,
  listServiceNodes,
  listServices,
  prepareRegister,
  type QueryResult,
  type ServicesOfNode,
  tagsByName,
  nodeSelectors,
  nodeServiceSelectors,
  serviceNodeSelectors,
} from '@sd/catalog'
import { type DeregisterRequest, type Node, type RegisterRequest, type ServiceNode } from '@sd/model'
import { refused } from '../../errors'
import type { Commands } from '../commands'
import { arrange, filterOf } from '../arrange'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

export interface ServiceNodesRequest {
  readonly service: string
  readonly tags?: readonly string[]
  readonly connect: boolean
}

export class CatalogEndpoint {
  constructor(
    private readonly pipeline: RequestPipeline,
    private readonly commands: Commands,
  ) {}

  nodes(options: ReadCallOptions) {
    const filter = filterOf(nodeSelectors, options.filter)
    return this.pipeline.read<readonly Node[]>(
      {
        key: 'catalog.nodes',
        query: (tables, watch) =>
          arrange(tables, listNodes(tables, options.nodeMeta, watch), filter, options.near, (node) => node.node),
      },
      options,
    )
  }

  /** Tags by service name. */
  services(options: ReadCallOptions) {
    const filter = filterOf(serviceNodeSelectors, options.filter)
    return this.pipeline.read<Readonly<Record<string, readonly string[]>>>(
      {
        key: 'catalog.services',
        query: (tables, watch) => {
          if (!filter) {
            const { index, value } = listServices(tables, options.nodeMeta, watch)
            return { index, value: toRecord(value) }
          }
          const { index, value } = listAllServiceNodes(tables, options.nodeMeta, watch)
          const matching = value.filter(filter).map((each) => [each.serviceName, each.serviceTags] as const)
          return { index, value: toRecord(tagsByName(matching)) }
        },
      },
      options,
    )
  }

  serviceNodes(request: ServiceNodesRequest, options: ReadCallOptions) {
    const filter = filterOf(serviceNodeSelectors, options.filter)
    const { service, connect, tags } = request
    return this.pipeline.read<readonly ServiceNode[]>(
      {
        key: `catalog.service\u0000${service}\u0000${connect}\u0000${JSON.stringify(tags ?? null)}`,
        query: (tables, watch) => {
          const found = listServiceNodes(tables, service, { connect, ...(tags ? { tags } : {}) }, watch)
          const meta = Object.entries(options.nodeMeta ?? {})
          const onNodes =
            meta.length === 0
              ? found.value
              : found.value.filter((each) => meta.every(([key, value]) => each.nodeMeta?.[key] === value))
          return arrange(tables, { index: found.index, value: onNodes }, filter, options.near, (each) => each.node)
        },
      },
      options,
    )
  }

  /** One node with its services, by name or id; undefined when there is none. Services are filtered, the node is not. */
  nodeServices(node: string, options: ReadCallOptions) {
    const filter = filterOf(nodeServiceSelectors, options.filter)
    return this.pipeline.read<ServicesOfNode | undefined>(
      {
        key: `catalog.node\u0000${node}`,
        query: (tables, watch): QueryResult<ServicesOfNode | undefined> => {
          const found = getNodeServices(tables, node, watch)
          if (!filter || !found.value) return found
          return { index: found.index, value: { ...found.value, services: found.value.services.filter(filter) } }
        },
        isMissing: (value) => value === undefined,
      },
      options,
    )
  }

  /** @throws what Consul's catalog refuses, in its words */
  async register(request: RegisterRequest): Promise<void> {
    if (hasPeer(request)) throw refused('cannot register requests with PeerName in them')
    this.pipeline.requireHere(request.datacenter)
    const prepared = prepareRegister(request)
    this.#requirePlaces(prepared)
    await this.commands.register(prepared, this.pipeline.datacenter)
  }

  /** Checks belong to the node of the request, and to a service of it that is there or comes along. */
  #requirePlaces({ node, service, checks }: RegisterRequest): void {
    for (const { node: own, checkId, serviceId } of checks ?? []) {
      if (own.toLowerCase() !== node.toLowerCase()) {
        throw refused(`Node '${own}' for check '${checkId}' doesn't match register request node '${node}'`)
      }
      if (serviceId === '' || service?.id === serviceId) continue
      if (!getNodeService(this.pipeline.tables, node, serviceId).value) {
        throw refused(`Unknown service ID '${serviceId}' for check ID '${checkId}'`)
      }
    }
  }

  async deregister(request: DeregisterRequest): Promise<void> {
    if (request.node === '') throw refused('Must provide node')
    await this.commands.deregister(request, this.pipeline.datacenter)
  }
}

const hasPeer = (request: RegisterRequest): boolean =>
  [request, request.service, request.check, ...(request.checks ?? [])].some(
    (each) => each !== null && each.peerName !== '',
  )

const toRecord = (tags: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> => {
  const record: Record<string, readonly string[]> = Object.create(null)
  for (const [name, list] of tags) record[name] = list
  return record
}
