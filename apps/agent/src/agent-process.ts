/** What the HTTP API shows of this process, and the two wishes it may have: reload and leave. */
import { availableParallelism, arch, platform } from 'node:os'
import type { AgentProcess, LocalAgent, Server } from '@sd/cluster'
import { CONSUL_VERSION, type JsonValue } from '@sd/model'
import type { Clock } from '@sd/runtime'
import { redactConfig, type RuntimeConfig } from './config/index'
import { hostInfo } from './host-info'
import type { LogMonitor } from './logging/index'
import type { MemorySink } from './telemetry/index'

export interface AgentProcessPorts {
  readonly config: () => RuntimeConfig
  readonly nodeId: string
  readonly server: Server
  readonly agent: LocalAgent
  readonly clock: Clock
  readonly sink: MemorySink
  readonly monitor: LogMonitor
  readonly prometheus: () => string | undefined
  readonly reload: () => Promise<void>
  readonly leave: () => Promise<void>
}

export function agentProcess(ports: AgentProcessPorts): AgentProcess {
  const { server, agent, clock, sink, monitor } = ports
  return {
    self: () => {
      const config = ports.config()
      return {
        config: {
          Datacenter: config.datacenter,
          PrimaryDatacenter: config.primaryDatacenter,
          NodeName: config.nodeName,
          NodeID: ports.nodeId,
          Revision: '',
          Server: config.server,
          Version: CONSUL_VERSION,
          BuildDate: '1970-01-01T00:00:01Z',
          BindAddr: config.bindAddr,
        },
        debugConfig: pascal(redactConfig(config)) as JsonValue,
        stats: stats(ports),
        meta: agent.self.meta,
      }
    },
    host: () => hostInfo(ports.config().dataDir || undefined, clock.now()),
    metrics: () => JSON.parse(sink.toJson()) as JsonValue,
    prometheusMetrics: () => ports.prometheus(),
    monitor: ({ level, json }, signal) => monitor.watch({ level, json, signal }),
    reload: () => ports.reload(),
    leave: () => ports.leave(),
  }

  function stats({ config }: AgentProcessPorts): JsonValue {
    const raft = server.store.stats()
    const { voters } = server.store.configuration()
    const isLeader = server.store.isLeader
    const text = (facts: Record<string, unknown>): JsonValue =>
      Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)]))
    return {
      agent: text({
        check_monitors: 0,
        check_ttls: 0,
        checks: agent.state.checkCount,
        services: agent.state.serviceCount,
      }),
      build: text({ prerelease: '', revision: '', version: CONSUL_VERSION, version_metadata: '' }),
      consul: text({
        acl: 'disabled',
        bootstrap: config().bootstrap,
        known_datacenters: 1,
        leader: isLeader,
        leader_addr: server.store.leaderAddress ?? '',
        server: true,
      }),
      raft: text({
        applied_index: raft.appliedIndex,
        commit_index: raft.commitIndex,
        fsm_pending: raft.fsmPending,
        last_contact: isLeader ? '0' : raft.lastContactMs === undefined ? 'never' : `${raft.lastContactMs}ms`,
        last_log_index: raft.lastLogIndex,
        last_log_term: raft.lastLogTerm,
        last_snapshot_index: raft.lastSnapshotIndex,
        last_snapshot_term: raft.lastSnapshotTerm,
        latest_configuration: `[${voters.map(({ id, address }) => `{Suffrage:Voter ID:${id} Address:${address}}`).join(' ')}]`,
        latest_configuration_index: raft.latestConfigurationIndex,
        num_peers: raft.numPeers,
        protocol_version: 3,
        protocol_version_max: 3,
        protocol_version_min: 0,
        snapshot_version_max: 1,
        snapshot_version_min: 0,
        state: `${raft.state[0]?.toUpperCase() ?? ''}${raft.state.slice(1)}`,
        term: raft.term,
      }),
      runtime: text({
        arch: arch(),
        cpu_count: availableParallelism(),
        goroutines: 1,
        max_procs: 1,
        os: platform(),
        version: process.version,
      }),
    }
  }
}

/** Setting names as Consul's DebugConfig has them: `bindAddr` is `BindAddr`. */
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal)
  if (typeof value === 'number' && !Number.isFinite(value)) return null
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, pascal(item)]),
  )
}
