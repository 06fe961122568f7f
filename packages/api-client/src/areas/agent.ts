import {
  type AgentMember,
  agentMemberFields,
  type AgentService,
  agentServiceFields,
  type CheckDefinition,
  checkDefinitionFields,
  type CheckStatus,
  type HealthCheck,
  healthCheckFields,
  type ServiceDefinition,
  serviceDefinitionFields,
} from '@sd/model'
import { decodeList, decodeMap, decodeOne, type Input, needObject, stringifyJson, toWire } from '../json'
import { escapeSegment } from '../query-string'
import { type CallOptions, parseAnswer, type Transport } from '../transport'

export interface ServiceHealth {
  readonly status: CheckStatus | 'maintenance'
  readonly service: AgentService
  readonly checks: readonly HealthCheck[]
}

/** What the agent that is asked owns and knows. */
export class AgentArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Config, member, coordinate and statistics of the agent, as it words them. */
  async self(call?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/agent/self'
    return needObject(await this.#transport.json({ path, call }), path)
  }

  async nodeName(call?: CallOptions): Promise<string> {
    const config = (await this.self(call)).Config as { NodeName?: unknown } | undefined
    return typeof config?.NodeName === 'string' ? config.NodeName : ''
  }

  async version(call?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/agent/version'
    return needObject(await this.#transport.json({ path, call }), path)
  }

  async host(call?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/agent/host'
    return needObject(await this.#transport.json({ path, call }), path)
  }

  async metrics(call?: CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/agent/metrics'
    return needObject(await this.#transport.json({ path, call }), path)
  }

  async members(
    options: { wan?: boolean; segment?: string; filter?: string } & CallOptions = {},
  ): Promise<readonly AgentMember[]> {
    const path = '/v1/agent/members'
    const query = { wan: options.wan ? '1' : undefined, segment: options.segment, filter: options.filter || undefined }
    return decodeList(agentMemberFields, await this.#transport.json({ path, query, call: options }), path)
  }

  async services(options: { filter?: string } & CallOptions = {}): Promise<Readonly<Record<string, AgentService>>> {
    const path = '/v1/agent/services'
    const query = { filter: options.filter || undefined }
    return decodeMap(agentServiceFields, await this.#transport.json({ path, query, call: options }), path)
  }

  /** One service of this agent; undefined when it has none of this id. */
  async service(id: string, call?: CallOptions): Promise<AgentService | undefined> {
    const path = `/v1/agent/service/${escapeSegment(id)}`
    const answer = await this.#transport.request({ path, call, accept: [404] })
    return answer.status === 404 ? undefined : decodeOne(agentServiceFields, parseAnswer(path, answer), path)
  }

  async checks(options: { filter?: string } & CallOptions = {}): Promise<Readonly<Record<string, HealthCheck>>> {
    const path = '/v1/agent/checks'
    const query = { filter: options.filter || undefined }
    return decodeMap(healthCheckFields, await this.#transport.json({ path, query, call: options }), path)
  }

  /** The worst status of a service of this agent; undefined when it has none of this id. */
  async healthById(id: string, call?: CallOptions): Promise<ServiceHealth | undefined> {
    const path = `/v1/agent/health/service/id/${escapeSegment(id)}`
    const answer = await this.#transport.request({ path, query: { format: 'json' }, call, accept: [404, 429, 503] })
    return answer.status === 404 ? undefined : decodeHealth(parseAnswer(path, answer), path)
  }

  async healthByName(name: string, call?: CallOptions): Promise<readonly ServiceHealth[]> {
    const path = `/v1/agent/health/service/name/${escapeSegment(name)}`
    const answer = await this.#transport.request({ path, query: { format: 'json' }, call, accept: [404, 429, 503] })
    const value = answer.status === 404 ? [] : parseAnswer(path, answer)
    return (Array.isArray(value) ? value : []).map((item) => decodeHealth(item, path))
  }

  async registerService(
    service: Input<ServiceDefinition> & { readonly name: string },
    options: { replaceExistingChecks?: boolean } & CallOptions = {},
  ): Promise<void> {
    const query = { 'replace-existing-checks': options.replaceExistingChecks ? 'true' : undefined }
    await this.#put('/v1/agent/service/register', query, options, stringifyJson(serviceToWire(service)))
  }

  async deregisterService(id: string, call?: CallOptions): Promise<void> {
    await this.#put(`/v1/agent/service/deregister/${escapeSegment(id)}`, {}, call)
  }

  async registerCheck(check: Input<CheckDefinition> & { readonly name: string }, call?: CallOptions): Promise<void> {
    await this.#put('/v1/agent/check/register', {}, call, stringifyJson(toWire(checkDefinitionFields, check)))
  }

  async deregisterCheck(id: string, call?: CallOptions): Promise<void> {
    await this.#put(`/v1/agent/check/deregister/${escapeSegment(id)}`, {}, call)
  }

  /** Sets the status of a TTL check and restarts its time. */
  async updateTtl(
    checkId: string,
    status: CheckStatus,
    options: { output?: string } & CallOptions = {},
  ): Promise<void> {
    const body = JSON.stringify({ Status: status, Output: options.output ?? '' })
    await this.#put(`/v1/agent/check/update/${escapeSegment(checkId)}`, {}, options, body)
  }

  async enableNodeMaintenance(reason = '', call?: CallOptions): Promise<void> {
    await this.#put('/v1/agent/maintenance', { enable: 'true', reason }, call)
  }

  async disableNodeMaintenance(call?: CallOptions): Promise<void> {
    await this.#put('/v1/agent/maintenance', { enable: 'false' }, call)
  }

  async enableServiceMaintenance(id: string, reason = '', call?: CallOptions): Promise<void> {
    await this.#put(`/v1/agent/service/maintenance/${escapeSegment(id)}`, { enable: 'true', reason }, call)
  }

  async disableServiceMaintenance(id: string, call?: CallOptions): Promise<void> {
    await this.#put(`/v1/agent/service/maintenance/${escapeSegment(id)}`, { enable: 'false' }, call)
  }

  async reload(call?: CallOptions): Promise<void> {
    await this.#put('/v1/agent/reload', {}, call)
  }

  async leave(call?: CallOptions): Promise<void> {
    await this.#put('/v1/agent/leave', {}, call)
  }

  async join(address: string, options: { wan?: boolean } & CallOptions = {}): Promise<void> {
    await this.#put(`/v1/agent/join/${escapeSegment(address)}`, { wan: options.wan ? '1' : undefined }, options)
  }

  async forceLeave(node: string, options: { prune?: boolean; wan?: boolean } & CallOptions = {}): Promise<void> {
    const query = { prune: options.prune ? '1' : undefined, wan: options.wan ? '1' : undefined }
    await this.#put(`/v1/agent/force-leave/${escapeSegment(node)}`, query, options)
  }

  /** The agent's log lines as they are written; ends when the agent does or `signal` aborts. */
  async monitor(options: { level?: string; json?: boolean } & CallOptions = {}): Promise<AsyncIterable<string>> {
    const query = { loglevel: options.level || undefined, logjson: options.json ? 'true' : undefined }
    return lines(await this.#transport.stream({ path: '/v1/agent/monitor', query, call: options }), options.signal)
  }

  async #put(
    path: string,
    query: Record<string, string | undefined>,
    call: CallOptions | undefined,
    body?: string,
  ): Promise<void> {
    await this.#transport.request({ method: 'PUT', path, query, call, ...(body === undefined ? {} : { body }) })
  }
}

/** The checks of a service call their id "CheckID", and Consul refuses names it does not know. */
function serviceToWire(service: Input<ServiceDefinition>): Record<string, unknown> {
  const wire = toWire(serviceDefinitionFields, service)
  const rename = ({ ID, ...check }: Record<string, unknown>) => ({
    ...(ID === undefined ? {} : { CheckID: ID }),
    ...check,
  })
  if (wire.Check) wire.Check = rename(wire.Check as Record<string, unknown>)
  if (wire.Checks) wire.Checks = (wire.Checks as Record<string, unknown>[]).map(rename)
  return wire
}

function decodeHealth(value: unknown, path: string): ServiceHealth {
  const { AggregatedStatus, Service, Checks } = needObject(value, path)
  return {
    status: AggregatedStatus as ServiceHealth['status'],
    service: decodeOne(agentServiceFields, Service, path),
    checks: decodeList(healthCheckFields, Checks ?? null, path),
  }
}

async function* lines(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of body) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() as string
      yield* parts
    }
  } catch {
    // An agent that goes away cuts its stream; so does the reader's signal. Both are the end of the log.
    if (signal?.aborted) return
  }
  if (rest !== '') yield rest
}
