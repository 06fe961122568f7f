import { goQuote } from '@sd/runtime'
import { type HealthCheck, type Node, nodeFields, type RegisterRequest } from '@sd/model'
import { RefusedError } from '../errors'
import { deepEqual } from '../store/deep-equal'
import { equalFold } from '../store/key-order'
import { ensureCheck } from './cascade'
import type { Change } from './change'
import { ensureNode, nodeByName } from './node-changes'
import { ensureService } from './service-changes'

/** Writes a node and, when given, one service and checks on it; what is equal to what is there is not written. */
export function applyRegister(change: Change, request: RegisterRequest): void {
  const existing = nodeByName(change, request.node)
  if (existing === undefined || changesNode(request, existing)) {
    within('failed inserting node', () => ensureNode(change, nodeOf(request)))
  }
  const { service } = request
  if (service !== null) within('failed inserting service', () => ensureService(change, request.node, service))
  if (request.check !== null) ensureOwnCheck(change, request, request.check)
  for (const check of request.checks ?? []) ensureOwnCheck(change, request, check)
}

const nodeOf = (request: RegisterRequest): Node =>
  nodeFields.create({
    id: request.id,
    node: request.node,
    address: request.address,
    datacenter: request.datacenter,
    taggedAddresses: request.taggedAddresses,
    meta: request.nodeMeta,
    peerName: request.peerName,
  })

const changesNode = (request: RegisterRequest, node: Node): boolean =>
  !request.skipNodeUpdate &&
  (request.id !== node.id ||
    !equalFold(request.node, node.node) ||
    request.address !== node.address ||
    request.datacenter !== node.datacenter ||
    !deepEqual(request.taggedAddresses, node.taggedAddresses) ||
    !deepEqual(request.nodeMeta, node.meta))

function ensureOwnCheck(change: Change, request: RegisterRequest, check: HealthCheck): void {
  if (!equalFold(check.node, request.node)) {
    const message = `check node ${goQuote(check.node)} does not match node ${goQuote(request.node)}`
    throw new RefusedError('CATALOG_INVALID_COMMAND', message)
  }
  within(`failed inserting check on node ${goQuote(check.node)}`, () => ensureCheck(change, check))
}

function within(context: string, work: () => void): void {
  try {
    work()
  } catch (error) {
    throw error instanceof RefusedError ? error.within(context) : error
  }
}
