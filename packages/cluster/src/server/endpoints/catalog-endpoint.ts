/** The catalog of nodes and services: reads, and the commands that change it. */
import {
  getNodeServices,
  listAllServiceNodes,
  listNodes,
  listServiceNodes,
  listServices,
  type QueryResult,
  type ServicesOfNode,
  tagsByName,
  nodeSelectors,
  nodeServiceSelectors,
  serviceNodeSelectors,
} from '@sd/catalog'
import {
  checkType,
  checkDefinitionFields,
  type DeregisterRequest,
  type HealthCheck,
  type Node,
  type NodeService,
  type RegisterRequest,
  type ServiceNode,
} from '@sd/model'
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
    if (request.node === '') throw refused('Must provide node')
    requireNodeId(request.id)
    if (request.address === '' && !request.skipNodeUpdate)
      throw refused('Must provide address if SkipNodeUpdate is not set')
    if (hasPeer(request)) throw refused('cannot register requests with PeerName in them')
    const service = request.service && prepareService(request.service)
    const checks = [...(request.checks ?? []), ...(request.check ? [request.check] : [])].map((check) =>
      prepareCheck(check, request.node),
    )
    await this.commands.register(
      { ...request, service, check: null, checks: checks.length > 0 ? checks : null },
      this.pipeline.datacenter,
    )
  }

  async deregister(request: DeregisterRequest): Promise<void> {
    if (request.node === '') throw refused('Must provide node')
    await this.commands.deregister(request, this.pipeline.datacenter)
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function requireNodeId(id: string): void {
  if (id === '' || UUID.test(id)) return
  throw refused(
    id.length === 36 ? `Bad node ID: uuid string is wrong format` : `Bad node ID: uuid string is wrong length`,
  )
}

/** Fills in and checks a service before it goes into the log. */
export function prepareService(service: NodeService): NodeService {
  if (service.id === '' && service.service === '') {
    throw refused(
      'service name (Service.Service) is required; both Service ID (Service.ID) and Service Name cannot be empty',
    )
  }
  if (service.service === '') throw refused('Must provide service name (Service.Service) when service ID is provided')
  if (['0.0.0.0', '::', '[::]'].includes(service.address)) throw refused('Invalid service address')
  return service.id === '' ? { ...service, id: service.service } : service
}

/** Fills in what a check that is registered in the catalog directly may leave out. */
export function prepareCheck(check: HealthCheck, node: string): HealthCheck {
  const definition = checkDefinitionFields.create({ ...check.definition, id: check.checkId, status: check.status })
  return {
    ...check,
    node: check.node || node,
    checkId: check.checkId || check.name,
    type: check.type || checkType(definition),
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
