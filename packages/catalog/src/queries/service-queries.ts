/** Reads of services. What is asked of one service touches the rows of that service only. */
import type { Node, NodeService, ServiceNode } from '@sd/model'
import { lower, part } from '../store/key-order'
import type { WatchSet, WatchTarget } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex, SERVICE_EXTINCTION, serviceIndex } from '../tables/indexes'
import type { StoredService } from '../tables/services'
import { type NodeMeta, nodesWithMeta } from './node-queries'
import type { QueryResult } from './result'

export interface ServiceNodesOptions {
  /** Instances must carry all of these tags, without regard to case. */
  readonly tags?: readonly string[]
  /** The instances that accept mesh connections for the service, instead of its own. */
  readonly connect?: boolean
}

/** The instances of a service, joined with their nodes. */
export function listServiceNodes(
  tables: CatalogTables,
  name: string,
  options: ServiceNodesOptions = {},
  watch?: WatchSet,
): QueryResult<ServiceNode[]> {
  const by = options.connect === true ? tables.services.by.connect : tables.services.by.name
  watch?.add(by.watchPrefix(part(name)))
  const rows = by.list(part(name))
  const wanted = rows.filter((row) => hasTags(row.service, options.tags))
  return {
    index: serviceIndexOf(tables, name, rows.length > 0, false).index,
    value: joinNodes(tables, wanted, watch),
  }
}

/** All instances of all services, joined with their nodes: what a filter over `/v1/catalog/services` looks at. */
export function listAllServiceNodes(
  tables: CatalogTables,
  meta?: NodeMeta,
  watch?: WatchSet,
): QueryResult<ServiceNode[]> {
  const { index, value } = listInstances(tables, meta, watch)
  return { index, value: joinNodes(tables, value, watch) }
}

/** The names of all services, each with all tags of its instances. */
export function listServices(
  tables: CatalogTables,
  meta?: NodeMeta,
  watch?: WatchSet,
): QueryResult<Map<string, readonly string[]>> {
  const { index, value } = listInstances(tables, meta, watch)
  return { index, value: tagsByName(value.map(({ service }) => [service.service, service.tags])) }
}

/** Gathers tags by service name, each tag once. */
export function tagsByName(
  instances: Iterable<readonly [name: string, tags: readonly string[] | null]>,
): Map<string, readonly string[]> {
  const sets = new Map<string, Set<string>>()
  for (const [name, tags] of instances) {
    let set = sets.get(name)
    if (set === undefined) sets.set(name, (set = new Set()))
    for (const tag of tags ?? []) set.add(tag)
  }
  return new Map([...sets].map(([name, tags]) => [name, [...tags]]))
}

function listInstances(
  tables: CatalogTables,
  meta: NodeMeta | undefined,
  watch: WatchSet | undefined,
): QueryResult<StoredService[]> {
  const all = tables.services.rows.watchPrefix('')
  if (meta === undefined || Object.keys(meta).length === 0) {
    watch?.add(all)
    return { index: maxIndex(tables.indexes, 'services'), value: tables.services.rows.list('') }
  }
  const value = nodesWithMeta(tables, meta, watch).flatMap((node) => {
    watch?.addWithin(tables.services.rows.watchPrefix(part(node.node)), all)
    return tables.services.rows.list(part(node.node))
  })
  return { index: maxIndex(tables.indexes, 'services', 'nodes'), value }
}

export const hasTags = (service: NodeService, tags: readonly string[] = []): boolean =>
  tags.every((tag) => service.tags?.some((own) => lower(own) === lower(tag)) === true)

function joinNodes(tables: CatalogTables, rows: readonly StoredService[], watch: WatchSet | undefined): ServiceNode[] {
  const allNodes = tables.nodes.rows.watchPrefix('')
  return rows.map((row) => {
    const key = part(row.node)
    watch?.addWithin(tables.nodes.rows.watchKey(key), allNodes)
    return serviceNodeOf(row, tables.nodes.get(key))
  })
}

function serviceNodeOf({ node: name, service }: StoredService, node: Node | undefined): ServiceNode {
  return {
    id: node?.id ?? '',
    node: name,
    address: node?.address ?? '',
    datacenter: node?.datacenter ?? '',
    taggedAddresses: node?.taggedAddresses ?? null,
    nodeMeta: node?.meta ?? null,
    serviceKind: service.kind,
    serviceId: service.id,
    serviceName: service.service,
    // Consul answers an empty list or map here for none.
    serviceTags: service.tags ?? [],
    serviceAddress: service.address,
    serviceTaggedAddresses: service.taggedAddresses,
    serviceWeights: service.weights,
    serviceMeta: service.meta ?? {},
    servicePort: service.port,
    servicePorts: service.ports,
    serviceSocketPath: service.socketPath,
    serviceEnableTagOverride: service.enableTagOverride,
    serviceProxy: service.proxy,
    serviceConnect: service.connect,
    serviceLocality: service.locality,
    peerName: service.peerName,
    createIndex: service.createIndex,
    modifyIndex: service.modifyIndex,
  }
}

/**
 * The index to wait on for one service: its own while it has instances (then also what to watch); that of the last
 * service to disappear when it has none; else that of the tables.
 */
export function serviceIndexOf(
  tables: CatalogTables,
  name: string,
  exists: boolean,
  withChecks: boolean,
): { index: number; target?: WatchTarget } {
  const { indexes } = tables
  const extinction = exists ? undefined : indexes.get(SERVICE_EXTINCTION)
  if (extinction !== undefined) return { index: extinction.value }
  const key = serviceIndex(name)
  const own = indexes.get(key)
  if (own !== undefined) return { index: own.value, target: indexes.rows.watchKey(key) }
  return {
    index: withChecks ? maxIndex(indexes, 'checks', 'services', 'nodes') : maxIndex(indexes, 'services', 'nodes'),
  }
}

/**
 * A number that is another one after any change of a service's instances, their nodes or their checks; 0 while it has none.
 * For caches that must not hold a watch for each name that somebody asked for.
 */
export const serviceVersion = (tables: CatalogTables, name: string): number =>
  tables.indexes.get(serviceIndex(name))?.value ?? 0

/** As {@link serviceVersion}, for everything: any node, service or check. */
export const catalogVersion = (tables: CatalogTables): number => maxIndex(tables.indexes, 'nodes', 'services', 'checks')
