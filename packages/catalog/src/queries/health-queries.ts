/** Reads of checks, and of service instances with their checks. */
import type { CheckServiceNode, HealthCheck } from '@sd/model'
import { missingNode } from '../errors'
import { part } from '../store/key-order'
import type { WatchSet } from '../store/watch-set'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex, maxIndexWatched, serviceKindIndex } from '../tables/indexes'
import { hasMeta } from '../tables/nodes'
import type { StoredService } from '../tables/services'
import type { NodeMeta } from './node-queries'
import type { QueryResult } from './result'
import { hasTags, serviceIndexOf, type ServiceNodesOptions } from './service-queries'

/** The instances of a service with their nodes and checks, as health and DNS ask for them. */
export function listCheckServiceNodes(
  tables: CatalogTables,
  name: string,
  options: ServiceNodesOptions = {},
  watch?: WatchSet,
): QueryResult<CheckServiceNode[]> {
  const isConnect = options.connect === true
  const by = isConnect ? tables.services.by.connect : tables.services.by.name
  const byName = by.watchPrefix(part(name))
  const rows = by.list(part(name))
  if (options.tags !== undefined && options.tags.length > 0) {
    watch?.add(byName)
    const tagged = rows.filter((row) => hasTags(row.service, options.tags))
    const { index } = serviceIndexOf(tables, name, rows.length > 0, true)
    return { index, value: joinChecks(tables, tagged, watch) }
  }
  if (rows.length === 0) {
    watch?.add(byName)
    return { index: serviceIndexOf(tables, name, false, true).index, value: [] }
  }
  // Each change of an instance, its node or its checks raises the index of the service, so that one key is enough to watch.
  let index = 0
  let isCovered = true
  for (const serviceName of new Set(rows.map((row) => row.service.service))) {
    const own = serviceIndexOf(tables, serviceName, true, true)
    index = Math.max(index, own.index)
    if (own.target === undefined) isCovered = false
    else watch?.add(own.target)
  }
  // A proxy with a new name is not among the names above.
  if (isConnect || !isCovered) watch?.add(byName)
  return { index, value: joinChecks(tables, rows, isCovered ? undefined : watch) }
}

/** All instances with nodes and checks, or those of one kind, for the web interface. */
export function dumpServices(tables: CatalogTables, kind?: string, watch?: WatchSet): QueryResult<CheckServiceNode[]> {
  if (kind === undefined) {
    const index = maxIndexWatched(tables.indexes, watch, 'checks', 'services', 'nodes')
    return { index, value: joinChecks(tables, tables.services.rows.list(''), undefined) }
  }
  const index = maxIndexWatched(tables.indexes, watch, serviceKindIndex(kind))
  return { index, value: joinChecks(tables, tables.services.by.kind.list(part(kind)), undefined) }
}

function joinChecks(
  tables: CatalogTables,
  rows: readonly StoredService[],
  watch: WatchSet | undefined,
): CheckServiceNode[] {
  const allNodes = tables.nodes.rows.watchPrefix('')
  const allChecks = tables.checks.rows.watchPrefix('')
  const { nodeService } = tables.checks.by
  return rows.map(({ node: name, service }) => {
    const key = part(name)
    const ofNode = key + part('')
    const ofService = key + part(service.id)
    watch?.addWithin(tables.nodes.rows.watchKey(key), allNodes)
    watch?.addWithin(nodeService.watchPrefix(ofNode), allChecks)
    watch?.addWithin(nodeService.watchPrefix(ofService), allChecks)
    const node = tables.nodes.get(key)
    if (node === undefined) throw missingNode()
    return { node, service, checks: [...nodeService.list(ofNode), ...nodeService.list(ofService)] }
  })
}

/** The state that stands for all states. */
export const ANY_STATE = 'any'

/** The checks in a state; with `meta` those on nodes that carry all its pairs. */
export function listChecksInState(
  tables: CatalogTables,
  state: string,
  meta?: NodeMeta,
  watch?: WatchSet,
): QueryResult<HealthCheck[]> {
  const isAny = state === ANY_STATE
  const by = isAny ? tables.checks.rows : tables.checks.by.status
  const prefix = isAny ? '' : part(state)
  watch?.add(by.watchPrefix(prefix))
  return { index: maxIndex(tables.indexes, 'checks'), value: onNodesWith(tables, by.list(prefix), meta, watch) }
}

/** The checks of all instances of a service; with `meta` those on nodes that carry all its pairs. */
export function listServiceChecks(
  tables: CatalogTables,
  service: string,
  meta?: NodeMeta,
  watch?: WatchSet,
): QueryResult<HealthCheck[]> {
  const hasFilter = meta !== undefined && Object.keys(meta).length > 0
  const index = hasFilter ? serviceIndexOf(tables, service, true, true).index : maxIndex(tables.indexes, 'checks')
  watch?.add(tables.checks.by.service.watchPrefix(part(service)))
  return { index, value: onNodesWith(tables, tables.checks.by.service.list(part(service)), meta, watch) }
}

/** The checks of a node and of the services on it. */
export function listNodeChecks(tables: CatalogTables, node: string, watch?: WatchSet): QueryResult<HealthCheck[]> {
  watch?.add(tables.checks.rows.watchPrefix(part(node)))
  return { index: maxIndex(tables.indexes, 'checks'), value: tables.checks.rows.list(part(node)) }
}

function onNodesWith(
  tables: CatalogTables,
  checks: HealthCheck[],
  meta: NodeMeta | undefined,
  watch: WatchSet | undefined,
): HealthCheck[] {
  if (meta === undefined || Object.keys(meta).length === 0) return checks
  const allNodes = tables.nodes.rows.watchPrefix('')
  return checks.filter((check) => {
    const key = part(check.node)
    // Nodes that are left out are watched too: their metadata may change.
    watch?.addWithin(tables.nodes.rows.watchKey(key), allNodes)
    const node = tables.nodes.get(key)
    if (node === undefined) throw missingNode()
    return hasMeta(node, meta)
  })
}
