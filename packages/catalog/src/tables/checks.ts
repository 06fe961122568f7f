import type { HealthCheck } from '@sd/model'
import { part } from '../store/key-order'
import { Table } from '../store/table'

export type ChecksTable = Table<HealthCheck, 'status' | 'service' | 'nodeService'>

/** Checks by node and id; also by status, by service name, and by node and service id (empty for checks of the node). */
export const checksTable = (): ChecksTable =>
  new Table({
    name: 'checks',
    keyOf: (check) => checkKey(check.node, check.checkId),
    indexes: {
      status: { keysOf: (check) => part(check.status) },
      service: { keysOf: (check) => (check.serviceName === '' ? undefined : part(check.serviceName)) },
      nodeService: { keysOf: (check) => part(check.node) + part(check.serviceId) },
    },
  })

export const checkKey = (node: string, checkId: string): string => part(node) + part(checkId)
