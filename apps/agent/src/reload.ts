/** SIGHUP and `sd reload`: reads the configuration again and applies what may change while running. */
import type { HealthChecker } from '@sd/health-checker'
import type { LocalAgent } from '@sd/cluster'
import type { DnsServer } from '@sd/dns-server'
import type { HttpApiServer } from '@sd/http-api'
import type { Logger } from '@sd/runtime'
import { reloadableDiff, type RuntimeConfig } from './config/index'
import { type LogWriter, parseLogLevel } from './logging/index'
import type { Telemetry } from './telemetry/index'
import { dnsOptions, nodeIdentity } from './to-options'

export interface ReloadTargets {
  readonly agent: LocalAgent
  readonly checker: HealthChecker
  readonly dns: DnsServer
  readonly http: HttpApiServer
  readonly metrics: Telemetry
  readonly log: LogWriter
  readonly logger: Logger
}

/** What is applied below, by file key; what Consul reloads beyond it belongs to parts that are not here yet. */
const APPLIED =
  /^(?:services?|checks?|node_meta|dns_config|recursors|discard_check_output|log_level|limits\.http_max_conns_per_client|telemetry\.prefix_filter)(?:\.|\[|$)/

/** Applies `next` over `running`. Returns what runs from now on: settings that need a restart keep their old value. */
export async function applyReload(
  running: RuntimeConfig,
  next: RuntimeConfig,
  targets: ReloadTargets,
): Promise<RuntimeConfig> {
  const { agent, checker, dns, http, metrics, log, logger } = targets
  const { reloadable, needsRestart } = reloadableDiff(running, next)
  const waiting = [...needsRestart, ...reloadable.filter((path) => !APPLIED.test(path))]
  if (waiting.length > 0) logger.warn('settings that changed need a restart', { settings: waiting.join(', ') })
  const applied: RuntimeConfig = {
    ...running,
    services: next.services,
    checks: next.checks,
    nodeMeta: next.nodeMeta,
    dnsConfig: next.dnsConfig,
    recursors: next.recursors,
    discardCheckOutput: next.discardCheckOutput,
    logLevel: next.logLevel,
    limits: { ...running.limits, httpMaxConnsPerClient: next.limits.httpMaxConnsPerClient },
    telemetry: { ...running.telemetry, prefixFilter: next.telemetry.prefixFilter },
    metricFilter: next.metricFilter,
  }
  // First, since this is what can still be refused: all or nothing.
  await agent.loadDefinitions(applied.services, applied.checks)
  log.setLevel(parseLogLevel(applied.logLevel) ?? log.level)
  checker.configure({ discardOutput: applied.discardCheckOutput })
  dns.reload(dnsOptions(applied))
  http.reload({ connectionsPerClientMax: applied.limits.httpMaxConnsPerClient })
  metrics.setFilter(applied.metricFilter)
  const self = nodeIdentity(applied, agent.self.id)
  if (JSON.stringify(self) !== JSON.stringify(agent.self)) agent.setSelf(self)
  await agent.sync()
  return applied
}
