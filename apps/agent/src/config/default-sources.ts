/** The sources that nobody writes: defaults below everything, and what users can not change above everything. */
import { configSchema } from './config-schema'
import type { Fields } from './field'
import type { SourceValues } from './merge-config'

const source = (name: string, values: Record<string, unknown>): SourceValues => ({ name, values, warnings: [] })

/** The `default` column of the table. */
export function defaultSource(): SourceValues {
  return source('default', defaultsOf(configSchema))
}

function defaultsOf(fields: Fields): Record<string, unknown> {
  const values = Object.create(null) as Record<string, unknown>
  for (const [key, field] of Object.entries(fields)) {
    if (field.default !== undefined) values[key] = field.default
    if (field.kind !== 'block' || field.isWhole) continue
    const inner = defaultsOf(field.fields)
    if (Object.keys(inner).length > 0) values[key] = inner
  }
  return values
}

const FAST_GOSSIP = { gossip_interval: '100ms', probe_interval: '100ms', probe_timeout: '100ms', suspicion_mult: 3 }

/** What `-dev` changes of the defaults: one server, in memory, on loopback, quick and talkative. */
export function devSource(): SourceValues {
  return source('dev', {
    bind_addr: '127.0.0.1',
    disable_anonymous_signature: true,
    disable_keyring_file: true,
    enable_debug: true,
    ui_config: { enabled: true },
    log_level: 'DEBUG',
    server: true,
    gossip_lan: FAST_GOSSIP,
    gossip_wan: FAST_GOSSIP,
    connect: { enabled: true },
    peering: { enabled: true },
    performance: { raft_multiplier: 1 },
    ports: { grpc: 8502 },
  })
}

/** Wins over files and flags. */
export function fixedSource(options: { dev: boolean }): SourceValues {
  const timing = options.dev
    ? { period: '100ms', election: '52ms', heartbeat: '35ms', lease: '20ms', health: '10ms' }
    : { period: '5s', election: '1s', heartbeat: '1s', lease: '500ms', health: '2s' }
  return source('fixed', {
    ae_interval: '1m',
    check_deregister_interval_min: '1m',
    check_reap_interval: '30s',
    segment_name_limit: 64,
    sync_coordinate_rate_target: 64,
    sync_coordinate_interval_min: '15s',
    connect: { test_ca_leaf_root_change_spread: '0s' },
    peering: { test_allow_peer_registrations: false },
    consul: {
      coordinate: { update_batch_size: 128, update_max_batches: 5, update_period: timing.period },
      raft: {
        election_timeout: timing.election,
        heartbeat_timeout: timing.heartbeat,
        leader_lease_timeout: timing.lease,
      },
      server: { health_interval: timing.health },
    },
  })
}
