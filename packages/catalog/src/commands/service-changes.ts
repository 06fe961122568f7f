/** Writing and deleting service instances. */
import type { NodeService, ServicePort, Weights } from '@sd/model'
import { missingNode, RefusedError } from '../errors'
import { deepEqual } from '../store/deep-equal'
import { part } from '../store/key-order'
import { nodeIndex, SERVICE_EXTINCTION, serviceIndex, serviceKindIndex } from '../tables/indexes'
import { serviceKey, type StoredService } from '../tables/services'
import { putService, removeService } from '../tables/usage'
import { deleteCheck } from './cascade'
import type { Change } from './change'
import { metadataFault } from './metadata'

const DEFAULT_WEIGHTS: Weights = { passing: 1, warning: 1 }
const WEIGHT_MAX = 65_535

export const serviceById = (change: Change, node: string, id: string): StoredService | undefined =>
  change.tables.services.get(serviceKey(node, id))

export function ensureService(change: Change, node: string, wanted: NodeService): void {
  const { tables, tx, index } = change
  const fault = metadataFault(wanted.meta, wanted.kind)
  if (fault !== undefined) {
    throw new RefusedError(
      'CATALOG_INVALID_COMMAND',
      `Invalid Service Meta for node ${node} and serviceID ${wanted.id}: ${fault}`,
    )
  }
  const existing = serviceById(change, node, wanted.id)
  if (tables.nodes.get(part(node)) === undefined) throw missingNode()
  const service: NodeService = {
    ...wanted,
    weights: validWeights(wanted.weights),
    createIndex: existing?.service.createIndex ?? index,
    modifyIndex: index,
  }
  if (existing !== undefined && sameService(service, existing.service)) return
  putService(tables, tx, { node, service })
  change.raise('services')
  change.raise(serviceIndex(service.service))
  change.raise(serviceKindIndex(service.kind))
  change.raise('nodes')
  change.raise(nodeIndex(node))
}

const validWeights = (weights: Weights | null): Weights =>
  weights !== null &&
  weights.passing >= 1 &&
  weights.passing <= WEIGHT_MAX &&
  weights.warning >= 0 &&
  weights.warning <= WEIGHT_MAX
    ? weights
    : DEFAULT_WEIGHTS

/** As Consul compares: a new socket path or locality alone is no change. */
const sameService = (a: NodeService, b: NodeService): boolean =>
  a.kind === b.kind &&
  a.id === b.id &&
  a.service === b.service &&
  deepEqual(a.tags, b.tags) &&
  a.address === b.address &&
  deepEqual(a.taggedAddresses, b.taggedAddresses) &&
  a.port === b.port &&
  samePorts(a.ports ?? [], b.ports ?? []) &&
  deepEqual(a.meta, b.meta) &&
  deepEqual(a.weights, b.weights) &&
  a.enableTagOverride === b.enableTagOverride &&
  deepEqual(a.proxy, b.proxy) &&
  deepEqual(a.connect, b.connect)

/** The same names with the same ports, in any order. */
function samePorts(a: readonly ServicePort[], b: readonly ServicePort[]): boolean {
  if (a.length !== b.length) return false
  const ports = new Map(a.map(({ name, port }) => [name, port]))
  return b.every(({ name, port }) => ports.get(name) === port)
}

/** Sets the service only when its index is still `service.modifyIndex` (0: only when there is none). */
export function ensureServiceCas(change: Change, node: string, service: NodeService): boolean {
  if ((serviceById(change, node, service.id)?.service.modifyIndex ?? 0) !== service.modifyIndex) return false
  ensureService(change, node, service)
  return true
}

export function deleteServiceCas(change: Change, node: string, id: string, modifyIndex: number): boolean {
  const existing = serviceById(change, node, id)
  if (existing === undefined || existing.service.modifyIndex !== modifyIndex) return false
  deleteService(change, node, id)
  return true
}

/** Deletes an instance with its checks. */
export function deleteService(change: Change, node: string, id: string): void {
  const { tables, tx } = change
  const existing = serviceById(change, node, id)
  if (existing === undefined) return
  const { service } = existing
  for (const check of tables.checks.by.nodeService.list(part(node) + part(id))) deleteCheck(change, node, check.checkId)
  change.raise('checks')
  removeService(tables, tx, serviceKey(node, id))
  change.raise('services')
  change.raise(serviceKindIndex(service.kind))
  change.raise('nodes')
  change.raise(nodeIndex(node))
  if (tables.services.by.name.first(part(service.service)) !== undefined) {
    change.raise(serviceIndex(service.service))
  } else {
    tx.delete(tables.indexes, serviceIndex(service.service))
    change.raise(SERVICE_EXTINCTION)
  }
}
