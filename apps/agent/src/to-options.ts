/** From the configuration to the options of each package; the only file that knows both. */
import { readFileSync } from 'node:fs'
import type { DnsServerOptions } from '@sd/dns-server'
import type { HealthCheckerOptions } from '@sd/health-checker'
import type { HttpApiOptions, HttpListener } from '@sd/http-api'
import type { RaftNodeOptions } from '@sd/raft'
import { CONSUL_VERSION } from '@sd/model'
import type { NodeIdentity, SelfMemberOptions, ServerOptions } from '@sd/cluster'
import type { ListenAddress, RuntimeConfig } from './config/index'

export function nodeIdentity(config: RuntimeConfig, id: string): NodeIdentity {
  return {
    datacenter: config.datacenter,
    id,
    node: config.nodeName,
    address: config.advertiseAddr,
    taggedAddresses: config.taggedAddresses,
    meta: { ...config.nodeMeta, 'consul-network-segment': '', 'consul-version': CONSUL_VERSION },
  }
}

export function memberOptions(config: RuntimeConfig, id: string): SelfMemberOptions {
  return {
    name: config.nodeName,
    id,
    datacenter: config.datacenter,
    address: config.advertiseAddr,
    serfLanPort: config.advertise.serfLan.port,
    serfWanPort: config.advertise.serfWan?.port ?? -1,
    serverPort: config.advertise.rpc.port,
    isBootstrap: config.bootstrap,
    bootstrapExpect: config.bootstrapExpect,
  }
}

export function serverOptions(config: RuntimeConfig): ServerOptions {
  return {
    datacenter: config.datacenter,
    holdTimeoutMs: config.performance.rpcHoldTimeoutMs,
    sessionTtlMinMs: config.sessionTtlMinMs > 0 ? config.sessionTtlMinMs : undefined,
  }
}

/** A server that may bootstrap is the only voter of a new log; an old log keeps its own configuration. */
export function raftOptions(config: RuntimeConfig, id: string): RaftNodeOptions {
  const { host, port } = config.advertise.rpc
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const { electionTimeoutMs, heartbeatTimeoutMs } = config.serverTiming.raft
  return {
    id,
    voters: config.bootstrap || config.dev ? [{ id, address }] : [],
    snapshotThreshold: config.raftSnapshotThreshold,
    snapshotIntervalMs: config.raftSnapshotIntervalMs,
    trailingLogs: config.raftTrailingLogs,
    ...(electionTimeoutMs > 0 ? { electionTimeoutMs } : {}),
    ...(heartbeatTimeoutMs > 0
      ? { heartbeatIntervalMs: Math.min(heartbeatTimeoutMs / 10, electionTimeoutMs / 2) }
      : {}),
  }
}

export function checkerOptions(config: RuntimeConfig): HealthCheckerOptions {
  return {
    scriptChecksEnabled: config.enableScriptChecks ? true : config.enableLocalScriptChecks ? 'local' : false,
    outputMaxSize: config.checkOutputMaxSize,
    discardOutput: config.discardCheckOutput,
    ...(config.checkReapIntervalMs > 0 ? { reapIntervalMs: config.checkReapIntervalMs } : {}),
    ...(config.checkDeregisterIntervalMinMs > 0 ? { deregisterAfterMinMs: config.checkDeregisterIntervalMinMs } : {}),
  }
}

export function dnsOptions(config: RuntimeConfig): DnsServerOptions {
  const { dnsConfig } = config
  return {
    listen: config.listen.dns.flatMap((address) => (address.kind === 'tcp' ? [address] : [])),
    domain: config.domain,
    altDomain: config.altDomain || undefined,
    datacenter: config.datacenter,
    nodeName: config.nodeName,
    nodeTtlMs: dnsConfig.nodeTtlMs,
    serviceTtlMs: dnsConfig.serviceTtlMs,
    onlyPassing: dnsConfig.onlyPassing,
    udpAnswerLimit: dnsConfig.udpAnswerLimit,
    aRecordLimit: dnsConfig.aRecordLimit,
    enableTruncate: dnsConfig.enableTruncate,
    disableCompression: dnsConfig.disableCompression,
    enableAdditionalNodeMetaTxt: dnsConfig.enableAdditionalNodeMetaTxt,
    translateWanAddresses: config.translateWanAddrs,
    recursors: config.recursors,
    recursorStrategy: dnsConfig.recursorStrategy === 'random' ? 'random' : 'sequential',
    recursorTimeoutMs: dnsConfig.recursorTimeoutMs,
    soa: {
      refreshSeconds: dnsConfig.soa.refresh,
      retrySeconds: dnsConfig.soa.retry,
      expireSeconds: dnsConfig.soa.expire,
      minTtlSeconds: dnsConfig.soa.minTtl,
    },
  }
}

export function httpOptions(config: RuntimeConfig): HttpApiOptions {
  const { httpConfig, limits } = config
  return {
    listeners: [...config.listen.http.map((address) => listenerOf(address, config)), ...httpsListeners(config)],
    prettyByDefault: config.dev,
    blockEndpoints: httpConfig.blockEndpoints,
    responseHeaders: httpConfig.responseHeaders,
    allowWriteFrom: httpConfig.allowWriteHttpFrom,
    useCache: httpConfig.useCache,
    translateAddresses: config.translateWanAddrs,
    discoveryMaxStaleMs: config.discoveryMaxStaleMs,
    disableKvKeyValidation: config.disableKvKeyValidation,
    allowUnprintablePaths: config.disableHttpUnprintableCharFilter,
    kvValueBytesMax: limits.kvMaxValueSize,
    transactionBytesMax: limits.txnMaxReqLen,
    connectionsPerClientMax: limits.httpMaxConnsPerClient,
    ...(httpConfig.maxHeaderBytes > 0 ? { headerBytesMax: httpConfig.maxHeaderBytes } : {}),
  }
}

function listenerOf(address: ListenAddress, config: RuntimeConfig): HttpListener {
  if (address.kind === 'tcp') return { host: address.host, port: address.port }
  const { mode, user, group } = config.unixSockets
  return {
    path: address.path,
    ...(mode ? { mode: Number.parseInt(mode, 8) } : {}),
    ...(user ? { uid: Number(user) } : {}),
    ...(group ? { gid: Number(group) } : {}),
  }
}

function httpsListeners(config: RuntimeConfig): HttpListener[] {
  if (config.listen.https.length === 0) return []
  const { https } = config.tls
  const tls = {
    cert: readFileSync(https.certFile),
    key: readFileSync(https.keyFile),
    ...(https.caFile ? { ca: readFileSync(https.caFile) } : {}),
    requestCert: https.verifyIncoming,
    rejectUnauthorized: https.verifyIncoming,
  }
  return config.listen.https.map((address) => ({ ...listenerOf(address, config), tls }))
}
