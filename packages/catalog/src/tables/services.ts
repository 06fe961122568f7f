import type { JsonValue, NodeService } from '@sd/model'
import { part } from '../store/key-order'
import { Table } from '../store/table'

/** A service instance and the name of the node it is on. What is known of the node is joined when it is read. */
export interface StoredService {
  readonly node: string
  readonly service: NodeService
}

export type ServicesTable = Table<StoredService, 'name' | 'connect' | 'kind'>

/** Instances by node and id; also by service name, by the service they connect to, and by kind. */
export const servicesTable = (): ServicesTable =>
  new Table({
    name: 'services',
    keyOf: (row) => serviceKey(row.node, row.service.id),
    indexes: {
      name: { keysOf: (row) => part(row.service.service) },
      connect: {
        keysOf: (row) => {
          const name = connectName(row.service)
          return name === undefined ? undefined : part(name)
        },
      },
      kind: { keysOf: (row) => part(row.service.kind) },
    },
  })

export const serviceKey = (node: string, id: string): string => part(node) + part(id)

/** The service that an instance answers for in the mesh: a proxy's destination, or a native service itself. */
export function connectName(service: NodeService): string | undefined {
  if (service.kind === 'connect-proxy') {
    const name = memberOf(service.proxy, 'DestinationServiceName')
    return typeof name === 'string' ? name : ''
  }
  return isConnectNative(service) ? service.service : undefined
}

export const isConnectNative = (service: NodeService): boolean => memberOf(service.connect, 'Native') === true

function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return (value as Readonly<Record<string, JsonValue>>)[name]
}
