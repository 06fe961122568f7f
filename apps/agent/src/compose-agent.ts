/** Every constructor call of the product, top to bottom. */
import { join } from 'node:path'
import {
  type AgentProcess,
  aliasSource,
  dnsResolver,
  httpBackend,
  LocalAgent,
  selfMember,
  Server,
  serverCatalog,
} from '@sd/cluster'
import { DnsServer } from '@sd/dns-server'
import { HealthChecker } from '@sd/health-checker'
import { type Backend, HttpApiServer } from '@sd/http-api'
import { FileStorage, MemoryStorage, MemoryTransport, RaftNode } from '@sd/raft'
import type { Clock, Logger, Metrics, Random } from '@sd/runtime'
import type { RuntimeConfig } from './config/index'
import {
  checkerOptions,
  dnsOptions,
  httpOptions,
  memberOptions,
  nodeIdentity,
  raftOptions,
  serverOptions,
} from './to-options'

export interface AgentPorts {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  /** The process around it: reload, leave, metrics, log. */
  readonly process: (server: Server, agent: LocalAgent) => AgentProcess
}

export interface ComposedAgent {
  readonly server: Server
  readonly agent: LocalAgent
  readonly checker: HealthChecker
  readonly http: HttpApiServer
  readonly dns: DnsServer
  /** Resolves when HTTP and DNS answer; leading and the first sync come soon after. */
  start(): Promise<void>
  /** Stops everything, the last first. May be called twice, and after a failed start. */
  stop(): Promise<void>
}

/** Builds the agent of a server. Nothing is opened before `start`. */
export function composeAgent(config: RuntimeConfig, id: string, ports: AgentPorts): ComposedAgent {
  const { clock, random, logger, metrics } = ports
  const self = nodeIdentity(config, id)
  const member = selfMember(memberOptions(config, id))
  const storage = config.dev ? new MemoryStorage() : new FileStorage(join(config.dataDir, 'raft'), { logger })
  const server = new Server(
    {
      clock,
      random,
      logger,
      members: () => [member],
      createStore: (stateMachine) =>
        new RaftNode(
          { storage, transport: new MemoryTransport(id), stateMachine, clock, random, logger, metrics },
          raftOptions(config, id),
        ),
    },
    serverOptions(config),
  )
  const catalog = serverCatalog(server)
  const checker = new HealthChecker(
    {
      clock,
      random,
      logger,
      metrics,
      statusSource: aliasSource({ state: () => agent.state, catalog, node: self.node, clock }),
    },
    checkerOptions(config),
  )
  const agent: LocalAgent = new LocalAgent(
    { checker, catalog, clock, random, logger },
    {
      self,
      dataDir: config.dev ? undefined : config.dataDir,
      checkUpdateIntervalMs: config.checkUpdateIntervalMs,
      services: config.services,
      checks: config.checks,
    },
  )
  const backend: Backend = httpBackend({ server, agent, process: ports.process(server, agent), clock, random })
  const http = new HttpApiServer({ backend, clock, logger, metrics }, httpOptions(config))
  const resolver = dnsResolver({ tables: () => server.tables, datacenter: config.datacenter })
  const dns = new DnsServer({ resolver, clock, random, logger, metrics }, dnsOptions(config))

  return {
    server,
    agent,
    checker,
    http,
    dns,
    async start() {
      await agent.start()
      // Requests wait for a leader by themselves, so the doors may open while the log is read.
      const started = await Promise.allSettled([server.start(), http.start(), dns.start()])
      // Only what has come to rest can be stopped.
      for (const each of started) if (each.status === 'rejected') throw each.reason
      void server.whenReady().then(() => agent.startSync())
    },
    async stop() {
      const errors: unknown[] = []
      for (const part of [http, dns, agent, server]) await part.stop().catch((error: unknown) => errors.push(error))
      if (errors.length > 0) throw errors[0]
    },
  }
}
