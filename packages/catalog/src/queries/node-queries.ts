/** Reads of nodes and of what runs on one node. */
import type { HealthCheck, Node, NodeService } from '@sd/model'
import { part } from '../store/key-order'
import type { WatchSet } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex, NODE_EXTINCTION, nodeIndex } from '../tables/indexes'
import { hasMeta, metaKey, uuidDigits } from '../tables/nodes'
import { serviceKey } from '../tables/services'
import type { QueryResult } from './result'

/** Nodes must carry all of these pairs; absent or empty means any. */
export type NodeMeta = Readonly<Record<string, string>>

/** All nodes, by name; with `meta` those that carry all its pairs. */
export function listNodes(tables: CatalogTables, meta?: NodeMeta, watch?: WatchSet): QueryResult<Node[]> {
  const index = maxIndex(tables.indexes, 'nodes')
  const [first] = Object.entries(meta ?? {})
  if (meta === undefined || first === undefined) {
    watch?.add(tables.nodes.rows.watchPrefix(''))
    return { index, value: tables.nodes.rows.list('') }
  }
  return { index, value: nodesWithMeta(tables, meta, watch) }
}

/** Looks up one pair, checks the others, and watches the pair. */
export function nodesWithMeta(tables: CatalogTables, meta: NodeMeta, watch?: WatchSet): Node[] {
  const [first] = Object.entries(meta)
  if (first === undefined) return []
  const key = metaKey(...first)
  watch?.add(tables.nodes.by.meta.watchPrefix(key))
  return tables.nodes.by.meta.list(key).filter((node) => hasMeta(node, meta))
}

export function getNode(tables: CatalogTables, name: string, watch?: WatchSet): QueryResult<Node | undefined> {
  watch?.add(tables.nodes.rows.watchKey(part(name)))
  return { index: maxIndex(tables.indexes, 'nodes'), value: tables.nodes.get(part(name)) }
}

export function getNodeById(tables: CatalogTables, id: string): QueryResult<Node | undefined> {
  const value = id === '' ? undefined : tables.nodes.by.uuid.first(uuidDigits(id))
  return { index: maxIndex(tables.indexes, 'nodes'), value }
}

export interface ServicesOfNode {
  readonly node: Node
  /** By id. */
  readonly services: readonly NodeService[]
}

/** The services of a node, given its name, its id, or an unambiguous beginning of its id. */
export function getNodeServices(
  tables: CatalogTables,
  nameOrId: string,
  watch?: WatchSet,
): QueryResult<ServicesOfNode | undefined> {
  const found = findNode(tables, nameOrId, watch)
  if (found.value === undefined) return { index: found.index, value: undefined }
  const node = found.value
  watch?.add(tables.services.rows.watchPrefix(part(node.node)))
  const services = tables.services.rows.list(part(node.node)).map((row) => row.service)
  return { index: maxIndex(tables.indexes, nodeIndex(node.node)), value: { node, services } }
}

/** A shorter text is not looked up as an id. */
const ID_PREFIX_LENGTH_MIN = 2
const ID_LENGTH_MAX = 36

function findNode(tables: CatalogTables, nameOrId: string, watch: WatchSet | undefined): QueryResult<Node | undefined> {
  const byName = tables.nodes.rows.watchKey(part(nameOrId))
  const named = tables.nodes.get(part(nameOrId))
  if (named !== undefined || nameOrId.length < ID_PREFIX_LENGTH_MIN) {
    watch?.add(byName)
    return { index: 0, value: named }
  }
  const digits = idPrefixDigits(nameOrId)
  const matches = digits === undefined ? [] : tables.nodes.by.uuid.list(digits)
  if (digits !== undefined && matches.length === 1) {
    watch?.add(tables.nodes.by.uuid.watchPrefix(digits))
    return { index: 0, value: matches[0] }
  }
  watch?.add(byName)
  // An ambiguous beginning has no index at all, as in Consul.
  return { index: matches.length === 0 ? maxIndex(tables.indexes, NODE_EXTINCTION) : 0, value: undefined }
}

function idPrefixDigits(text: string): string | undefined {
  const even = text.slice(0, text.length - (text.length % 2))
  const digits = uuidDigits(even)
  if (even.length > ID_LENGTH_MAX || even.length - digits.length > 4) return undefined
  return digits.length % 2 === 0 && /^[0-9a-f]*$/.test(digits) ? digits : undefined
}

/** One service instance of a node. */
export function getNodeService(
  tables: CatalogTables,
  node: string,
  serviceId: string,
  watch?: WatchSet,
): QueryResult<NodeService | undefined> {
  const key = serviceKey(node, serviceId)
  watch?.add(tables.services.rows.watchKey(key))
  return { index: maxIndex(tables.indexes, 'services'), value: tables.services.get(key)?.service }
}

/** A node with everything on it, for the web interface. */
export interface NodeInfo extends Pick<
  Node,
  'id' | 'node' | 'partition' | 'peerName' | 'address' | 'taggedAddresses' | 'meta'
> {
  readonly services: readonly NodeService[]
  readonly checks: readonly HealthCheck[]
}

/** Where the version of a server's own service shows on its node. */
const VERSION_META = 'consul-version'

/** All nodes with their services and checks; or the one node with this name. */
export function dumpNodes(tables: CatalogTables, name?: string, watch?: WatchSet): QueryResult<NodeInfo[]> {
  const index = maxIndex(tables.indexes, 'checks', 'services', 'nodes')
  watch?.add(name === undefined ? tables.nodes.rows.watchPrefix('') : tables.nodes.rows.watchKey(part(name)))
  const nodes = tables.nodes.rows.list(name === undefined ? '' : part(name))
  const allServices = tables.services.rows.watchPrefix('')
  const allChecks = tables.checks.rows.watchPrefix('')
  const value = nodes.map((node) => {
    const key = part(node.node)
    watch?.addWithin(tables.services.rows.watchPrefix(key), allServices)
    watch?.addWithin(tables.checks.rows.watchPrefix(key), allChecks)
    const services = tables.services.rows.list(key).map((row) => row.service)
    return { ...infoOf(node, services), services, checks: tables.checks.rows.list(key) }
  })
  return { index, value }
}

function infoOf(node: Node, services: readonly NodeService[]) {
  const { id, node: name, partition, peerName, address, taggedAddresses, meta } = node
  const version = services.find((service) => service.id === 'consul')?.meta?.['version'] ?? ''
  const shown = version === '' || meta?.[VERSION_META] !== undefined ? meta : { ...meta, [VERSION_META]: version }
  return { id, node: name, partition, peerName, address, taggedAddresses, meta: shown }
}
