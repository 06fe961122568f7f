import type { DeregisterRequest } from '@sd/model'
import { deleteCheck } from './cascade'
import type { Change } from './change'
import { deleteNode } from './node-changes'
import { deleteService } from './service-changes'

/** Removes the service when one is named, else the check, else the node. What is not there is no error. */
export function applyDeregister(change: Change, request: DeregisterRequest): void {
  if (request.serviceId !== '') deleteService(change, request.node, request.serviceId)
  else if (request.checkId !== '') deleteCheck(change, request.node, request.checkId)
  else deleteNode(change, request.node)
}
