/** SIGHUP and `sd reload`: reads the configuration again and applies what may change while running. */
import type { HealthChecker } from '@sd/health-checker'
import type { LocalAgent } from '@sd/cluster'
import type { DnsServer } from '@sd/dns-server'
import type { Logger } from '@sd/runtime'
import { reloadableDiff, type RuntimeConfig } from './config/index'
import { type LogWriter, parseLogLevel } from './logging/index'
import { dnsOptions, nodeIdentity } from './to-options'

export interface ReloadTargets {
  readonly agent: LocalAgent
  readonly checker: HealthChecker
  readonly dns: DnsServer
  readonly log: LogWriter
  readonly logger: Logger
}

/** Applies `next` over `running`. Returns what runs from now on: settings that need a restart keep their old value. */
export async function applyReload(
  running: RuntimeConfig,
  next: RuntimeConfig,
  targets: ReloadTargets,
): Promise<RuntimeConfig> {
  const { agent, checker, dns, log, logger } = targets
  const { needsRestart } = reloadableDiff(running, next)
  if (needsRestart.length > 0)
    logger.warn('settings that changed need a restart', { settings: needsRestart.join(', ') })
  const applied: RuntimeConfig = {
    ...running,
    services: next.services,
    checks: next.checks,
    watches: next.watches,
    nodeMeta: next.nodeMeta,
    dnsConfig: next.dnsConfig,
    recursors: next.recursors,
    discardCheckOutput: next.discardCheckOutput,
    logLevel: next.logLevel,
  }
  // First, since this is what can still be refused: all or nothing.
  await agent.loadDefinitions(applied.services, applied.checks)
  log.setLevel(parseLogLevel(applied.logLevel) ?? log.level)
  checker.configure({ discardOutput: applied.discardCheckOutput })
  dns.reload(dnsOptions(applied))
  const self = nodeIdentity(applied, agent.self.id)
  if (JSON.stringify(self) !== JSON.stringify(agent.self)) agent.setSelf(self)
  await agent.sync()
  return applied
}
