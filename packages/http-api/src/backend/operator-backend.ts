/** Operators' views of the server set. */
import type { JsonValue } from '@sd/model'
import type { Call, MaybePromise, ReadOptions } from './call'

export interface RaftServer {
  readonly id: string
  readonly node: string
  readonly address: string
  readonly isLeader: boolean
  readonly protocolVersion: string
  readonly isVoter: boolean
  readonly lastIndex: number
}

export interface RaftConfiguration {
  readonly servers: readonly RaftServer[]
  readonly index: number
}

export interface OperatorBackend {
  raftConfiguration(options: ReadOptions): MaybePromise<RaftConfiguration>
  /** One of the two is given. */
  removeRaftPeer?(peer: { readonly id?: string; readonly address?: string }, call: Call): MaybePromise<void>
  /** The object of `/v1/operator/autopilot/configuration`. */
  autopilotConfiguration?(options: ReadOptions): MaybePromise<JsonValue>
  /** The object of `/v1/operator/autopilot/health`; unhealthy answers 429. */
  autopilotHealth?(options: ReadOptions): MaybePromise<{ readonly healthy: boolean; readonly value: JsonValue }>
  /** The object of `/v1/operator/autopilot/state`. */
  autopilotState?(options: ReadOptions): MaybePromise<JsonValue>
  /** The object of `/v1/operator/usage`. */
  usage?(query: { readonly global: boolean }, options: ReadOptions): MaybePromise<JsonValue>
}
