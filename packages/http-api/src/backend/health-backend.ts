/** Health as the catalog knows it. */
import type { CheckServiceNode, HealthCheck } from '@sd/model'
import type { MaybePromise, ReadOptions, ReadResult } from './call'

export interface HealthServiceQuery {
  readonly service: string
  /** All must be present; absent when the caller named none. */
  readonly tags?: readonly string[]
  readonly passingOnly: boolean
  /** `/v1/health/connect`: instances that speak for the service in the mesh. */
  readonly connect: boolean
  /** `/v1/health/ingress`: ingress gateways of the service. */
  readonly ingress: boolean
  readonly mergeCentralConfig: boolean
  readonly peer?: string
  readonly samenessGroup?: string
}

export interface HealthBackend {
  nodeChecks(node: string, options: ReadOptions): MaybePromise<ReadResult<readonly HealthCheck[]>>
  serviceChecks(service: string, options: ReadOptions): MaybePromise<ReadResult<readonly HealthCheck[]>>
  /** `state` is as the caller wrote it; "any" matches all. */
  checksInState(state: string, options: ReadOptions): MaybePromise<ReadResult<readonly HealthCheck[]>>
  serviceNodes(query: HealthServiceQuery, options: ReadOptions): MaybePromise<ReadResult<readonly CheckServiceNode[]>>
}
