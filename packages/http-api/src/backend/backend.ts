/**
 * The port behind the HTTP API. Each area is optional: what is absent is not mounted, and its paths answer as unknown.
 *
 * Errors: throw an `SdError` whose `details.status` is the HTTP status (400, 403, 404, 429, 500, 503 ...); its message
 * is the body. Any other error is a 500 with its message, as in Consul; details and causes never leave the process.
 * Results may come at once or through a promise; a plain value keeps the whole request synchronous, the fast path.
 */
import type { AgentBackend } from './agent-backend'
import type { CatalogBackend } from './catalog-backend'
import type { CoordinateBackend } from './coordinate-backend'
import type { EventBackend } from './event-backend'
import type { HealthBackend } from './health-backend'
import type { InternalUiBackend } from './internal-ui-backend'
import type { KvBackend } from './kv-backend'
import type { OperatorBackend } from './operator-backend'
import type { SessionBackend } from './session-backend'
import type { SnapshotBackend } from './snapshot-backend'
import type { StatusBackend } from './status-backend'
import type { TransactionBackend } from './transaction-backend'

export interface Backend {
  readonly agent?: AgentBackend
  readonly catalog?: CatalogBackend
  readonly health?: HealthBackend
  readonly kv?: KvBackend
  readonly session?: SessionBackend
  readonly transaction?: TransactionBackend
  readonly status?: StatusBackend
  readonly event?: EventBackend
  readonly coordinate?: CoordinateBackend
  readonly operator?: OperatorBackend
  readonly internalUi?: InternalUiBackend
  readonly snapshot?: SnapshotBackend
}

/** The name of an area of the backend. */
export type BackendArea = keyof Backend
