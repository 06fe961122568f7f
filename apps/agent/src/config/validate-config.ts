/** Relations between settings, in Consul's order and words. */
import { goQuote } from '@sd/cli/flags'
import type { RuntimeConfig } from './build-config'
import { ConfigError, joinFaults } from './config-error'
import { isAny, parseCidr } from './ip-address'
import { metadataFault } from './metadata-rules'
import type { ListenAddress, TcpAddress } from './resolve-addresses'
import { faultOfCheck, faultOfService } from './validate-services'

/** What the data directory is on disk; looked up by the caller. */
export interface DataDirFacts {
  readonly state: 'absent' | 'directory' | 'other'
  /** Why it can not be looked at. */
  readonly fault?: string | undefined
  /** Holds data of a version before 0.6, which must not be started over. */
  readonly hasOldData: boolean
}

const refuse = (condition: boolean, message: string): void => {
  if (condition) throw new ConfigError(message)
}

/** Returns warnings. Throws {@link ConfigError} for the first thing that is wrong. */
export function validateConfig(config: RuntimeConfig, dataDir: DataDirFacts): string[] {
  const warnings: string[] = []
  const warn = (text: string) => warnings.push(text)
  refuse(
    config.raftProtocol !== 3,
    `raft_protocol version ${config.raftProtocol} is not supported by this version of Consul`,
  )
  basicName('datacenter', config.datacenter, false)
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(config.datacenter)) {
    warn(
      `Datacenter : ${goQuote(config.datacenter)} will not be PKI X.509 compatible due to invalid characters. Valid characters include lowercase alphanumeric characters with dashes in between.`,
    )
  }
  refuse(config.dataDir === '' && !config.dev, 'data_dir cannot be empty')
  validateUi(config)
  if (!config.dev) {
    refuse(dataDir.fault !== undefined, `Error getting info on data_dir: ${dataDir.fault}`)
    refuse(dataDir.state === 'other', `data_dir ${goQuote(config.dataDir)} is not a directory`)
  }
  validateNodeName(config, warn)
  refuse(
    config.locality.zone !== '' && config.locality.region === '',
    'locality is invalid: zone cannot be set without region',
  )
  refuse(isAny(config.advertiseAddr), 'Advertise address cannot be 0.0.0.0, :: or [::]')
  refuse(isAny(config.advertiseAddrWan), 'Advertise WAN address cannot be 0.0.0.0, :: or [::]')
  refuse(
    config.segment !== '' || config.segments.length > 0,
    'Network segments are not supported in this version of Consul',
  )
  refuse(
    config.listen.dns.some((one) => one.kind === 'unix'),
    'DNS address cannot be a unix socket',
  )
  refuse(config.recursors.some(isAny), 'DNS recursor address cannot be 0.0.0.0, :: or [::]')
  validateAltDomain(config)
  validateServerSettings(config, dataDir)
  validateUniqueAddresses(config)
  for (const service of config.services) {
    const fault = faultOfService(service)
    refuse(fault !== undefined, `service ${goQuote(service.name)}: ${fault}`)
    for (const port of service.ports ?? []) {
      if (!/[^A-Za-z0-9\\-]/.test(port.name)) continue
      warn(
        `Service ${goQuote(service.name)} port name ${goQuote(port.name)} will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.`,
      )
    }
  }
  for (const check of config.checks) {
    const fault = faultOfCheck(check)
    refuse(fault !== undefined, `check ${goQuote(check.name)}: ${fault}`)
  }
  validateMesh(config, warn)
  warnAboutServers(config, warn)
  validateAutoConfig(config, warn)
  if (config.enableScriptChecks && !config.acl.enabled && config.httpConfig.allowWriteHttpFrom.length === 0) {
    warn(
      'using enable-script-checks without ACLs and without allow_write_http_from is DANGEROUS, use enable-local-script-checks instead, see https://www.hashicorp.com/blog/protecting-consul-from-rce-risk-in-specific-configurations/',
    )
  }
  return warnings
}

function basicName(field: string, value: string, allowEmpty: boolean): void {
  if (value === '' && allowEmpty) return
  refuse(value === '', `${field} cannot be empty`)
  refuse(
    !/^[a-z0-9_-]+$/.test(value),
    `${field} can only contain lowercase alphanumeric, - or _ characters. received: ${goQuote(value)}`,
  )
}

function isHttpUrl(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text)
}

function validateUi({ uiConfig }: RuntimeConfig): void {
  const { contentPath, metricsProxy } = uiConfig
  refuse(
    !/^[A-Za-z0-9/_-]+$/.test(contentPath),
    `ui-content-path can only contain alphanumeric, -, _, or /. received: ${goQuote(contentPath)}`,
  )
  refuse(/^\/v\d+\/$/.test(contentPath), `ui-content-path cannot have 'v[0-9]'. received: ${goQuote(contentPath)}`)
  basicName('ui_config.metrics_provider', uiConfig.metricsProvider, true)
  const json = uiConfig.metricsProviderOptionsJson
  refuse(
    json !== '' && !isJsonObject(json),
    `ui_config.metrics_provider_options_json must be empty or a string containing a valid JSON object. received: ${goQuote(json)}`,
  )
  refuse(
    metricsProxy.baseUrl !== '' && !isHttpUrl(metricsProxy.baseUrl),
    `ui_config.metrics_proxy.base_url must be a valid http or https URL. received: ${goQuote(metricsProxy.baseUrl)}`,
  )
  for (const path of metricsProxy.pathAllowlist) {
    refuse(
      !/^\/[^?#]*$/.test(path) || path.startsWith('//'),
      `ui_config.metrics_proxy.path_allowlist: path ${goQuote(path)} is not an absolute path`,
    )
  }
  for (const [name, url] of Object.entries(uiConfig.dashboardUrlTemplates)) {
    basicName('ui_config.dashboard_url_templates key names', name, false)
    refuse(
      !isHttpUrl(url.replace(/\{\{.*?\}\}/g, 'x')),
      `ui_config.dashboard_url_templates values must be a valid http or https URL. received: ${goQuote(metricsProxy.baseUrl)}`,
    )
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

const LABEL_BYTES_MAX = 63

function validateNodeName({ nodeName }: RuntimeConfig, warn: (text: string) => void): void {
  refuse(nodeName === '', 'node_name cannot be empty')
  if (/[^A-Za-z0-9\\-]/.test(nodeName)) {
    warn(
      `Node name ${goQuote(nodeName)} will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.`,
    )
  } else if (Buffer.byteLength(nodeName) > LABEL_BYTES_MAX) {
    warn(
      `Node name ${goQuote(nodeName)} will not be discoverable via DNS due to it being too long. Valid lengths are between 1 and 63 bytes.`,
    )
  }
}

function validateAltDomain({ altDomain, datacenter }: RuntimeConfig): void {
  const first = altDomain.split('.')[0] as string
  refuse(
    altDomain.includes('.') && ['service', 'connect', 'node', 'query', 'addr', datacenter].includes(first),
    `alt_domain cannot start with {service,connect,node,query,addr,${datacenter}}`,
  )
}

function validateServerSettings(config: RuntimeConfig, dataDir: DataDirFacts): void {
  const { bootstrap, bootstrapExpect, server, dev } = config
  refuse(bootstrap && !server, "'bootstrap = true' requires 'server = true'")
  refuse(bootstrapExpect < 0, `bootstrap_expect cannot be ${bootstrapExpect}. Must be greater than or equal to zero`)
  refuse(bootstrapExpect > 0 && !server, "'bootstrap_expect > 0' requires 'server = true'")
  refuse(bootstrapExpect > 0 && dev, "'bootstrap_expect > 0' not allowed in dev mode")
  refuse(bootstrapExpect > 0 && bootstrap, "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive")
  refuse(
    config.checkOutputMaxSize < 1,
    'check_output_max_size must be positive, to discard check output use the discard_check_output flag',
  )
  const logs = config.autopilot.maxTrailingLogs
  refuse(logs < 0, `autopilot.max_trailing_logs cannot be ${logs}. Must be greater than or equal to zero`)
  basicName('primary_datacenter', config.primaryDatacenter, true)
  refuse(
    !dev && config.uiConfig.enabled && config.uiConfig.dir !== '',
    'Both the ui_config.enabled and ui_config.dir (or -ui and -ui-dir) were specified, please provide only one.\n' +
      'If trying to use your own web UI resources, use ui_config.dir or the -ui-dir flag.\n' +
      'The web UI is included in the binary so use ui_config.enabled or the -ui flag to enable it',
  )
  for (const [name, value] of [
    ['udp_answer_limit', config.dnsConfig.udpAnswerLimit],
    ['a_record_limit', config.dnsConfig.aRecordLimit],
  ] as const) {
    refuse(value < 0, `dns_config.${name} cannot be ${value}. Must be greater than or equal to zero`)
  }
  const metaFault = metadataFault(config.nodeMeta)
  refuse(metaFault !== undefined, `node_meta invalid: ${metaFault}`)
  const keyFault = base64Fault(config.encrypt)
  refuse(keyFault !== undefined, `encrypt has invalid key: illegal base64 data at input byte ${keyFault}`)
  for (const [name, list] of [
    ['serf_lan_allowed_cidrs', config.serfLanAllowedCidrs],
    ['serf_wan_allowed_cidrs', config.serfWanAllowedCidrs],
  ] as const) {
    const wrong = list.filter((cidr) => parseCidr(cidr) === undefined).map((cidr) => `invalid cidr: ${cidr}`)
    refuse(wrong.length > 0, `${name}: ${joinFaults(wrong)}`)
  }
  if (!server) return
  refuse(
    dataDir.hasOldData,
    `CRITICAL: Deprecated data folder found at ${goQuote(`${config.dataDir}/mdb`)}!\nThe agent will refuse to boot with this directory present.`,
  )
  const { backend, wal } = config.raftLogstore
  refuse(!['default', 'boltdb', 'wal'].includes(backend), "raft_logstore.backend must be one of 'boltdb' or 'wal'")
  refuse(wal.segmentSizeMb < 1, 'raft_logstore.wal.segment_size_mb cannot be less than 1MB')
  refuse(wal.segmentSizeMb > 1024, 'raft_logstore.wal.segment_size_mb cannot be greater than 1024 (1GiB)')
}

/** Where base64 goes wrong, or undefined: the first foreign character, or the start of an unfinished group of four. */
function base64Fault(text: string): number | undefined {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined
  const foreign = text.search(/[^A-Za-z0-9+/]/)
  return foreign < 0 ? text.length - (text.length % 4) : foreign
}

function validateUniqueAddresses({ listen, advertise }: RuntimeConfig): void {
  const users = new Map<string, string>()
  const claim = (name: string, address: ListenAddress | TcpAddress) => {
    const isUnix = 'path' in address
    const host = isUnix ? '' : address.host.includes(':') ? `[${address.host}]` : address.host
    const text = isUnix ? address.path : `${host}:${address.port}`
    const key = `${isUnix ? 'unix' : 'tcp'}:${text}`
    const other = users.get(key)
    refuse(other !== undefined, `${name} address ${text} already configured for ${other}`)
    users.set(key, name)
  }
  for (const address of listen.dns) claim('DNS', address)
  for (const address of listen.http) claim('HTTP', address)
  for (const address of listen.https) claim('HTTPS', address)
  claim('RPC Advertise', advertise.rpc)
  claim('Serf Advertise LAN', advertise.serfLan)
  if (advertise.serfWan) claim('Serf Advertise WAN', advertise.serfWan)
}

function validateMesh(config: RuntimeConfig, warn: (text: string) => void): void {
  const { connect, server } = config
  if (connect.enableMeshGatewayWanFederation) {
    const name = 'connect.enable_mesh_gateway_wan_federation'
    refuse(!connect.enabled, `'${name}=true' requires 'connect.enabled=true'`)
    refuse(!server, `'${name} = true' requires 'server = true'`)
    refuse(config.nodeName.includes('/'), `'${name} = true' requires that 'node_name' not contain '/' characters`)
    refuse(config.retryJoinWan.length > 0, `'retry_join_wan' is incompatible with '${name} = true'`)
  }
  if (config.primaryGateways.length > 0) {
    refuse(!server, "'primary_gateways' requires 'server = true'")
    refuse(
      config.primaryDatacenter === config.datacenter,
      "'primary_gateways' should only be configured in a secondary datacenter",
    )
  }
  refuse(
    !['', 'consul', 'vault', 'aws-pca'].includes(connect.caProvider),
    `${connect.caProvider} is not a valid CA provider`,
  )
  refuse(server && config.autoEncrypt.tls, 'auto_encrypt.tls can only be used on a client.')
  refuse(!server && config.autoEncrypt.allowTls, 'auto_encrypt.allow_tls can only be used on a server.')
  refuse(server && config.advertiseReconnectTimeoutMs !== 0, 'advertise_reconnect_timeout can only be used on a client')
  if (config.autoEncrypt.allowTls && !config.tls.internalRpc.verifyIncoming) {
    warn(
      'if auto_encrypt.allow_tls is turned on, tls.internal_rpc.verify_incoming should be enabled (either explicitly or via tls.defaults.verify_incoming). It is necessary to turn it off during a migration to TLS, but it should definitely be turned on afterwards.',
    )
  }
}

const DEPLOYMENT_TABLE = 'See https://developer.hashicorp.com/docs/internals/consensus.html#deployment-table'

function warnAboutServers(config: RuntimeConfig, warn: (text: string) => void): void {
  const { server, dev, bootstrap, bootstrapExpect } = config
  if (server && !dev && !bootstrap && bootstrapExpect === 2) {
    warn(`bootstrap_expect = 2: A cluster with 2 servers will provide no failure tolerance. ${DEPLOYMENT_TABLE}`)
  }
  if (server && !bootstrap && bootstrapExpect > 2 && bootstrapExpect % 2 === 0) {
    warn(
      `bootstrap_expect is even number: A cluster with an even number of servers does not achieve optimum fault tolerance. ${DEPLOYMENT_TABLE}`,
    )
  }
  if (server && bootstrap && bootstrapExpect === 0) warn('bootstrap = true: do not enable unless necessary')
  if (server && !dev && !bootstrap && bootstrapExpect > 1) {
    warn(`bootstrap_expect > 0: expecting ${bootstrapExpect} servers`)
  }
  if (server && config.useStreamingBackend && !config.rpc.enableStreaming) {
    warn('use_streaming_backend = true requires rpc.enable_streaming on servers to work properly')
  }
  if (!server && config.rpc.enableStreaming) {
    warn('rpc.enable_streaming = true has no effect when not running in server mode')
  }
}

function validateAutoConfig(config: RuntimeConfig, warn: (text: string) => void): void {
  const { autoConfig, server, tls } = config
  refuse(
    autoConfig.enabled && config.autoEncrypt.tls,
    'both auto_encrypt.tls and auto_config.enabled cannot be set to true.',
  )
  if (autoConfig.authorization.enabled) {
    refuse(!server, 'auto_config.authorization.enabled cannot be set to true for client agents')
    refuse(
      tls.internalRpc.certFile === '',
      'auto_config.authorization.enabled cannot be set without providing a TLS certificate for the server',
    )
  }
  if (!autoConfig.enabled) return
  refuse(
    !tls.internalRpc.verifyOutgoing,
    'auto_config.enabled cannot be set without configuring TLS for server communications',
  )
  refuse(server, 'auto_config.enabled cannot be set to true for server agents.')
  const { introToken, introTokenFile } = autoConfig
  if (introToken && introTokenFile) {
    warn('Both an intro token and intro token file are set. The intro token will be used instead of the file')
  }
  refuse(
    !introToken && !introTokenFile,
    'One of auto_config.intro_token, auto_config.intro_token_file or the CONSUL_INTRO_TOKEN environment variable must be set to enable auto_config',
  )
  refuse(autoConfig.serverAddresses.length === 0, 'auto_config.enabled is set without providing a list of addresses')
}
