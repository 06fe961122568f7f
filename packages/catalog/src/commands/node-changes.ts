/** Writing and deleting nodes, with Consul's rules for ids and renames. */
import { goQuote } from '@sd/runtime'
import { SERF_HEALTH, type Node } from '@sd/model'
import { RefusedError } from '../errors'
import { deepEqual } from '../store/deep-equal'
import { equalFold, part } from '../store/key-order'
import { checkKey } from '../tables/checks'
import { NODE_EXTINCTION, nodeIndex, serviceIndex, serviceKindIndex } from '../tables/indexes'
import { uuidDigits } from '../tables/nodes'
import { deleteCheck, deleteSession } from './cascade'
import type { Change } from './change'
import { deleteService } from './service-changes'

export const nodeByName = (change: Change, name: string): Node | undefined => change.tables.nodes.get(part(name))

export const nodeById = (change: Change, id: string): Node | undefined =>
  change.tables.nodes.by.uuid.first(uuidDigits(id))

export function ensureNode(change: Change, node: Node): void {
  const existing = findExisting(change, node) ?? nodeByName(change, node.node)
  if (existing !== undefined && sameNode(node, existing)) return
  const createIndex = existing === undefined ? change.index : existing.createIndex
  change.tx.put(change.tables.nodes, { ...node, partition: '', createIndex, modifyIndex: change.index })
  change.raise('nodes')
  change.raise(nodeIndex(node.node))
  raiseServicesOfNode(change, node.node)
}

/** The node that has this id. When it has another name, this is a rename: the old one goes. */
function findExisting(change: Change, node: Node): Node | undefined {
  if (node.id === '') return undefined
  const existing = nodeById(change, node.id)
  if (existing === undefined) {
    refuseTakenName(change, node, true, `Error while renaming Node ID: ${goQuote(node.id)}`)
    return undefined
  }
  if (!equalFold(existing.node, node.node)) {
    const context = `Error while renaming Node ID: ${goQuote(node.id)} (${node.address})`
    refuseTakenName(change, node, false, context)
    deleteNode(change, existing.node)
  }
  return existing
}

/** A name belongs to a healthy node with another id; a node without id gives its name up when `idlessYields`. */
function refuseTakenName(change: Change, node: Node, idlessYields: boolean, context: string): void {
  const holder = nodeByName(change, node.node)
  if (holder === undefined || holder.id === node.id) return
  const serf = change.tables.checks.get(checkKey(holder.node, SERF_HEALTH))
  const isHealthy = serf !== undefined && serf.status !== 'critical'
  if (!isHealthy || (holder.id === '' && idlessYields)) return
  throw new RefusedError(
    'CATALOG_NODE_NAME_RESERVED',
    `${context}: Node name ${node.node} is reserved by node ${holder.id} with name ${holder.node} (${holder.address})`,
  )
}

export const sameNode = (a: Node, b: Node): boolean =>
  a.id === b.id &&
  equalFold(a.node, b.node) &&
  equalFold(a.peerName, b.peerName) &&
  a.address === b.address &&
  a.datacenter === b.datacenter &&
  deepEqual(a.taggedAddresses, b.taggedAddresses) &&
  deepEqual(a.meta, b.meta)

/** Health queries show the node and its checks, so a change there is a change of each service on it. */
export function raiseServicesOfNode(change: Change, node: string): void {
  for (const { service } of change.tables.services.rows.list(part(node))) {
    change.raise(serviceIndex(service.service))
    change.raise(serviceKindIndex(service.kind))
  }
}

/** Sets the node only when its index is still `node.modifyIndex` (0: only when there is none). */
export function ensureNodeCas(change: Change, node: Node): boolean {
  if ((nodeByName(change, node.node)?.modifyIndex ?? 0) !== node.modifyIndex) return false
  ensureNode(change, node)
  return true
}

export function deleteNodeCas(change: Change, name: string, modifyIndex: number): boolean {
  const existing = nodeByName(change, name)
  if (existing === undefined || existing.modifyIndex !== modifyIndex) return false
  deleteNode(change, name)
  return true
}

/** Deletes a node with its services, checks, coordinates and sessions. */
export function deleteNode(change: Change, name: string): void {
  const { tables, tx } = change
  const node = nodeByName(change, name)
  if (node === undefined) return
  const services = tables.services.rows.list(part(name))
  for (const { service } of services) {
    change.raise(serviceIndex(service.service))
    change.raise(serviceKindIndex(service.kind))
  }
  for (const { service } of services) deleteService(change, name, service.id)
  for (const check of tables.checks.rows.list(part(name))) deleteCheck(change, name, check.checkId)
  for (const coordinate of tables.coordinates.rows.list(part(name))) {
    tx.delete(tables.coordinates, tables.coordinates.keyOf(coordinate))
    change.raise('coordinates')
  }
  tx.delete(tables.nodes, part(name))
  change.raise('nodes')
  tx.delete(tables.indexes, nodeIndex(name))
  change.raise(NODE_EXTINCTION)
  for (const session of tables.sessions.by.node.list(part(name))) deleteSession(change, session.id)
}
