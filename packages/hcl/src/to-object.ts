/** A syntax tree to plain objects, folding repeated and labelled blocks into lists the way HCL 1 does. */
import { errorAt, HclError, NESTING_MAX, type Position, tooDeep } from './hcl-error'
import { type Item, type LiteralValue, typeName, type Value } from './syntax-tree'

export type HclValue = string | number | boolean | null | HclValue[] | HclObject

/** Has no prototype, so that a key named `__proto__` or `constructor` is only a key. */
export interface HclObject {
  [key: string]: HclValue
}

export const emptyObject = (): HclObject => Object.create(null) as HclObject

/** What a key stands for: a value, or the blocks of that key with the key (label) taken off. */
type Node = Value | ItemsNode | ItemNode

interface ItemsNode {
  readonly kind: 'items'
  readonly items: readonly Item[]
}

interface ItemNode {
  readonly kind: 'item'
  readonly item: Item
}

/** Throws {@link HclError}. */
export function toObject(items: readonly Item[]): HclObject {
  const root = emptyObject()
  new Folder().fill(root, items, 'root', undefined, 0)
  return root
}

class Folder {
  /** Lists that were made of blocks: what is appended to them later must be objects. */
  readonly #blockLists = new WeakSet<HclValue[]>()

  fill(into: HclObject, items: readonly Item[], name: string, at: Position | undefined, depth: number): void {
    if (depth > NESTING_MAX) throw tooDeep(at)
    const labelled = new Set<string>()
    let byFirstKey: Map<string, Item[]> | undefined
    for (const item of items) {
      if (item.value === undefined) continue
      const key = item.keys[0]
      if (key === undefined) throw errorAt('HCL_VALUE', at, `${name}: map must have string keys`)
      if (labelled.has(key.name)) continue
      let node: Node = item.value
      if (item.keys.length > 1) {
        labelled.add(key.name)
        byFirstKey ??= groupByFirstKey(items)
        node = { kind: 'items', items: byFirstKey.get(fold(key.name)) ?? [] }
      }
      into[key.name] = this.#decode(`${name}.${key.name}`, node, into[key.name], depth + 1)
    }
  }

  /** The value of a key, given what an earlier occurrence of the same key left (`before`). The first one sets the type. */
  #decode(name: string, node: Node, before: HclValue | undefined, depth: number): HclValue {
    switch (typeof before) {
      case 'boolean':
        return toBoolean(name, node)
      case 'number':
        return Number.isInteger(before) ? toInteger(name, node) : toFloat(name, node)
      case 'string':
        return toText(name, node)
      case 'object':
        return this.#appendTo(before as HclValue[], name, node, depth)
      default:
        return this.#decodeFirst(name, node, depth)
    }
  }

  #decodeFirst(name: string, node: Node, depth: number): HclValue {
    switch (node.kind) {
      case 'boolean':
        return toBoolean(name, node)
      case 'integer':
        return toInteger(name, node)
      case 'float':
        return toFloat(name, node)
      case 'string':
      case 'heredoc':
        return node.content
      default: {
        const list: HclValue[] = []
        if (node.kind !== 'list') this.#blockLists.add(list)
        return this.#appendTo(list, name, node, depth)
      }
    }
  }

  #appendTo(list: HclValue[], name: string, node: Node, depth: number): HclValue[] {
    if (depth > NESTING_MAX) throw tooDeep(positionOf(node))
    switch (node.kind) {
      case 'items':
        if (!this.#blockLists.has(list)) {
          throw new HclError('HCL_VALUE', `${name}[0]: cannot decode into interface: *ast.ObjectItem`, positionOf(node))
        }
        node.items.forEach((item, i) => list.push(this.#element(`${name}[${i}]`, { kind: 'item', item }, depth + 1)))
        return list
      case 'object':
        list.push(this.#element(`${name}[0]`, node, depth + 1))
        return list
      case 'list': {
        const onlyObjects = this.#blockLists.has(list)
        node.elements.forEach((value, i) => {
          const path = `${name}[${i}]`
          if (onlyObjects && value.kind !== 'object') {
            throw errorAt('HCL_VALUE', value.position, `${path}: not an object type for map (${typeName(value)})`)
          }
          list.push(this.#element(path, value, depth + 1))
        })
        return list
      }
      default:
        throw errorAt('HCL_VALUE', positionOf(node), `unknown slice type: ${nodeName(node)}`)
    }
  }

  /** Objects directly in a list are objects; everywhere else HCL makes a list of them. */
  #element(name: string, node: Node, depth: number): HclValue {
    if (node.kind !== 'object' && node.kind !== 'item') return this.#decodeFirst(name, node, depth)
    const object = emptyObject()
    if (node.kind === 'object') this.fill(object, node.items, name, positionOf(node), depth)
    else if (node.item.keys.length > 0) this.fill(object, [node.item], name, undefined, depth)
    else if (node.item.value !== undefined) throw errorAt('HCL_VALUE', undefined, `${name}: map must have string keys`)
    return object
  }
}

/** HCL finds the blocks of a key without regard to case. */
const fold = (key: string) => key.toLowerCase()

function groupByFirstKey(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const [first, ...rest] = item.keys
    if (first === undefined) continue
    const key = fold(first.name)
    const group = groups.get(key) ?? []
    if (group.length === 0) groups.set(key, group)
    group.push({ keys: rest, value: item.value })
  }
  return groups
}

function toBoolean(name: string, node: Node): boolean {
  if (node.kind === 'boolean') return node.text === 'true'
  throw errorAt('HCL_VALUE', positionOf(node), `${name}: unknown type ${nodeName(node)}`)
}

function toInteger(name: string, node: Node): number {
  if (node.kind === 'integer') return parseInteger(node.text, node)
  if (node.kind === 'string') return parseInteger(node.content, node)
  throw errorAt('HCL_VALUE', positionOf(node), `${name}: unknown type ${nodeName(node)}`)
}

function toFloat(name: string, node: Node): number {
  if (node.kind !== 'float' && node.kind !== 'integer') {
    throw errorAt('HCL_VALUE', positionOf(node), `${name}: unknown type ${nodeName(node)}`)
  }
  const value = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(node.text) ? Number(node.text) : NaN
  if (Number.isNaN(value)) throw numberError('ParseFloat', node.text, 'invalid syntax', node)
  if (!Number.isFinite(value)) throw numberError('ParseFloat', node.text, 'value out of range', node)
  return value
}

function toText(name: string, node: Node): string {
  if (node.kind === 'integer') return node.text
  if (node.kind === 'string' || node.kind === 'heredoc') return node.content
  throw errorAt('HCL_VALUE', positionOf(node), `${name}: unknown type for string ${nodeName(node)}`)
}

const INTEGER = /^([-+]?)(0[xX]_?[0-9a-fA-F_]+|0[bB]_?[01_]+|0[oO]?_?[0-7_]*|[1-9][0-9_]*)$/

/** Beyond 2^53 a whole number is the nearest one that JavaScript has; beyond 64 bits it is refused. */
function parseInteger(text: string, node: LiteralValue): number {
  const parts = INTEGER.exec(text)
  const digits = parts?.[2]?.replaceAll('_', '')
  if (!parts || digits === undefined) throw numberError('ParseInt', text, 'invalid syntax', node)
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  const isNegative = parts[1] === '-'
  if (value > (isNegative ? 2n ** 63n : 2n ** 63n - 1n)) throw numberError('ParseInt', text, 'value out of range', node)
  return isNegative && value !== 0n ? -Number(value) : Number(value)
}

/** Go's text has no position; the error's fields do. */
const numberError = (call: string, text: string, fault: string, node: LiteralValue) =>
  new HclError('HCL_VALUE', `strconv.${call}: parsing ${JSON.stringify(text)}: ${fault}`, node.position)

const nodeName = (node: Node): string => (node.kind === 'item' ? '*ast.ObjectItem' : typeName(node))

function positionOf(node: Node): Position | undefined {
  if (node.kind === 'item') return node.item.keys[0]?.position
  if (node.kind === 'items') return node.items[0]?.keys[0]?.position
  return node.position
}
