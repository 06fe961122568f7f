/** Everything behind the HTTP API of a server, shaped to @sd/http-api's `Backend` without importing it. */
import {
  type Coordinate,
  type DeregisterRequest,
  type KvEntry,
  type NodeService,
  type RegisterRequest,
  type Session,
  type TxnOp,
} from '@sd/model'
import type { Clock, Random } from '@sd/runtime'
import { refused } from '../errors'
import { EventBuffer } from '../local/event-buffer'
import type { LocalAgent } from '../local/local-agent'
import type { KvWriteVerb } from '../server/commands'
import type { ReadOutcome } from '../server/request-pipeline'
import type { Server } from '../server/server'
import { agentBackend } from './agent-backend'
import type { AgentProcess } from './agent-process'
import type { Call, ReadCall } from './call'
import { eventBackend } from './event-backend'

export interface HttpBackendPorts {
  readonly server: Server
  readonly agent: LocalAgent
  readonly process: AgentProcess
  readonly clock: Clock
  readonly random: Random
}

type Answer<T> = ReadOutcome<T> | Promise<ReadOutcome<T>>

/** Applies `change` to the value of an outcome; a value that is there at once stays so. */
function map<T, U>(answer: Answer<T>, change: (outcome: ReadOutcome<T>) => U): U | Promise<U> {
  return answer instanceof Promise ? answer.then(change) : change(answer)
}

export function httpBackend({ server, agent, process, clock, random }: HttpBackendPorts) {
  const { catalog, health, kv, session, transaction, coordinate, store, pipeline } = server
  const { node: self, datacenter } = agent.self
  /** `near=_agent` means this agent. */
  const near = <O extends ReadCall>(options: O): O => (options.near === '_agent' ? { ...options, near: self } : options)
  const events = new EventBuffer()

  return {
    agent: agentBackend({ agent, process, members: server.members, clock, random }),

    catalog: {
      datacenters: () => [datacenter],
      nodes: (options: ReadCall) => catalog.nodes(near(options)),
      services: (options: ReadCall) => catalog.services(options),
      serviceNodes: (
        query: { service: string; tags?: readonly string[]; connect: boolean; peer?: string },
        options: ReadCall,
      ) =>
        query.peer === undefined
          ? catalog.serviceNodes(query, near(options))
          : map(health.none(options), ({ meta }) => ({ value: [], meta })),
      nodeServices: (node: string, options: ReadCall) =>
        map(catalog.nodeServices(node, options), ({ value, meta, rendered }) => ({
          meta,
          rendered,
          value: value ? { node: value.node, services: byId(value.services) } : null,
        })),
      nodeServiceList: ({ node }: { node: string }, options: ReadCall) =>
        map(catalog.nodeServices(node, options), ({ value, meta }) => {
          const services = value?.services ?? []
          // Go's nil where there is nothing, and an empty list where a filter left nothing.
          const isNil = services.length === 0 && !options.filter
          return { meta, value: { node: value?.node ?? null, services: isNil ? null : services } }
        }),
      gatewayServices: (_gateway: string, options: ReadCall) =>
        map(health.none(options), ({ meta }) => ({ value: [], meta })),
      register: (request: RegisterRequest) => catalog.register(request),
      deregister: (request: DeregisterRequest) => catalog.deregister(request),
    },

    health: {
      nodeChecks: (node: string, options: ReadCall) => health.nodeChecks(node, near(options)),
      serviceChecks: (service: string, options: ReadCall) => health.serviceChecks(service, near(options)),
      checksInState: (state: string, options: ReadCall) => health.checksInState(state, near(options)),
      serviceNodes: (
        query: {
          service: string
          tags?: readonly string[]
          passingOnly: boolean
          connect: boolean
          ingress: boolean
          peer?: string
          samenessGroup?: string
        },
        options: ReadCall,
      ) => {
        if (query.samenessGroup !== undefined) throw refused('sameness groups are not supported in consul CE')
        // No gateways and no peers here: the mesh is not served.
        const isNone = query.ingress || query.peer !== undefined
        const answer = isNone ? health.none(options) : health.serviceNodes(query, near(options))
        return map(answer, ({ value, meta, rendered }) => ({
          value,
          rendered,
          meta: { ...meta, queryBackend: 'blocking-query' as const },
        }))
      },
    },

    kv: {
      get: (key: string, options: ReadCall) => kv.get(key, options),
      list: (prefix: string, options: ReadCall) => kv.list(prefix, options),
      keys: ({ prefix, separator }: { prefix: string; separator: string }, options: ReadCall) =>
        kv.keys(prefix, separator, options),
      write: ({ verb, entry }: { verb: KvWriteVerb; entry: KvEntry }, call: Call) =>
        kv.write(verb, entry, call.datacenter),
    },

    session: {
      create: (wanted: Session, call: Call) =>
        session.create({ ...wanted, node: wanted.node || self }, call.datacenter),
      destroy: (id: string, call: Call) => session.destroy(id, call.datacenter),
      renew: (id: string, call: Call) => {
        const renewed = session.renew(id, call.datacenter)
        return renewed ? [renewed] : null
      },
      info: (id: string, options: ReadCall) => session.info(id, options),
      node: (node: string, options: ReadCall) => session.nodeSessions(node, options),
      list: (options: ReadCall) => session.list(options),
    },

    transaction: {
      read: async (ops: readonly TxnOp[], options: ReadCall) => {
        const { isMalformed = false, ...outcome } = await transaction.apply(ops, options.datacenter)
        const knownLeader = !isMalformed && store.leaderAddress !== undefined
        return { ...outcome, index: isMalformed ? 0 : 1, knownLeader, lastContactMs: 0 }
      },
      apply: (ops: readonly TxnOp[], call: Call) => transaction.apply(ops, call.datacenter),
    },

    status: {
      leader: (options: ReadCall) => {
        pipeline.requireHere(options.datacenter)
        return store.leaderAddress ?? ''
      },
      peers: (options: ReadCall) => {
        pipeline.requireHere(options.datacenter)
        return store.configuration().voters.map((peer) => peer.address)
      },
    },

    event: eventBackend({
      events,
      requireHere: (datacenter) => pipeline.requireHere(datacenter),
      node: self,
      services: function* () {
        for (const [, claim] of agent.state.services()) yield claim.service
      },
      clock,
      random,
    }),

    coordinate: {
      datacenters: () => [
        { datacenter, areaId: 'wan', coordinates: [{ node: self, segment: '', partition: '', coord: ORIGIN }] },
      ],
      nodes: (options: ReadCall) => coordinate.nodes(near(options)),
      node: (node: string, options: ReadCall) => coordinate.node(node, near(options)),
      update: (update: { node: string; segment: string; coord: Coordinate | null }, call: Call) =>
        coordinate.update({ ...update, partition: '' }, call.datacenter),
    },

    operator: {
      raftConfiguration: (options: ReadCall) => {
        pipeline.requireHere(options.datacenter)
        return {
          servers: store.configuration().voters.map((peer) => ({
            id: peer.id,
            node: server.members().find((member) => member.tags?.['id'] === peer.id)?.name ?? '(unknown)',
            address: peer.address,
            isLeader: peer.address === store.leaderAddress,
            protocolVersion: '3',
            isVoter: true,
            lastIndex: store.lastIndex,
          })),
          // Consul reads the configuration in a way that has no index.
          index: 0,
        }
      },
    },

    internalUi: {
      nodes: (options: ReadCall) => health.nodeDump(undefined, options),
      node: (node: string, options: ReadCall) =>
        map(health.nodeDump(node, options), ({ value, meta }) => ({ value: value[0], meta })),
      serviceDump: (options: ReadCall) => health.serviceDump(options),
    },
  }
}

/** Where a node stands before it measured any other (Serf's network model). */
const ORIGIN: Coordinate = { vec: [0, 0, 0, 0, 0, 0, 0, 0], error: 1.5, adjustment: 0, height: 0.00001 }

const byId = (services: readonly NodeService[]): Record<string, NodeService> => {
  const map: Record<string, NodeService> = Object.create(null)
  for (const service of services) map[service.id] = service
  return map
}
