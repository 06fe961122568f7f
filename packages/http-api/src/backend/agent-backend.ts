/** This agent: what it is, the services and checks registered with it, the pool it is a member of. */
import type {
  AgentMember,
  AgentService,
  CheckDefinition,
  CheckStatus,
  HealthCheck,
  JsonValue,
  ServiceDefinition,
} from '@sd/model'
import type { LogLevel } from '@sd/runtime'
import type { Call, LocalResult, MaybePromise } from './call'

/** A service of this agent and its checks, the node's included. */
export interface AgentServiceHealth {
  readonly service: AgentService
  readonly checks: readonly HealthCheck[]
}

/** `/v1/agent/version`. */
export interface BuildInfo {
  readonly sha: string
  /** RFC 3339. */
  readonly buildDate: string
  readonly humanVersion: string
  readonly fips: string
}

/** `hash` and `maxWaitMs`: wait while the service's `contentHash` still equals `hash`. */
export interface AgentServiceQuery {
  readonly id: string
  readonly hash?: string
  readonly maxWaitMs?: number
}

export interface AgentBackend {
  /** The object of `/v1/agent/self`, keys in Consul's order. */
  self(call: Call): MaybePromise<JsonValue>
  host(call: Call): MaybePromise<JsonValue>
  version(call: Call): MaybePromise<BuildInfo>
  /** `segment` is "" for the default one, "_all" for all. */
  members(
    query: { readonly wan: boolean; readonly segment: string; readonly filter?: string },
    call: Call,
  ): MaybePromise<LocalResult<readonly AgentMember[]>>
  /** By service id. */
  services(
    query: { readonly filter?: string },
    call: Call,
  ): MaybePromise<LocalResult<Readonly<Record<string, AgentService>>>>
  /** Undefined answers 404. `contentHash` must be set: it is also sent as X-Consul-ContentHash. */
  service(query: AgentServiceQuery, call: Call): MaybePromise<AgentService | undefined>
  /** By check id. */
  checks(
    query: { readonly filter?: string },
    call: Call,
  ): MaybePromise<LocalResult<Readonly<Record<string, HealthCheck>>>>
  serviceHealthById(id: string, call: Call): MaybePromise<AgentServiceHealth | undefined>
  serviceHealthByName(name: string, call: Call): MaybePromise<readonly AgentServiceHealth[]>
  /**
   * The definition is well-formed: it has a name, no wildcard address, valid weights, meta, port and checks.
   * Checks that the service had and the definition has not are removed only with `replaceExistingChecks`.
   */
  registerService(
    request: { readonly definition: ServiceDefinition; readonly replaceExistingChecks: boolean },
    call: Call,
  ): MaybePromise<void>
  deregisterService(id: string, call: Call): MaybePromise<void>
  /** The definition is well-formed; its `serviceId`, if any, is not yet known to exist (404 when it does not). */
  registerCheck(definition: CheckDefinition, call: Call): MaybePromise<void>
  deregisterCheck(id: string, call: Call): MaybePromise<void>
  /** Heartbeat of a TTL check. */
  updateCheck(
    update: { readonly id: string; readonly status: CheckStatus; readonly output: string },
    call: Call,
  ): MaybePromise<void>
  setServiceMaintenance(
    request: { readonly id: string; readonly enable: boolean; readonly reason: string },
    call: Call,
  ): MaybePromise<void>
  setNodeMaintenance(request: { readonly enable: boolean; readonly reason: string }, call: Call): MaybePromise<void>
  reload(call: Call): MaybePromise<void>
  /** Resolves when the agent has left; the answer is sent after that, so shut the server down later. */
  leave(call: Call): MaybePromise<void>
  join(request: { readonly address: string; readonly wan: boolean }, call: Call): MaybePromise<void>
  forceLeave(
    request: { readonly node: string; readonly prune: boolean; readonly wan: boolean },
    call: Call,
  ): MaybePromise<void>
  /** The object of `/v1/agent/metrics`. */
  metrics(call: Call): MaybePromise<JsonValue>
  /** Prometheus text, or undefined when it is not enabled (answers 415). */
  prometheusMetrics(call: Call): MaybePromise<string | undefined>
  /**
   * Log lines, each with its line end, until `call.signal` aborts. The promise settles when the caller may listen.
   * The iterator must bound what it keeps for a slow reader.
   */
  monitor(
    request: { readonly level: LogLevel; readonly json: boolean },
    call: Call,
  ): MaybePromise<AsyncIterable<string>>
}
