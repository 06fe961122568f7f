/** The larger blocks of the configuration table. Order and spelling are those of Consul's configuration reference. */
import {
  anyMap,
  anyMapList,
  block,
  blockList,
  blockMap,
  boolean,
  duration,
  durationMap,
  type Fields,
  float,
  integer,
  text,
  textList,
  textMap,
  unsigned,
  wholeBlock,
} from './field'

const secret = { secret: true } as const

export const aclSchema = {
  enabled: boolean(),
  enable_token_replication: boolean(),
  policy_ttl: duration({ default: '30s' }),
  role_ttl: duration(),
  token_ttl: duration({ default: '30s' }),
  down_policy: text({ default: 'extend-cache' }),
  default_policy: text({ default: 'allow' }),
  enable_key_list_policy: boolean(),
  tokens: block(
    {
      initial_management: text(secret),
      replication: text(secret),
      agent_recovery: text(secret),
      default: text(secret),
      agent: text(secret),
      config_file_service_registration: text(secret),
      dns: text(secret),
      managed_service_provider: blockList(() => ({ accessor_id: text(), secret_id: text(secret) })),
      master: text(secret),
      agent_master: text(secret),
    },
    { reloadable: true },
  ),
  enable_token_persistence: boolean(),
  msp_disable_bootstrap: boolean(),
} satisfies Fields

export const addressesSchema = {
  dns: text(),
  http: text(),
  https: text(),
  grpc: text(),
  grpc_tls: text(),
} satisfies Fields

export const autoConfigSchema = {
  enabled: boolean(),
  intro_token: text(secret),
  intro_token_file: text(),
  server_addresses: textList(),
  dns_sans: textList(),
  ip_sans: textList(),
  authorization: block({
    enabled: boolean(),
    static: block({
      claim_assertions: textList(),
      allow_reuse: boolean(),
      jwt_supported_algs: textList(),
      bound_audiences: textList(),
      claim_mappings: textMap(),
      list_claim_mappings: textMap(),
      oidc_discovery_url: text(),
      oidc_discovery_ca_cert: text(),
      jwks_url: text(),
      jwks_ca_cert: text(),
      jwt_validation_pub_keys: textList(),
      bound_issuer: text(),
      expiration_leeway: duration(),
      not_before_leeway: duration(),
      clock_skew_leeway: duration(),
    }),
  }),
} satisfies Fields

export const autopilotSchema = {
  cleanup_dead_servers: boolean({ default: true }),
  last_contact_threshold: duration({ default: '200ms' }),
  max_trailing_logs: integer({ default: 250 }),
  min_quorum: unsigned(),
  server_stabilization_time: duration({ default: '10s' }),
  disable_upgrade_migration: boolean(),
  redundancy_zone_tag: text(),
  upgrade_version_tag: text(),
} satisfies Fields

export const connectSchema = {
  enabled: boolean({ default: true }),
  ca_provider: text(),
  ca_config: anyMap(secret),
  enable_mesh_gateway_wan_federation: boolean(),
  virtual_ip_cidr_v4: text({ default: '240.0.0.0/4' }),
  virtual_ip_cidr_v6: text({ default: '2000::/3' }),
  test_ca_leaf_root_change_spread: duration(),
} satisfies Fields

export const dnsSchema = {
  allow_stale: boolean({ default: true }),
  a_record_limit: integer({ default: 0 }),
  disable_compression: boolean(),
  enable_truncate: boolean(),
  max_stale: duration({ default: '87600h' }),
  node_ttl: duration(),
  only_passing: boolean(),
  recursor_strategy: text({ default: 'sequential' }),
  recursor_timeout: duration({ default: '2s', errorName: 'recursor_timeout' }),
  service_ttl: durationMap(),
  udp_answer_limit: integer({ default: 3 }),
  enable_additional_node_meta_txt: boolean({ default: true }),
  /** Whole: a file that writes any of it starts from the defaults, which the builder fills in. */
  soa: wholeBlock({ refresh: unsigned(), retry: unsigned(), expire: unsigned(), min_ttl: unsigned() }),
  use_cache: boolean(),
  cache_max_age: duration(),
  prefer_namespace: boolean(),
} satisfies Fields

/** Defaults are memberlist's presets for a local network and for a wide one. */
export const gossipSchema = (isWide: boolean) =>
  ({
    gossip_nodes: integer({ default: 3 }),
    gossip_interval: duration({ default: isWide ? '500ms' : '200ms' }),
    probe_interval: duration({ default: isWide ? '5s' : '1s' }),
    probe_timeout: duration({ default: isWide ? '3s' : '500ms' }),
    suspicion_mult: integer({ default: isWide ? 6 : 4 }),
    retransmit_mult: integer({ default: 4 }),
  }) satisfies Fields

export const httpSchema = {
  block_endpoints: textList(),
  allow_write_http_from: textList({
    flag: {
      name: 'allow-write-http-from',
      usage: 'A network, in CIDR form, from which writing requests are taken; others are refused. May be repeated.',
    },
  }),
  response_headers: textMap(),
  use_cache: boolean({ default: true }),
  max_header_bytes: integer(),
} satisfies Fields

/** Half a mebibyte: what one raft entry should not exceed. */
const ENTRY_BYTES_MAX = 512 * 1024

export const limitsSchema = {
  http_max_conns_per_client: integer({ default: 200, reloadable: true }),
  https_handshake_timeout: duration({ default: '5s' }),
  request_limits: block(
    { mode: text({ default: 'disabled' }), read_rate: float({ default: -1 }), write_rate: float({ default: -1 }) },
    { reloadable: true },
  ),
  rpc_client_timeout: duration({ default: '60s', reloadable: true }),
  rpc_handshake_timeout: duration({ default: '5s' }),
  rpc_max_burst: integer({ default: 1000, reloadable: true }),
  rpc_max_conns_per_client: integer({ default: 100, reloadable: true }),
  rpc_rate: float({ default: -1, reloadable: true }),
  kv_max_value_size: unsigned({ default: ENTRY_BYTES_MAX }),
  txn_max_req_len: unsigned({ default: ENTRY_BYTES_MAX }),
} satisfies Fields

export const performanceSchema = {
  leave_drain_time: duration({ default: '5s' }),
  raft_multiplier: integer({ default: 5 }),
  rpc_hold_timeout: duration({ default: '7s' }),
  grpc_keepalive_interval: duration({ default: '30s' }),
  grpc_keepalive_timeout: duration({ default: '20s' }),
  enable_xds_load_balancing: boolean({ default: true }),
} satisfies Fields

const port = (value: number | undefined, name?: string, usage?: string) =>
  integer({
    ...(value === undefined ? {} : { default: value }),
    ...(name && usage ? { flag: { name, usage } } : {}),
  })

/** -1 disables a listener. Without a value, `grpc_tls` is 8503 on servers and disabled on clients. */
export const portsSchema = {
  dns: port(8600, 'dns-port', 'The port of the DNS server; -1 for none.'),
  http: port(8500, 'http-port', 'The port of the HTTP API; -1 for none.'),
  https: port(-1, 'https-port', 'The port of the HTTPS API; -1 for none.'),
  serf_lan: port(8301, 'serf-lan-port', 'The port of gossip inside of the datacenter.'),
  serf_wan: port(8302, 'serf-wan-port', 'The port of gossip between datacenters; -1 for none.'),
  server: port(8300, 'server-port', 'The port on which servers take RPC.'),
  grpc: port(-1, 'grpc-port', 'The port of the gRPC API; -1 for none.'),
  grpc_tls: port(undefined, 'grpc-tls-port', 'The port of the gRPC API over TLS; -1 for none.'),
  proxy_min_port: port(20_000),
  proxy_max_port: port(20_255),
  sidecar_min_port: port(21_000),
  sidecar_max_port: port(21_255),
  expose_min_port: port(21_500),
  expose_max_port: port(21_755),
} satisfies Fields

export const raftLogStoreSchema = {
  backend: text({ default: 'default' }),
  disable_log_cache: boolean(),
  verification: block({ enabled: boolean(), interval: duration() }),
  boltdb: block({ no_freelist_sync: boolean() }),
  wal: block({ segment_size_mb: integer({ default: 64 }) }),
} satisfies Fields

export const telemetrySchema = {
  circonus_api_app: text(),
  circonus_api_token: text(secret),
  circonus_api_url: text(),
  circonus_broker_id: text(),
  circonus_broker_select_tag: text(),
  circonus_check_display_name: text(),
  circonus_check_force_metric_activation: text(),
  circonus_check_id: text(),
  circonus_check_instance_id: text(),
  circonus_check_search_tag: text(),
  circonus_check_tags: text(),
  circonus_submission_interval: text(),
  circonus_submission_url: text(),
  disable_hostname: boolean(),
  disable_per_tenancy_usage_metrics: boolean(),
  enable_host_metrics: boolean(),
  dogstatsd_addr: text(),
  dogstatsd_tags: textList(),
  retry_failed_connection: boolean({ default: true }),
  filter_default: boolean({ default: true }),
  prefix_filter: textList({ reloadable: true }),
  metrics_prefix: text({ default: 'consul' }),
  prometheus_retention_time: duration({ errorName: 'prometheus_retention_time' }),
  statsd_address: text(),
  statsite_address: text(),
} satisfies Fields

const tlsProtocolSchema = (minVersion?: string) =>
  ({
    ca_file: text(),
    ca_path: text(),
    cert_file: text(),
    key_file: text(),
    tls_min_version: text(minVersion === undefined ? {} : { default: minVersion }),
    tls_cipher_suites: text(),
    verify_incoming: boolean(),
    verify_outgoing: boolean(),
    verify_server_hostname: boolean(),
    use_auto_cert: boolean(),
  }) satisfies Fields

export const tlsSchema = {
  defaults: block(tlsProtocolSchema('TLSv1_2')),
  internal_rpc: block(tlsProtocolSchema()),
  https: block(tlsProtocolSchema()),
  grpc: block(tlsProtocolSchema()),
} satisfies Fields

export const uiSchema = {
  enabled: boolean({ flag: { name: 'ui', usage: 'Serves the web interface that comes with the agent.' } }),
  dir: text({ flag: { name: 'ui-dir', usage: 'A directory with a web interface to serve instead.' } }),
  content_path: text({ flag: { name: 'ui-content-path', usage: 'The path of the web interface, /ui/ if not given.' } }),
  metrics_provider: text(),
  metrics_provider_files: textList(),
  metrics_provider_options_json: text(),
  metrics_proxy: block({
    base_url: text(),
    add_headers: blockList(() => ({ name: text(), value: text(secret) })),
    path_allowlist: textList(),
  }),
  dashboard_url_templates: textMap(),
} satisfies Fields

export const auditSchema = {
  enabled: boolean(),
  sink: blockMap(() => ({
    type: text(),
    format: text(),
    path: text(),
    delivery_guarantee: text(),
    mode: text(),
    rotate_bytes: integer(),
    rotate_duration: text(),
    rotate_max_files: integer(),
  })),
  rpc_enabled: boolean(),
} satisfies Fields

export const cloudSchema = {
  resource_id: text(),
  client_id: text(),
  client_secret: text(secret),
  hostname: text(),
  auth_url: text(),
  scada_address: text(),
} satisfies Fields

/** Timings of servers, which Consul sets itself after everything else; files may not change them. */
export const serverTimingSchema = {
  coordinate: block({ update_batch_size: integer(), update_max_batches: integer(), update_period: duration() }),
  raft: block({ election_timeout: duration(), heartbeat_timeout: duration(), leader_lease_timeout: duration() }),
  server: block({ health_interval: duration() }),
} satisfies Fields

export const segmentSchema = {
  advertise: text(),
  bind: text(),
  name: text(),
  port: integer(),
  rpc_listener: boolean(),
} satisfies Fields

export const configEntriesSchema = { bootstrap: anyMapList({ reloadable: true }) } satisfies Fields
