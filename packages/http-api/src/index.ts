/**
 * Consul's HTTP API over a backend that you supply.
 * @packageDocumentation
 */
export { HttpApiServer, type HttpApiPorts } from './http-server'
export type { HttpApiOptions, HttpListener, TcpListener, UnixListener } from './options'
export { HttpListenError, HttpOptionError, HttpStatusError } from './errors'
export type * from './backend/backend'
export type * from './backend/call'
export type * from './backend/agent-backend'
export type * from './backend/catalog-backend'
export type * from './backend/health-backend'
export type * from './backend/kv-backend'
export type * from './backend/session-backend'
export type * from './backend/transaction-backend'
export type * from './backend/status-backend'
export type * from './backend/event-backend'
export type * from './backend/coordinate-backend'
export type * from './backend/operator-backend'
export type * from './backend/internal-ui-backend'
export type * from './backend/snapshot-backend'
