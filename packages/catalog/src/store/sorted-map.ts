/**
 * A sorted map of strings: a B+tree whose nodes are copied only when a captured version still needs them.
 * Keys are ordered by UTF-16 code unit; `keyOrder` turns Go's byte order into that. See docs/adr/0004-catalog-tables.md.
 */

/** Entries of one node at most. Larger makes inserts slower, smaller makes the tree deeper. */
const NODE_ENTRIES_MAX = 64
/** A node below this joins its neighbour when both fit in half a node. */
const NODE_ENTRIES_MIN = 16

interface TreeNode {
  readonly epoch: number
  readonly leaf: boolean
  /** Of a leaf: the keys. Of a branch: a lower bound for each child; the first one is not used. */
  keys: string[]
  /** Of a leaf: the values. Of a branch: the children. */
  items: unknown[]
}

/** One version of a map, unaffected by later writes. */
export interface CapturedMap<V> {
  readonly size: number
  /** All values, in key order. */
  values(): Generator<V, void, undefined>
}

export class SortedMap<V> {
  #epoch = 1
  #root: TreeNode = { epoch: 1, leaf: true, keys: [], items: [] }
  #size = 0

  get size(): number {
    return this.#size
  }

  get(key: string): V | undefined {
    let node = this.#root
    while (!node.leaf) node = node.items[childPosition(node.keys, key)] as TreeNode
    const at = lowerBound(node.keys, key)
    return node.keys[at] === key ? (node.items[at] as V) : undefined
  }

  /** Returns the value that was there. */
  set(key: string, value: V): V | undefined {
    const root = (this.#root = this.#own(this.#root))
    const before = this.#put(root, key, value)
    if (root.keys.length > NODE_ENTRIES_MAX) {
      const right = split(root, this.#epoch)
      this.#root = {
        epoch: this.#epoch,
        leaf: false,
        keys: [root.keys[0] as string, right.keys[0] as string],
        items: [root, right],
      }
    }
    if (before === undefined) this.#size++
    return before
  }

  /** Returns the value that was there. */
  delete(key: string): V | undefined {
    this.#root = this.#own(this.#root)
    const before = this.#remove(this.#root, key)
    if (before === undefined) return undefined
    while (!this.#root.leaf && this.#root.items.length === 1) this.#root = this.#root.items[0] as TreeNode
    this.#size--
    return before
  }

  /** The first value whose key starts with `prefix`. */
  first(prefix: string): V | undefined {
    let found: V | undefined
    this.scan(prefix, (value) => {
      found = value
      return false
    })
    return found
  }

  /**
   * Visits the entries whose key starts with `prefix`, in order, until `visit` returns false.
   * The map must not be written while it is visited.
   */
  scan(prefix: string, visit: (value: V, key: string) => boolean | void): void {
    scanNode(this.#root, prefix, visit)
  }

  /** The values whose key starts with `prefix`, in order. */
  list(prefix: string): V[] {
    const found: V[] = []
    scanNode<V>(this.#root, prefix, (value) => void found.push(value))
    return found
  }

  /** Keeps the current version, at a cost that does not depend on the size; later writes copy the nodes they touch. */
  capture(): CapturedMap<V> {
    const root = this.#root
    this.#epoch++
    return { size: this.#size, values: () => walk<V>(root) }
  }

  clear(): void {
    this.#root = { epoch: this.#epoch, leaf: true, keys: [], items: [] }
    this.#size = 0
  }

  #own(node: TreeNode): TreeNode {
    if (node.epoch === this.#epoch) return node
    return { epoch: this.#epoch, leaf: node.leaf, keys: node.keys.slice(), items: node.items.slice() }
  }

  #put(node: TreeNode, key: string, value: V): V | undefined {
    if (node.leaf) {
      const at = lowerBound(node.keys, key)
      if (node.keys[at] === key) {
        const before = node.items[at] as V
        node.items[at] = value
        return before
      }
      node.keys.splice(at, 0, key)
      node.items.splice(at, 0, value)
      return undefined
    }
    const at = childPosition(node.keys, key)
    const child = this.#own(node.items[at] as TreeNode)
    node.items[at] = child
    const before = this.#put(child, key, value)
    if (child.keys.length > NODE_ENTRIES_MAX) {
      const right = split(child, this.#epoch)
      node.keys.splice(at + 1, 0, right.keys[0] as string)
      node.items.splice(at + 1, 0, right)
    }
    return before
  }

  #remove(node: TreeNode, key: string): V | undefined {
    if (node.leaf) {
      const at = lowerBound(node.keys, key)
      if (node.keys[at] !== key) return undefined
      const before = node.items[at] as V
      node.keys.splice(at, 1)
      node.items.splice(at, 1)
      return before
    }
    const at = childPosition(node.keys, key)
    const child = this.#own(node.items[at] as TreeNode)
    node.items[at] = child
    const before = this.#remove(child, key)
    if (child.keys.length === 0) {
      node.keys.splice(at, 1)
      node.items.splice(at, 1)
    } else if (child.keys.length < NODE_ENTRIES_MIN) {
      this.#join(node, at > 0 ? at - 1 : 0)
    }
    return before
  }

  /** Joins the child at `left` with the next one when both are small. */
  #join(node: TreeNode, left: number): void {
    const first = node.items[left] as TreeNode
    const second = node.items[left + 1] as TreeNode | undefined
    if (second === undefined || first.keys.length + second.keys.length > NODE_ENTRIES_MAX / 2) return
    const keys = first.keys.concat(second.keys)
    // The first bound inside a branch may be out of date; the parent's is right.
    if (!first.leaf) keys[first.keys.length] = node.keys[left + 1] as string
    node.items[left] = { epoch: this.#epoch, leaf: first.leaf, keys, items: first.items.concat(second.items) }
    node.keys.splice(left + 1, 1)
    node.items.splice(left + 1, 1)
  }
}

function split(node: TreeNode, epoch: number): TreeNode {
  const half = node.keys.length >>> 1
  return { epoch, leaf: node.leaf, keys: node.keys.splice(half), items: node.items.splice(half) }
}

/** The position of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The last child whose bound is not above `key`. */
function childPosition(keys: readonly string[], key: string): number {
  let low = 1
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) <= key) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Returns false when the visit is over. */
function scanNode<V>(node: TreeNode, prefix: string, visit: (value: V, key: string) => boolean | void): boolean {
  const { keys, items } = node
  if (!node.leaf) {
    for (let at = childPosition(keys, prefix); at < items.length; at++) {
      if (!scanNode(items[at] as TreeNode, prefix, visit)) return false
    }
    return true
  }
  for (let at = lowerBound(keys, prefix); at < keys.length; at++) {
    const key = keys[at] as string
    if (!key.startsWith(prefix) || visit(items[at] as V, key) === false) return false
  }
  return true
}

function* walk<V>(node: TreeNode): Generator<V, void, undefined> {
  if (node.leaf) yield* node.items as V[]
  else for (const child of node.items) yield* walk<V>(child as TreeNode)
}
