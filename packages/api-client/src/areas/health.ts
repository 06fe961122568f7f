import {
  type CheckServiceNode,
  checkServiceNodeFields,
  type CheckStatus,
  type HealthCheck,
  healthCheckFields,
} from '@sd/model'
import { decodeList } from '../json'
import { escapeSegment } from '../query-string'
import type { QueryResult } from '../read-meta'
import type { ReadOptions, Transport } from '../transport'

const checkList = (value: unknown, path: string) => decodeList(healthCheckFields, value, path)

/** Checks, and service instances with their checks. */
export class HealthArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Checks of a node and of its services. */
  node(node: string, options: ReadOptions = {}): Promise<QueryResult<readonly HealthCheck[]>> {
    return this.#transport.read(`/v1/health/node/${escapeSegment(node)}`, options, checkList)
  }

  /** Checks of a service's instances. */
  checks(service: string, options: ReadOptions = {}): Promise<QueryResult<readonly HealthCheck[]>> {
    return this.#transport.read(`/v1/health/checks/${escapeSegment(service)}`, options, checkList)
  }

  /** Instances of a service with their nodes and checks. */
  service(
    service: string,
    options: { tags?: readonly string[]; passingOnly?: boolean } & ReadOptions = {},
  ): Promise<QueryResult<readonly CheckServiceNode[]>> {
    const extra = { tag: options.tags, passing: options.passingOnly ? '1' : undefined }
    const decode = (value: unknown, path: string) => decodeList(checkServiceNodeFields, value, path)
    return this.#transport.read(`/v1/health/service/${escapeSegment(service)}`, options, decode, extra)
  }

  state(state: CheckStatus | 'any', options: ReadOptions = {}): Promise<QueryResult<readonly HealthCheck[]>> {
    return this.#transport.read(`/v1/health/state/${escapeSegment(state)}`, options, checkList)
  }
}
