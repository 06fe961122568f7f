/** What the web UI asks beside the public API. Summaries are made here in http-api from these dumps. */
import type { CheckServiceNode, HealthCheck, NodeService } from '@sd/model'
import type { MaybePromise, ReadOptions, ReadResult } from './call'

/** A node with everything on it. */
export interface NodeDump {
  readonly id: string
  readonly node: string
  readonly address: string
  readonly taggedAddresses: Readonly<Record<string, string>> | null
  readonly meta: Readonly<Record<string, string>> | null
  readonly services: readonly NodeService[]
  readonly checks: readonly HealthCheck[]
}

export interface InternalUiBackend {
  nodes(options: ReadOptions): MaybePromise<ReadResult<readonly NodeDump[]>>
  /** Undefined answers 404. */
  node(node: string, options: ReadOptions): MaybePromise<ReadResult<NodeDump | undefined>>
  /** Every instance of every service, after `options.filter`. */
  serviceDump(options: ReadOptions): MaybePromise<ReadResult<readonly CheckServiceNode[]>>
}
