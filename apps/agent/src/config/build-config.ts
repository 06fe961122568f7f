/** Merged settings to the configuration that the program uses: complete, camelCase, milliseconds, addresses resolved. */
import type { CheckDefinition, ServiceDefinition } from '@sd/model'
import { ConfigError } from './config-error'
import { type BuiltConfig, configSchema, type RawCheck, type RawConfig, type RawService } from './config-schema'
import { Faults } from './faults'
import { type AnyField, builtKey, type Fields } from './field'
import { parseCidr } from './ip-address'
import type { Host } from './network'
import { type Ports, resolveAddresses, type ResolvedAddresses } from './resolve-addresses'
import { checkDefinition, serviceDefinition } from './service-definitions'
import { buildTls } from './tls-settings'

/** Settings that something else stands for: resolved addresses, lists of services, the newer place of a deprecated key. */
const REPLACED: ReadonlySet<string> = new Set([
  ...['addresses', 'advertiseAddrIpv4', 'advertiseAddrIpv6', 'advertiseAddrWanIpv4', 'advertiseAddrWanIpv6'],
  ...['clientAddr', 'serfLan', 'serfWan', 'check', 'service', 'uiDir', 'uiContentPath', 'consul'],
])

type Computed =
  | keyof ResolvedAddresses
  | 'addresses'
  | 'bindAddr'
  | 'advertiseAddr'
  | 'advertiseAddrIpv4'
  | 'advertiseAddrIpv6'
  | 'advertiseAddrWan'
  | 'advertiseAddrWanIpv4'
  | 'advertiseAddrWanIpv6'
  | 'clientAddr'
  | 'serfLan'
  | 'serfWan'
  | 'check'
  | 'checks'
  | 'service'
  | 'services'
  | 'ui'
  | 'uiDir'
  | 'uiContentPath'
  | 'consul'

export interface RuntimeConfig extends Omit<BuiltConfig, Computed>, ResolvedAddresses {
  readonly dev: boolean
  /** Whether the web interface is served; more in `uiConfig`. */
  readonly ui: boolean
  readonly services: readonly ServiceDefinition[]
  readonly checks: readonly CheckDefinition[]
  /** Names of metrics, with the prefix, that are kept or dropped (`telemetry.prefix_filter`). */
  readonly metricFilter: { readonly allowed: readonly string[]; readonly blocked: readonly string[] }
  /** Raft's timings already multiplied by `performance.raft_multiplier`. */
  readonly serverTiming: BuiltConfig['consul']
}

export interface BuildOptions {
  readonly dev: boolean
  readonly host: Host
}

/** Throws {@link ConfigError}. */
export function buildConfig(raw: RawConfig, options: BuildOptions): { config: RuntimeConfig; warnings: string[] } {
  const warnings: string[] = []
  const warn = (text: string) => warnings.push(text)
  const faults = new Faults()
  const isServer = raw.server ?? false
  const ports = portsOf(raw, faults)
  const addresses = resolveAddresses(raw, ports, options.host, faults, warn)
  const multiplier = raw.performance?.raft_multiplier ?? 0
  if (multiplier < 1 || multiplier > RAFT_MULTIPLIER_MAX) {
    throw new ConfigError(
      `performance.raft_multiplier cannot be ${multiplier}. Must be between 1 and ${RAFT_MULTIPLIER_MAX}`,
    )
  }
  checkValues(raw, faults)
  const built = builtBlock(raw as Record<string, unknown>, configSchema, '', faults) as unknown as BuiltConfig
  const uiConfig = uiOf(raw, built, warn)
  const datacenter = (raw.datacenter ?? '').toLowerCase()
  const { consul } = built
  const rest = Object.fromEntries(Object.entries(built).filter(([key]) => !REPLACED.has(key))) as unknown as Omit<
    BuiltConfig,
    Computed
  >
  const config: RuntimeConfig = {
    ...rest,
    ...addresses,
    dev: options.dev,
    datacenter,
    primaryDatacenter: (raw.primary_datacenter ?? '').toLowerCase() || datacenter,
    nodeName: (raw.node_name || options.host.hostname()).trim(),
    ports: camelPorts(ports),
    ui: uiConfig.enabled,
    uiConfig,
    services: ((raw.services ?? []) as RawService[]).map((service) => serviceDefinition(service, faults)),
    checks: ((raw.checks ?? []) as RawCheck[]).map((check) => checkDefinition(check, faults)),
    leaveOnTerminate: raw.leave_on_terminate ?? !isServer,
    skipLeaveOnInterrupt: raw.skip_leave_on_interrupt ?? isServer,
    enableLocalScriptChecks: raw.enable_local_script_checks ?? raw.enable_script_checks ?? false,
    rpc: { enableStreaming: raw.rpc?.enable_streaming ?? isServer },
    connect: {
      ...built.connect,
      enabled: built.connect.enabled || built.autoEncrypt.allowTls || built.autoConfig.enabled,
    },
    dnsConfig: { ...built.dnsConfig, soa: soaOf(raw) },
    limits: unlimited(built.limits),
    tls: buildTls(raw, faults),
    metricFilter: metricFilterOf(raw, warn),
    serverTiming: {
      ...consul,
      raft: {
        electionTimeoutMs: consul.raft.electionTimeoutMs * multiplier,
        heartbeatTimeoutMs: consul.raft.heartbeatTimeoutMs * multiplier,
        leaderLeaseTimeoutMs: consul.raft.leaderLeaseTimeoutMs * multiplier,
      },
    },
  }
  if (config.cache.entryFetchMaxBurst <= 0) {
    throw new ConfigError(
      `cache.entry_fetch_max_burst must be strictly positive, was: ${config.cache.entryFetchMaxBurst}`,
    )
  }
  if (config.cache.entryFetchRate === 0)
    throw new ConfigError('cache.entry_fetch_rate must be strictly positive, was: 0')
  faults.throwIfAny()
  if (config.bootstrapExpect !== 1) return { config, warnings }
  warn('BootstrapExpect is set to 1; this is the same as Bootstrap mode.')
  return { config: { ...config, bootstrap: true, bootstrapExpect: 0 }, warnings }
}

const RAFT_MULTIPLIER_MAX = 10

/** Shortest keep-alive of gRPC, and how long a server may at least be away. */
const GRPC_KEEPALIVE_MS_MIN = 1_000
const REJOIN_AGE_MS_MIN = 6 * 3_600_000
const DURATION_MINIMA: Readonly<Record<string, { ms: number; text: string }>> = {
  'performance.grpc_keepalive_interval': { ms: GRPC_KEEPALIVE_MS_MIN, text: '1s' },
  'performance.grpc_keepalive_timeout': { ms: GRPC_KEEPALIVE_MS_MIN, text: '1s' },
  server_rejoin_age_max: { ms: REJOIN_AGE_MS_MIN, text: '6h0m0s' },
}

function builtBlock(
  raw: Record<string, unknown>,
  fields: Fields,
  path: string,
  faults: Faults,
): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const place = path === '' ? key : `${path}.${key}`
    result[builtKey(key, field)] = builtValue(raw[key], field, place, faults)
  }
  return result
}

function builtValue(value: unknown, field: AnyField, path: string, faults: Faults): unknown {
  switch (field.kind) {
    case 'boolean':
      return value ?? false
    case 'integer':
    case 'unsigned':
    case 'float':
      return value ?? 0
    case 'text':
      return value ?? ''
    case 'duration': {
      const ms = faults.duration(field.errorName ?? path, value as string | undefined)
      const minimum = DURATION_MINIMA[path]
      if (minimum && ms < minimum.ms) {
        faults.add(`${path}: duration '${value as string}' cannot be less than: ${minimum.text}`)
      }
      return ms
    }
    case 'durationMap':
      return durations((value ?? {}) as Record<string, string>, path, faults)
    case 'textMap':
    case 'textListMap':
    case 'anyMap':
      return value ?? Object.create(null)
    case 'textList':
    case 'anyMapList':
      return value ?? []
    case 'block':
      return builtBlock((value ?? {}) as Record<string, unknown>, field.fields, path, faults)
    case 'blockList':
    case 'blockMap': {
      // Services and checks have their own way into the model.
      if (path === 'services' || path === 'checks') return []
      const items = Object.entries((value ?? {}) as Record<string, Record<string, unknown>>)
      return items.map(([key, item]) => builtBlock(item, field.fields(), `${path}[${key}]`, faults))
    }
    case 'nested':
      return undefined
  }
}

function durations(texts: Record<string, string>, path: string, faults: Faults): Record<string, number> {
  const result: Record<string, number> = Object.create(null)
  for (const [key, text] of Object.entries(texts))
    result[key] = faults.duration(`${path}[${JSON.stringify(key)}]`, text)
  return result
}

const PORT_NAMES = Object.keys(configSchema.ports.fields) as (keyof Ports)[]

function portsOf(raw: RawConfig, faults: Faults): Ports {
  const ports = Object.fromEntries(
    PORT_NAMES.map((name) => [name, faults.port(`ports.${name}`, raw.ports?.[name])]),
  ) as Record<keyof Ports, number>
  if (raw.ports?.grpc_tls === undefined && raw.server) ports.grpc_tls = 8503
  if (ports.server <= 0) throw new ConfigError('server-port must be greater than zero')
  if (ports.serf_lan <= 0) throw new ConfigError('serf-lan-port must be greater than zero')
  for (const range of ['proxy', 'sidecar', 'expose'] as const) {
    if (ports[`${range}_max_port`] >= ports[`${range}_min_port`]) continue
    throw new ConfigError(`${range}_min_port must be less than ${range}_max_port. To disable, set both to zero.`)
  }
  return ports
}

function camelPorts(ports: Ports): BuiltConfig['ports'] {
  return Object.fromEntries(
    PORT_NAMES.map((name) => [builtKey(name, configSchema.ports.fields[name]), ports[name]]),
  ) as unknown as BuiltConfig['ports']
}

function checkValues(raw: RawConfig, faults: Faults): void {
  for (const cidr of raw.http_config?.allow_write_http_from ?? []) {
    if (parseCidr(cidr.trim()) === undefined) faults.add(`allow_write_http_from: invalid cidr: ${cidr}`)
  }
  const strategy = raw.dns_config?.recursor_strategy ?? ''
  if (!['', 'sequential', 'random'].includes(strategy)) {
    faults.add(`dns_config.recursor_strategy: invalid strategy: ${JSON.stringify(strategy)}`)
  }
  const mode = raw.limits?.request_limits?.mode ?? ''
  if (!['disabled', 'permissive', 'enforcing'].includes(mode)) {
    faults.add(`limits.request_limits.mode: invalid mode: ${JSON.stringify(mode)}`)
  }
}

/** A negative rate means no limit. */
function unlimited(limits: BuiltConfig['limits']): BuiltConfig['limits'] {
  const rate = (value: number) => (value < 0 ? Infinity : value)
  const { requestLimits } = limits
  return {
    ...limits,
    rpcRate: rate(limits.rpcRate),
    requestLimits: {
      ...requestLimits,
      readRate: rate(requestLimits.readRate),
      writeRate: rate(requestLimits.writeRate),
    },
  }
}

function soaOf(raw: RawConfig): BuiltConfig['dnsConfig']['soa'] {
  const soa = raw.dns_config?.soa
  return {
    refresh: soa?.refresh ?? 3600,
    retry: soa?.retry ?? 600,
    expire: soa?.expire ?? 86_400,
    minTtl: soa?.min_ttl ?? 0,
  }
}

function uiOf(raw: RawConfig, built: BuiltConfig, warn: (text: string) => void): BuiltConfig['uiConfig'] {
  for (const [from, to] of [
    ['ui', 'enabled'],
    ['ui_dir', 'dir'],
    ['ui_content_path', 'content_path'],
  ] as const) {
    if (raw[from] !== undefined) {
      warn(`The '${from}' field is deprecated. Use the 'ui_config.${to}' field instead.`)
    }
  }
  const contentPath = raw.ui_config?.content_path ?? raw.ui_content_path ?? ''
  const proxy = built.uiConfig.metricsProxy
  const isPrometheus = built.uiConfig.metricsProvider === 'prometheus' && proxy.pathAllowlist.length === 0
  return {
    ...built.uiConfig,
    enabled: raw.ui_config?.enabled ?? raw.ui ?? false,
    dir: raw.ui_config?.dir ?? raw.ui_dir ?? '',
    contentPath: contentPath === '' ? '/ui/' : `/${contentPath.replace(/^\/+|\/+$/g, '')}/`,
    metricsProxy: isPrometheus ? { ...proxy, pathAllowlist: ['/api/v1/query', '/api/v1/query_range'] } : proxy,
  }
}

/** The one metric that Consul drops unless the operator names it. */
const DROPPED_METRIC = 'rpc.server.call'

function metricFilterOf(raw: RawConfig, warn: (text: string) => void): RuntimeConfig['metricFilter'] {
  const allowed: string[] = []
  const blocked: string[] = []
  for (const rule of raw.telemetry?.prefix_filter ?? []) {
    if (rule === '') warn('Cannot have empty filter rule in prefix_filter')
    else if (rule.startsWith('+')) allowed.push(rule.slice(1))
    else if (rule.startsWith('-')) blocked.push(rule.slice(1))
    else warn(`Filter rule must begin with either '+' or '-': ${JSON.stringify(rule)}`)
  }
  const dropped = `${raw.telemetry?.metrics_prefix ?? ''}.${DROPPED_METRIC}`
  if (!allowed.includes(dropped) && !blocked.includes(dropped)) blocked.push(dropped)
  return { allowed, blocked }
}
