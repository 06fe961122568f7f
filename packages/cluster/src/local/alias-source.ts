/** Where alias checks read what they follow: this node's claims, or the catalog for other nodes. */
import { type Clock, sleep } from '@sd/runtime'
import type { HealthCheck } from '@sd/model'
import type { CatalogAccess } from './anti-entropy'
import type { LocalState } from './local-state'
import { nextChange } from './next-change'

export interface AliasSourcePorts {
  readonly state: () => LocalState
  readonly catalog: CatalogAccess
  readonly node: string
  readonly clock: Clock
}

interface Target {
  readonly checkId: string
  readonly node: string
  readonly serviceId: string
}

/** Pause between two looks at another node, in milliseconds. */
const POLL_MS = 1_000
/** Longest wait for a change on this node, in milliseconds. */
const WAIT_MAX_MS = 60_000

export function aliasSource({ state, catalog, node, clock }: AliasSourcePorts) {
  let looks = 0

  const isOther = (target: Target) => target.node !== '' && target.node !== node

  async function look(target: Target) {
    const { checkId, serviceId } = target
    if (isOther(target)) {
      const { checks, services } = await catalog.nodeView(target.node)
      return { checks, serviceExists: serviceId === '' || services.some((service) => service.id === serviceId) }
    }
    const claims = state()
    const checks = [...claims.checks()]
      .map(([, { check }]) => check)
      // A check that followed itself would never recover.
      .filter((check) => check.checkId !== checkId && (check.serviceId === '' || check.serviceId === serviceId))
    return { checks, serviceExists: serviceId === '' || claims.service(serviceId) !== undefined }
  }

  /** By check: what it was shown last, and the index it was told. */
  const shown = new Map<string, { readonly index: number; readonly content: string }>()

  return {
    /** Answers at once at index 0, and else when there is something else to follow than at `index`. */
    async read(target: Target, { index, signal }: { index: number; signal: AbortSignal }) {
      for (;;) {
        if (index > 0) {
          await (
            isOther(target) ? sleep(clock, POLL_MS, { signal }) : nextChange(state(), clock, WAIT_MAX_MS, signal)
          ).catch((error: unknown) => {
            shown.delete(target.checkId)
            throw error
          })
        }
        const { checks, serviceExists } = await look(target)
        const content = JSON.stringify([serviceExists, checks.map(essence).sort()])
        const last = shown.get(target.checkId)
        if (index > 0 && last?.index === index && last.content === content) continue
        shown.set(target.checkId, { index: ++looks, content })
        return { checks: checks.map(followed), serviceExists, index: looks }
      }
    },
  }
}

/** Aliases that follow each other repeat each other's output: only their status is news. */
const essence = ({ checkId, name, type, status, output }: HealthCheck): string =>
  JSON.stringify([checkId, name, status, type === 'alias' ? '' : output])

const followed = ({ node, serviceId, name, status, output }: HealthCheck) => ({ node, serviceId, name, status, output })
