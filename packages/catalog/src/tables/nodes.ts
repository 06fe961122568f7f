import type { Node } from '@sd/model'
import { exactPart, part } from '../store/key-order'
import { Table } from '../store/table'

export type NodesTable = Table<Node, 'uuid' | 'meta'>

/** Nodes by name; also by the hexadecimal digits of their id and by each metadata pair. */
export const nodesTable = (): NodesTable =>
  new Table({
    name: 'nodes',
    keyOf: (node) => part(node.node),
    indexes: {
      uuid: { keysOf: (node) => (node.id === '' ? undefined : `${uuidDigits(node.id)}\0`) },
      meta: { keysOf: (node) => (node.meta === null ? undefined : metaKeys(node.meta)) },
    },
  })

/** A node id, or the beginning of one, as it is looked up. */
export const uuidDigits = (id: string): string => id.replace(/-/g, '').toLowerCase()

export const metaKey = (key: string, value: string): string => exactPart(key) + exactPart(value)

const metaKeys = (meta: Readonly<Record<string, string>>): string[] =>
  Object.entries(meta)
    .filter(([key]) => key !== '')
    .map(([key, value]) => metaKey(key, value))

/** True when the node carries all of these pairs. */
export function hasMeta(node: Node, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => node.meta !== null && Object.hasOwn(node.meta, key) && node.meta[key] === value,
  )
}
