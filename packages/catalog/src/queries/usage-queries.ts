import type { CatalogTables } from '../tables/catalog-tables'
import { USAGE_BILLABLE, USAGE_INSTANCES, USAGE_NAMES, USAGE_NATIVE, usageOfKind } from '../tables/usage'
import type { WatchSet } from '../store/watch-set'
import type { QueryResult } from './result'

export interface CatalogUsage {
  readonly nodes: number
  /** Different service names. */
  readonly services: number
  readonly serviceInstances: number
  /** By kind of mesh service; `connect-native` counts native instances. */
  readonly connectServiceInstances: Readonly<Record<string, number>>
  /** Ordinary instances, without the servers' own service. */
  readonly billableServiceInstances: number
  readonly kvEntries: number
  readonly sessions: number
}

const CONNECT_KINDS = ['connect-proxy', 'ingress-gateway', 'mesh-gateway', 'terminating-gateway', 'api-gateway']

/** How much there is of what; kept counted, so that asking costs nothing. */
export function getUsage(tables: CatalogTables, watch?: WatchSet): QueryResult<CatalogUsage> {
  watch?.add(tables.usage.rows.watchPrefix(''))
  const count = (id: string): number => tables.usage.get(id)?.count ?? 0
  const kinds = CONNECT_KINDS.map((kind) => [kind, count(usageOfKind(kind))] as const)
  return {
    index: tables.usage.get(USAGE_INSTANCES)?.index ?? 0,
    value: {
      nodes: tables.nodes.rows.size,
      services: count(USAGE_NAMES),
      serviceInstances: count(USAGE_INSTANCES),
      connectServiceInstances: { ...Object.fromEntries(kinds), 'connect-native': count(USAGE_NATIVE) },
      billableServiceInstances: count(USAGE_BILLABLE),
      kvEntries: tables.kv.rows.size,
      sessions: tables.sessions.rows.size,
    },
  }
}
