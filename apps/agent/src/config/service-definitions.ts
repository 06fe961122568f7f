/** Services and checks of files to the model's definitions. */
import {
  type CheckDefinition,
  checkDefinitionFields,
  type JsonValue,
  type ServiceDefinition,
  serviceDefinitionFields,
  type ServiceKind,
} from '@sd/model'
import type { RawCheck, RawService } from './config-schema'
import type { Faults } from './faults'
import { metadataFault } from './metadata-rules'

/** How many bytes of a check's output are kept unless it says otherwise. */
const OUTPUT_BYTES_DEFAULT = 4096

export function checkDefinition(raw: RawCheck, faults: Faults): CheckDefinition {
  const id = raw.id ?? ''
  const duration = (key: 'interval' | 'timeout' | 'ttl' | 'deregister_critical_service_after') =>
    faults.duration(`check[${id}].${key}`, raw[key])
  const failuresBeforeCritical = raw.failures_before_critical ?? 0
  return checkDefinitionFields.create({
    id,
    name: raw.name ?? '',
    notes: raw.notes ?? '',
    serviceId: raw.service_id ?? '',
    token: raw.token ?? '',
    status: (raw.status ?? '') as CheckDefinition['status'],
    scriptArgs: raw.args ?? null,
    http: raw.http ?? '',
    header: raw.header ?? null,
    method: raw.method ?? '',
    body: raw.body ?? '',
    disableRedirects: raw.disable_redirects ?? false,
    outputMaxSize: raw.output_max_size ?? OUTPUT_BYTES_DEFAULT,
    tcp: raw.tcp ?? '',
    tcpUseTls: raw.tcp_use_tls ?? false,
    udp: raw.udp ?? '',
    intervalMs: duration('interval'),
    dockerContainerId: raw.docker_container_id ?? '',
    shell: raw.shell ?? '',
    grpc: raw.grpc ?? '',
    grpcUseTls: raw.grpc_use_tls ?? false,
    tlsServerName: raw.tls_server_name ?? '',
    tlsSkipVerify: raw.tls_skip_verify ?? false,
    aliasNode: raw.alias_node ?? '',
    aliasService: raw.alias_service ?? '',
    timeoutMs: duration('timeout'),
    ttlMs: duration('ttl'),
    h2ping: raw.h2ping ?? '',
    // Pings go over TLS unless the file says no.
    h2pingUseTls: raw.h2ping_use_tls ?? Boolean(raw.h2ping),
    osService: raw.os_service ?? '',
    successBeforePassing: raw.success_before_passing ?? 0,
    failuresBeforeCritical,
    failuresBeforeWarning: raw.failures_before_warning ?? failuresBeforeCritical,
    deregisterCriticalServiceAfterMs: duration('deregister_critical_service_after'),
  })
}

const KINDS: ReadonlySet<string> = new Set([
  'connect-proxy',
  'mesh-gateway',
  'terminating-gateway',
  'ingress-gateway',
  'api-gateway',
])

export function serviceDefinition(raw: RawService, faults: Faults): ServiceDefinition {
  const name = raw.name ?? ''
  const kind = (KINDS.has(raw.kind ?? '') ? raw.kind : '') as ServiceKind
  const checks = [...((raw.checks ?? []) as RawCheck[]), ...(raw.check ? [raw.check] : [])]
  const metaFault = metadataFault(raw.meta ?? {}, { allowReserved: kind === 'mesh-gateway' })
  if (metaFault) faults.add(`invalid meta for service ${name}: ${metaFault}`)
  const weights = { passing: raw.weights?.passing ?? 1, warning: raw.weights?.warning ?? 1 }
  const weightFault = faultOfWeights(weights)
  if (weightFault) faults.add(`Invalid weight definition for service ${name}: ${weightFault}`)
  if ((raw.port !== undefined || raw.address !== undefined) && raw.socket_path !== undefined) {
    faults.add(`service ${name} cannot have both socket path ${raw.socket_path} and address/port`)
  }
  return serviceDefinitionFields.create({
    kind,
    id: raw.id ?? '',
    name,
    tags: raw.tags ?? null,
    address: raw.address ?? '',
    taggedAddresses: taggedAddresses(raw.tagged_addresses),
    meta: metaFault ? {} : (raw.meta ?? null),
    port: raw.port ?? 0,
    ports: portsOf(raw.ports),
    socketPath: raw.socket_path ?? '',
    token: raw.token ?? '',
    enableTagOverride: raw.enable_tag_override ?? false,
    weights,
    checks: checks.length > 0 ? checks.map((check) => checkDefinition(check, faults)) : null,
    proxy: meshSettings(raw.proxy),
    connect: meshSettings(raw.connect),
    locality: meshSettings(raw.locality),
  })
}

function taggedAddresses(raw: RawService['tagged_addresses']): ServiceDefinition['taggedAddresses'] {
  const entries = Object.entries((raw ?? {}) as Record<string, { address?: string; port?: number }>)
  if (entries.length === 0) return null
  const result: Record<string, { address: string; port: number }> = Object.create(null)
  for (const [name, { address = '', port = 0 }] of entries) result[name] = { address, port }
  return result
}

function portsOf(raw: RawService['ports']): ServiceDefinition['ports'] {
  const list = raw as readonly { name?: string; port?: number; default?: boolean }[] | undefined
  if (!list?.length) return null
  return list.map((one) => ({ name: one.name ?? '', port: one.port ?? 0, default: one.default ?? false }))
}

function faultOfWeights({ passing, warning }: { passing: number; warning: number }): string | undefined {
  if (passing < 1) return 'Passing must be greater than 0'
  if (warning < 0) return 'Warning must be greater or equal than 0'
  return passing > 65_535 || warning > 65_535 ? 'DNS Weight must be between 0 and 65535' : undefined
}

/** Mesh settings are stored as the API has them (`DestinationServiceName`); what is below `config` stays as written. */
function meshSettings(value: unknown): JsonValue {
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map(meshSettings)
  if (typeof value !== 'object' || value === null) return value as JsonValue
  const result: Record<string, JsonValue> = Object.create(null)
  for (const [key, item] of Object.entries(value)) {
    const name = key.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()).replace(/Id$/, 'ID')
    result[name] = key === 'config' ? (item as JsonValue) : meshSettings(item)
  }
  return result
}
