/** Anti-entropy as a plan: what differs between this node's claims and the catalog, and the calls that mend it. Pure. */
import {
  deregisterRequestFields,
  type DeregisterRequest,
  type HealthCheck,
  type Node,
  type NodeService,
  registerRequestFields,
  type RegisterRequest,
  SERF_HEALTH,
} from '@sd/model'
import type { LocalState } from './local-state'
import { sameCheck, sameMap, sameService } from './same'

/** This node as the catalog should show it. */
export interface NodeIdentity {
  readonly datacenter: string
  readonly id: string
  readonly node: string
  readonly address: string
  readonly taggedAddresses: Readonly<Record<string, string>>
  readonly meta: Readonly<Record<string, string>>
}

/** What the catalog holds of this node. */
export interface CatalogView {
  readonly node: Node | null
  readonly services: readonly NodeService[]
  readonly checks: readonly HealthCheck[]
}

export type SyncStep =
  | { readonly kind: 'node'; readonly request: RegisterRequest }
  | {
      readonly kind: 'service'
      readonly id: string
      readonly checkIds: readonly string[]
      readonly token: string
      readonly request: RegisterRequest
    }
  | { readonly kind: 'check'; readonly id: string; readonly token: string; readonly request: RegisterRequest }
  | { readonly kind: 'removeService'; readonly id: string; readonly request: DeregisterRequest }
  | { readonly kind: 'removeCheck'; readonly id: string; readonly request: DeregisterRequest }

/** Registered by the leader for each server, never by an agent. */
const CONSUL_SERVICE = 'consul'

/** Marks in `state` what the catalog has otherwise. `deferred` are checks whose output is on its way and does not count. */
export function markDifferences(
  state: LocalState,
  self: NodeIdentity,
  view: CatalogView,
  deferred: ReadonlySet<string>,
): void {
  const { node } = view
  if (
    !node ||
    node.id !== self.id ||
    !sameMap(node.taggedAddresses, self.taggedAddresses) ||
    !sameMap(node.meta, self.meta)
  ) {
    state.nodeInSync = false
  }
  const remoteServices = new Map(view.services.map((service) => [service.id, service]))
  for (const [id, claim] of state.services()) {
    const remote = remoteServices.get(id)
    if (!remote) {
      state.unsyncedServices.add(id)
      continue
    }
    const merged = mergeCatalogOwned(claim.service, remote)
    if (merged !== claim.service) state.adoptService(id, merged)
    if (sameService(merged, remote)) state.unsyncedServices.delete(id)
    else state.unsyncedServices.add(id)
  }
  for (const id of remoteServices.keys()) {
    if (id !== CONSUL_SERVICE && !state.service(id)) state.removedServices.add(id)
  }
  const remoteChecks = new Map(view.checks.map((check) => [check.checkId, check]))
  for (const [id, claim] of state.checks()) {
    const remote = remoteChecks.get(id)
    const output = remote && deferred.has(id) ? remote.output : claim.check.output
    if (remote && sameCheck({ ...claim.check, output }, { ...remote, definition: claim.check.definition }))
      state.unsyncedChecks.delete(id)
    else state.unsyncedChecks.add(id)
  }
  for (const [id, remote] of remoteChecks) {
    if (id === SERF_HEALTH || state.check(id)) continue
    // The checks of a service that goes go with it.
    if (!state.removedServices.has(remote.serviceId)) state.removedChecks.add(id)
  }
}

/** Tags when others may change them, and addresses that servers set, belong to the catalog. */
function mergeCatalogOwned(local: NodeService, remote: NodeService): NodeService {
  let merged = local
  if (local.enableTagOverride && JSON.stringify(local.tags) !== JSON.stringify(remote.tags)) {
    merged = { ...merged, tags: remote.tags }
  }
  const reserved = Object.entries(remote.taggedAddresses ?? {}).filter(([name]) => name.startsWith('consul-'))
  if (reserved.some(([name, address]) => JSON.stringify(local.taggedAddresses?.[name]) !== JSON.stringify(address))) {
    merged = { ...merged, taggedAddresses: { ...merged.taggedAddresses, ...Object.fromEntries(reserved) } }
  }
  return merged
}

/** The calls that bring the catalog to what this node claims. Costs no more than what is out of step. */
export function planSync(state: LocalState, self: NodeIdentity): SyncStep[] {
  const steps: SyncStep[] = []
  const skipNodeUpdate = state.nodeInSync
  const node = {
    datacenter: self.datacenter,
    id: self.id,
    node: self.node,
    address: self.address,
    taggedAddresses: self.taggedAddresses,
    nodeMeta: self.meta,
  }
  if (!state.nodeInSync) steps.push({ kind: 'node', request: registerRequestFields.create(node) })
  for (const id of state.removedServices) {
    steps.push({ kind: 'removeService', id, request: removal(self, { serviceId: id }) })
  }
  for (const id of state.removedChecks) steps.push({ kind: 'removeCheck', id, request: removal(self, { checkId: id }) })
  const covered = new Set<string>()
  for (const id of state.unsyncedServices) {
    const claim = state.service(id)
    if (!claim) continue
    // Checks with the service's own token travel with it, so that no reader sees the one without the other.
    const checkIds = state
      .checkIdsOf(id)
      .filter((checkId) => state.unsyncedChecks.has(checkId) && state.check(checkId)?.token === claim.token)
    for (const checkId of checkIds) covered.add(checkId)
    const checks = checkIds.map((checkId) => (state.check(checkId) as { check: HealthCheck }).check)
    steps.push({
      kind: 'service',
      id,
      checkIds,
      token: claim.token,
      request: registerRequestFields.create({
        ...node,
        service: claim.service,
        ...(checks.length === 1 ? { check: checks[0] as HealthCheck } : { checks: checks.length > 0 ? checks : null }),
        skipNodeUpdate,
      }),
    })
  }
  for (const id of state.unsyncedChecks) {
    const claim = state.check(id)
    if (!claim || covered.has(id)) continue
    const service = state.service(claim.check.serviceId)?.service ?? null
    steps.push({
      kind: 'check',
      id,
      token: claim.token,
      request: registerRequestFields.create({ ...node, service, check: claim.check, skipNodeUpdate }),
    })
  }
  return steps
}

const removal = (self: NodeIdentity, what: Partial<DeregisterRequest>): DeregisterRequest =>
  deregisterRequestFields.create({ datacenter: self.datacenter, node: self.node, ...what })
