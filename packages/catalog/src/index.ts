/**
 * The service catalog, KV and session store: tables in memory, deterministic commands, queries that can be watched.
 * @packageDocumentation
 */
export {
  CatalogStateMachine,
  type CatalogEntry,
  type CatalogPorts,
  type CatalogSnapshot,
} from './catalog-state-machine'
export type { Command, CommandResult } from './commands/command'
export { decodeCommand, encodeCommand } from './commands/command-codec'
export type { CatalogEffects, ReleasedLock } from './commands/change'
export { metadataFault } from './commands/metadata'
export { prepareCheck, prepareRegister, prepareService, requireNode } from './commands/prepare-register'
export { type RefusalCode, RefusedError, UnreadableDataError } from './errors'
export { WatchSet, type WatchEvent } from './store/watch-set'
export type { CatalogTables } from './tables/catalog-tables'
export type { QueryResult } from './queries/result'
export {
  dumpNodes,
  getNode,
  getNodeById,
  getNodeService,
  getNodeServices,
  listNodes,
  type NodeInfo,
  type NodeMeta,
  type ServicesOfNode,
} from './queries/node-queries'
export {
  catalogVersion,
  listAllServiceNodes,
  listServiceNodes,
  listServices,
  type ServiceNodesOptions,
  serviceVersion,
  tagsByName,
} from './queries/service-queries'
export {
  ANY_STATE,
  dumpServices,
  listCheckServiceNodes,
  listChecksInState,
  listNodeChecks,
  listServiceChecks,
} from './queries/health-queries'
export { getKey, listKeyNames, listKeys } from './queries/kv-queries'
export { getSession, listNodeSessions, listSessions } from './queries/session-queries'
export { listCoordinates } from './queries/coordinate-queries'
export { sortByDistance } from './queries/near-sort'
export { type CatalogUsage, getUsage } from './queries/usage-queries'
export { createFilter, type Filter, InvalidFilterError } from './filter/filter'
export {
  agentServiceSelectors,
  checkServiceNodeSelectors,
  healthCheckSelectors,
  nodeInfoSelectors,
  nodeSelectors,
  nodeServiceSelectors,
  type Selectors,
  selectorsOf,
  serviceNodeSelectors,
} from './filter/selectors'
export { type CompiledRegexp, compileRegexp } from './filter/go-regexp'
