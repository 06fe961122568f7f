/** Renews services in registries that forget what is not renewed. */
import { type Clock, errorMessage, type Logger, sleep } from '@sd/runtime'
import type { DesiredServices } from './desired-services'
import type { Registry } from './registry'

export interface TtlRefreshPorts {
  registry: Registry
  desired: DesiredServices
  clock: Clock
  logger: Logger
}

/**
 * Refreshes every service each `intervalMs`, one after the other, until `signal` aborts. Services kept for a stopped
 * container are not refreshed, so that their time runs out. Returns at once for a registry without a time to live.
 */
export async function refreshServices(ports: TtlRefreshPorts, intervalMs: number, signal: AbortSignal): Promise<void> {
  const { registry, desired, clock, logger } = ports
  if (!registry.refresh || intervalMs <= 0) return
  for (;;) {
    await sleep(clock, intervalMs, { signal }).catch(() => {})
    for (const service of [...desired]) {
      if (signal.aborted) return
      if (desired.get(service.id) !== service) continue
      try {
        await registry.refresh(service, { signal })
      } catch (error) {
        if (!signal.aborted) logger.warn('refresh failed:', { service: service.id, error: errorMessage(error) })
      }
    }
    if (signal.aborted) return
  }
}
