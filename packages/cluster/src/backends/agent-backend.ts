/** `/v1/agent`: this node's claims and process, shaped to the HTTP API's port. */
import { goQuote } from '@sd/runtime'
import { agentServiceSelectors, healthCheckSelectors, selectorsOf } from '@sd/catalog'
import {
  type AgentMember,
  agentMemberFields,
  type AgentService,
  type CheckDefinition,
  type CheckStatus,
  CONSUL_VERSION,
  type HealthCheck,
  type JsonValue,
  type ServiceDefinition,
} from '@sd/model'
import type { Clock, LogLevel, Random } from '@sd/runtime'
import { notFound, refused } from '../errors'
import { agentServiceOf, withContentHash } from '../local/agent-view'
import type { LocalAgent } from '../local/local-agent'
import { nextChange } from '../local/next-change'
import { setNodeMaintenance, setServiceMaintenance } from '../local/maintenance'
import { filterOf } from '../server/arrange'
import { waitLimitMs } from '../server/blocking-read'
import type { AgentProcess } from './agent-process'
import type { Call } from './call'

export interface AgentBackendPorts {
  readonly agent: LocalAgent
  readonly process: AgentProcess
  readonly members: () => readonly AgentMember[]
  readonly clock: Clock
  readonly random: Random
}

/** Stands for every network segment, of which there is one. */
const ALL_SEGMENTS = '_all'
export function agentBackend({ agent, process, members, clock, random }: AgentBackendPorts) {
  const { datacenter } = agent.self
  const viewOf = (id: string): AgentService | undefined => {
    const claim = agent.state.service(id)
    return claim && agentServiceOf(claim.service, datacenter)
  }
  const checksOf = (serviceId: string): HealthCheck[] =>
    [...agent.state.checks()]
      .map(([, claim]) => claim.check)
      .filter((check) => check.serviceId === '' || check.serviceId === serviceId)

  return {
    self(): JsonValue {
      const { config, debugConfig, stats, meta } = process.self()
      return {
        Config: config,
        DebugConfig: debugConfig,
        Coord: { Vec: [0, 0, 0, 0, 0, 0, 0, 0], Error: 1.5, Adjustment: 0, Height: 0.00001 },
        Member: memberJson(members().find((member) => member.name === agent.self.node)),
        Stats: stats,
        Meta: meta,
      }
    },
    host: () => process.host(),
    version: () => ({ sha: '', buildDate: '1970-01-01T00:00:01Z', humanVersion: CONSUL_VERSION, fips: '' }),

    members({ wan, segment, filter }: { wan: boolean; segment: string; filter?: string }) {
      if (segment !== '' && segment !== ALL_SEGMENTS) {
        throw refused('Network segments are not supported in this version of Consul')
      }
      const matches = filterOf(selectorsOf(agentMemberFields), filter)
      const list = wan
        ? members()
            .filter((member) => member.tags?.['role'] === 'consul')
            .map((m) => toWan(m, datacenter))
        : members()
      return { value: matches ? list.filter(matches) : list }
    },

    services({ filter }: { filter?: string }) {
      const all: Record<string, AgentService> = Object.create(null)
      const matches = filterOf(agentServiceSelectors, filter)
      for (const [id, claim] of agent.state.services()) {
        const view = agentServiceOf(claim.service, datacenter)
        if (!matches || matches(view)) all[id] = view
      }
      return { value: all }
    },

    /** Waits, when asked, until the service's content is another one than the caller has. */
    async service(
      query: { id: string; hash?: string; maxWaitMs?: number },
      call: Call,
    ): Promise<AgentService | undefined> {
      const deadlineMs = clock.monotonic() + (query.hash ? waitLimitMs(random, query.maxWaitMs) : 0)
      for (;;) {
        const view = viewOf(query.id)
        const service = view && withContentHash(view)
        if (!service || !query.hash || service.contentHash !== query.hash) return service
        const leftMs = deadlineMs - clock.monotonic()
        if (leftMs <= 0 || call.signal.aborted) return service
        // A caller that went away gets what there is.
        await nextChange(agent.state, clock, leftMs, call.signal).catch(() => {})
      }
    },

    checks({ filter }: { filter?: string }) {
      const all: Record<string, HealthCheck> = Object.create(null)
      const matches = filterOf(healthCheckSelectors, filter, '')
      for (const [id, claim] of agent.state.checks()) if (!matches || matches(claim.check)) all[id] = claim.check
      return { value: all }
    },

    serviceHealthById(id: string) {
      const service = viewOf(id)
      return service && { service, checks: checksOf(id) }
    },

    serviceHealthByName(name: string) {
      return [...agent.state.services()]
        .filter(([, claim]) => claim.service.service === name)
        .map(([id, claim]) => ({ service: agentServiceOf(claim.service, datacenter), checks: checksOf(id) }))
    },

    async registerService(
      { definition, replaceExistingChecks }: { definition: ServiceDefinition; replaceExistingChecks: boolean },
      call: Call,
    ): Promise<void> {
      const token = definition.token || call.token
      await agent.registerService(definition, {
        source: 'api',
        replaceExistingChecks,
        persist: true,
        ...(token ? { token } : {}),
      })
      await agent.sync()
    },

    async deregisterService(id: string): Promise<void> {
      if (!agent.state.service(id)) {
        throw notFound(`Unknown service ID ${goQuote(id)}. Ensure that the service ID is passed, not the service name.`)
      }
      await agent.removeService(id)
      await agent.sync()
    },

    async registerCheck(definition: CheckDefinition, call: Call): Promise<void> {
      const token = definition.token || call.token
      await agent.registerCheck(definition, { source: 'api', persist: true, ...(token ? { token } : {}) })
      await agent.sync()
    },

    async deregisterCheck(id: string): Promise<void> {
      if (!agent.state.check(id)) {
        throw notFound(`Unknown check ID ${goQuote(id)}. Ensure that the check ID is passed, not the check name.`)
      }
      await agent.removeCheck(id)
      await agent.sync()
    },

    async updateCheck({ id, status, output }: { id: string; status: CheckStatus; output: string }): Promise<void> {
      await agent.updateTtl(id, status, output)
      await agent.sync()
    },

    async setServiceMaintenance(
      { id, enable, reason }: { id: string; enable: boolean; reason: string },
      call: Call,
    ): Promise<void> {
      await setServiceMaintenance(agent, id, enable, reason, call.token)
      await agent.sync()
    },

    async setNodeMaintenance({ enable, reason }: { enable: boolean; reason: string }, call: Call): Promise<void> {
      await setNodeMaintenance(agent, enable, reason, call.token)
      await agent.sync()
    },

    reload: () => process.reload(),
    leave: () => process.leave(),
    join(): void {
      throw refused('this agent has no gossip pool to join with')
    },
    forceLeave({ node }: { node: string }): void {
      throw refused(`agent: No node found with name '${node}'`)
    },
    metrics: () => process.metrics(),
    prometheusMetrics: () => process.prometheusMetrics(),
    monitor: (request: { level: LogLevel; json: boolean }, call: Call) => process.monitor(request, call.signal),
  }
}

/** The member as the wide-area pool names it. */
function toWan(member: AgentMember, datacenter: string): AgentMember {
  const { wan_join_port: port, ...tags } = member.tags ?? {}
  return { ...member, name: `${member.name}.${datacenter}`, port: Number(port ?? member.port), tags }
}

const memberJson = (member: AgentMember | undefined): JsonValue =>
  member === undefined
    ? null
    : Object.fromEntries(
        agentMemberFields.fields.map(({ key, field }) => [
          field.wire,
          (member as unknown as Record<string, JsonValue>)[key] ?? null,
        ]),
      )
