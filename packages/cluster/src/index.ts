/**
 * Servers and agents: raft, catalog and health checks joined into one service-discovery cluster.
 * @packageDocumentation
 */
export { Server, type ServerOptions, type ServerPorts } from './server/server'
export type { ReplicatedStore, RunningStore, StoreStateMachine } from './server/store-port'
export { selfMember, type SelfMemberOptions } from './server/self-member'
export { LocalAgent, type LocalAgentOptions, type LocalAgentPorts } from './local/local-agent'
export type { CatalogAccess } from './local/anti-entropy'
export type { CatalogView, NodeIdentity } from './local/plan-sync'
export { setNodeMaintenance, setServiceMaintenance } from './local/maintenance'
export { httpBackend, type HttpBackendPorts } from './backends/http-backend'
export type { Call, ReadCall } from './backends/call'
export type { AgentProcess } from './backends/agent-process'
export { dnsResolver, type DnsResolverPorts } from './backends/dns-resolver'
export { serverCatalog } from './local/server-catalog'
export { aliasSource } from './local/alias-source'
export { ClusterError, type ClusterErrorCode } from './errors'
