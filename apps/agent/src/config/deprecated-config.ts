/** Settings that moved: where they are now, and what to tell the user. */
import type { DeprecatedConfig } from './config-schema'

type Dictionary = Record<string, unknown>

export interface Moved {
  readonly values: Dictionary
  readonly warnings: readonly string[]
}

const movedWarning = (from: string, to: string) => `The '${from}' field is deprecated. Use the '${to}' field instead.`

/** [old key, new path]; the new place wins when both are written. */
const MOVES: readonly (readonly [keyof DeprecatedConfig & string, string])[] = [
  ['acl_agent_master_token', 'acl.tokens.agent_recovery'],
  ['acl_agent_token', 'acl.tokens.agent'],
  ['acl_token', 'acl.tokens.default'],
  ['acl_master_token', 'acl.tokens.initial_management'],
  ['acl_replication_token', 'acl.tokens.replication'],
  ['enable_acl_replication', 'acl.enable_token_replication'],
  ['acl_datacenter', 'primary_datacenter'],
  ['acl_default_policy', 'acl.default_policy'],
  ['acl_down_policy', 'acl.down_policy'],
  ['acl_ttl', 'acl.token_ttl'],
  ['acl_enable_key_list_policy', 'acl.enable_key_list_policy'],
  ['ca_file', 'tls.defaults.ca_file'],
  ['ca_path', 'tls.defaults.ca_path'],
  ['cert_file', 'tls.defaults.cert_file'],
  ['key_file', 'tls.defaults.key_file'],
  ['tls_cipher_suites', 'tls.defaults.tls_cipher_suites'],
  ['tls_min_version', 'tls.defaults.tls_min_version'],
  ['verify_incoming', 'tls.defaults.verify_incoming'],
  ['verify_incoming_https', 'tls.https.verify_incoming'],
  ['verify_incoming_rpc', 'tls.internal_rpc.verify_incoming'],
  ['verify_outgoing', 'tls.defaults.verify_outgoing'],
  ['verify_server_hostname', 'tls.internal_rpc.verify_server_hostname'],
]

/** Spellings of TLS versions from before 1.12. */
const TLS_VERSIONS: Readonly<Record<string, string>> = {
  '': 'TLS_AUTO',
  tls10: 'TLSv1_0',
  tls11: 'TLSv1_1',
  tls12: 'TLSv1_2',
  tls13: 'TLSv1_3',
}

/** Moves what `old` says into `values`, which it changes, and says so. */
export function applyDeprecated(values: Dictionary, old: Dictionary): Moved {
  const warnings: string[] = []
  const tokens = lookUp(values, 'acl.tokens') as Dictionary | undefined
  for (const [from, to] of [
    ['agent_master', 'agent_recovery'],
    ['master', 'initial_management'],
  ] as const) {
    if (tokens?.[from] === undefined) continue
    tokens[to] ??= tokens[from]
    warnings.push(movedWarning(`acl.tokens.${from}`, `acl.tokens.${to}`))
  }
  for (const [from, to] of MOVES) {
    let value = old[from]
    if (value === undefined) continue
    if (from === 'tls_min_version' && Object.hasOwn(TLS_VERSIONS, value as string)) {
      const version = TLS_VERSIONS[value as string] as string
      warnings.push(`'tls_min_version' value '${value as string}' is deprecated, please specify '${version}' instead`)
      value = version
    }
    place(values, to, value)
    if (from === 'acl_replication_token') place(values, 'acl.enable_token_replication', true, true)
    if (from === 'acl_datacenter') place(values, 'acl.enabled', true, true)
    // Before 1.12 the gRPC port knew no client certificates, so the old key must not ask for them there.
    if (from === 'verify_incoming') place(values, 'tls.grpc.verify_incoming', false)
    warnings.push(movedWarning(from, to))
  }
  for (const [from, to] of [
    ['start_join', 'retry_join'],
    ['start_join_wan', 'retry_join_wan'],
  ] as const) {
    const addresses = old[from] as readonly string[] | undefined
    if (!addresses?.length) continue
    values[to] = [...((values[to] as readonly string[] | undefined) ?? []), ...addresses]
    warnings.push(movedWarning(from, to))
  }
  const boltdb = old['raft_boltdb'] as Dictionary | undefined
  if (boltdb) {
    place(values, 'raft_logstore.boltdb.no_freelist_sync', boltdb['nofreelistsync'] ?? false)
    warnings.push(movedWarning('raft_boltdb', 'raft_logstore.boltdb'))
  }
  if (old['tls_prefer_server_cipher_suites'] !== undefined) {
    warnings.push("The 'tls_prefer_server_cipher_suites' field is deprecated and will be ignored.")
  }
  return { values, warnings }
}

export function lookUp(values: Dictionary, path: string): unknown {
  let at: unknown = values
  for (const key of path.split('.')) at = (at as Dictionary | undefined)?.[key]
  return at
}

/** Writes at `path` unless something is there (or `always`). */
function place(values: Dictionary, path: string, value: unknown, always = false): void {
  const keys = path.split('.')
  const last = keys.pop() as string
  let at = values
  for (const key of keys) {
    at[key] ??= Object.create(null)
    at = at[key] as Dictionary
  }
  if (always || at[last] === undefined) at[last] = value
}

/** Settings of Consul Enterprise, which load and do nothing. */
export function enterpriseWarnings(values: Dictionary): string[] {
  const names: string[] = []
  const has = (path: string) => lookUp(values, path) !== undefined
  const hasText = (path: string) => Boolean(lookUp(values, path))
  const hasAny = (path: string) => Object.keys((lookUp(values, path) as object | undefined) ?? {}).length > 0
  if (has('read_replica')) names.push('read_replica (or the deprecated non_voting_server)')
  if (hasText('segment')) names.push('segment')
  if (hasAny('segments')) names.push('segments')
  for (const path of ['partition', 'autopilot.redundancy_zone_tag', 'autopilot.upgrade_version_tag']) {
    if (hasText(path)) names.push(path)
  }
  for (const path of [
    'autopilot.disable_upgrade_migration',
    'dns_config.prefer_namespace',
    'acl.msp_disable_bootstrap',
  ]) {
    if (has(path)) names.push(path)
  }
  if (hasAny('acl.tokens.managed_service_provider')) names.push('acl.tokens.managed_service_provider')
  if (lookUp(values, 'audit.enabled') === true || hasAny('audit.sink')) names.push('audit')
  if (has('license_path')) names.push('license_path')
  if (has('reporting.license.enabled')) names.push('reporting.license.enabled')
  return names.map((name) => `"${name}" is a Consul Enterprise configuration and will have no effect`)
}
