/** Where alias checks read what they follow: this node's claims, or the catalog for other nodes. */
import { type Clock, sleep } from '@sd/runtime'
import type { HealthCheck } from '@sd/model'
import type { CatalogAccess } from './anti-entropy'
import type { LocalState } from './local-state'

export interface AliasSourcePorts {
  readonly state: () => LocalState
  readonly catalog: CatalogAccess
  readonly node: string
  readonly clock: Clock
}

interface Target {
  readonly node: string
  readonly serviceId: string
}

/** Pause between two looks at what is followed, in milliseconds. */
const POLL_MS = 250

export function aliasSource({ state, catalog, node, clock }: AliasSourcePorts) {
  let looks = 0
  return {
    async read(target: Target, { index, signal }: { index: number; signal: AbortSignal }) {
      if (index > 0) await sleep(clock, POLL_MS, { signal })
      looks++
      if (target.node !== '' && target.node !== node) {
        const view = await catalog.nodeView(target.node)
        const serviceExists =
          target.serviceId === '' || view.services.some((service) => service.id === target.serviceId)
        return { checks: view.checks.map(followed), serviceExists, index: looks }
      }
      const claims = state()
      const checks = [...claims.checks()]
        .map(([, claim]) => claim.check)
        .filter((check) => check.serviceId === '' || check.serviceId === target.serviceId)
      const serviceExists = target.serviceId === '' || claims.service(target.serviceId) !== undefined
      return { checks: checks.map(followed), serviceExists, index: looks }
    },
  }
}

const followed = ({ node, serviceId, name, status, output }: HealthCheck) => ({ node, serviceId, name, status, output })
