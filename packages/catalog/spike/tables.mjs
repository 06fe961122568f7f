/**
 * Which structure holds the catalog's tables? Memory, write, read, snapshot and prefix speed of four candidates.
 * Run each in its own process: for c in cow-btree radix map-buckets map-only; do node --expose-gc spike/tables.mjs $c; done
 */
const KEYS = 100_000
const SERVICES = 5_000
const ROUNDS = 5

/** Copy-on-write B+tree: nodes carry the epoch that made them; a snapshot keeps the root and raises the epoch. */
class CowBTree {
  epoch = 1
  root = { epoch: 1, keys: [], items: [], leaf: true }
  static MAX = 64
  static find(keys, key) {
    let low = 0
    let high = keys.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (keys[mid] < key) low = mid + 1
      else high = mid
    }
    return low
  }
  static childAt(keys, key) {
    let low = 1
    let high = keys.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (keys[mid] <= key) low = mid + 1
      else high = mid
    }
    return low - 1
  }
  own(node) {
    return node.epoch === this.epoch
      ? node
      : { epoch: this.epoch, keys: node.keys.slice(), items: node.items.slice(), leaf: node.leaf }
  }
  get(key) {
    let node = this.root
    while (!node.leaf) node = node.items[CowBTree.childAt(node.keys, key)]
    const at = CowBTree.find(node.keys, key)
    return node.keys[at] === key ? node.items[at] : undefined
  }
  set(key, value) {
    this.root = this.own(this.root)
    const right = this.#set(this.root, key, value)
    if (right) {
      this.root = {
        epoch: this.epoch,
        keys: [this.root.keys[0], right.keys[0]],
        items: [this.root, right],
        leaf: false,
      }
    }
  }
  #set(node, key, value) {
    if (node.leaf) {
      const at = CowBTree.find(node.keys, key)
      if (node.keys[at] === key) node.items[at] = value
      else {
        node.keys.splice(at, 0, key)
        node.items.splice(at, 0, value)
      }
    } else {
      const at = CowBTree.childAt(node.keys, key)
      const child = (node.items[at] = this.own(node.items[at]))
      const right = this.#set(child, key, value)
      if (right) {
        node.keys.splice(at + 1, 0, right.keys[0])
        node.items.splice(at + 1, 0, right)
      }
    }
    if (node.keys.length <= CowBTree.MAX) return undefined
    const half = node.keys.length >>> 1
    return { epoch: this.epoch, keys: node.keys.splice(half), items: node.items.splice(half), leaf: node.leaf }
  }
  snapshot() {
    this.epoch++
    return this.root
  }
  static *walk(node) {
    if (node.leaf) yield* node.items
    else for (const child of node.items) yield* CowBTree.walk(child)
  }
  countPrefix(prefix) {
    let count = 0
    const visit = (node) => {
      let at = node.leaf ? CowBTree.find(node.keys, prefix) : CowBTree.childAt(node.keys, prefix)
      for (; at < node.keys.length; at++) {
        const key = node.keys[at]
        if (key > prefix && !key.startsWith(prefix)) return
        if (node.leaf) count++
        else visit(node.items[at])
      }
    }
    visit(this.root)
    return count
  }
}

/** Persistent radix tree with path copying, the shape Consul's own store has. */
class Radix {
  root = { prefix: '', value: undefined, edges: [] }
  static edge(edges, label) {
    let low = 0
    let high = edges.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (edges[mid].prefix < label) low = mid + 1
      else high = mid
    }
    return low
  }
  get(key) {
    let node = this.root
    let depth = 0
    while (depth < key.length) {
      const at = Radix.edge(node.edges, key[depth])
      node = node.edges[at]
      if (node === undefined || !key.startsWith(node.prefix, depth)) return undefined
      depth += node.prefix.length
    }
    return node.value
  }
  set(key, value) {
    this.root = Radix.put(this.root, key, 0, value)
  }
  static put(node, key, depth, value) {
    if (depth === key.length) return { prefix: node.prefix, value, edges: node.edges }
    const at = Radix.edge(node.edges, key[depth])
    const child = node.edges[at]
    const edges = node.edges.slice()
    if (child === undefined || child.prefix[0] !== key[depth]) {
      edges.splice(at, 0, { prefix: key.slice(depth), value, edges: [] })
    } else {
      let shared = 0
      while (shared < child.prefix.length && child.prefix[shared] === key[depth + shared]) shared++
      if (shared === child.prefix.length) edges[at] = Radix.put(child, key, depth + shared, value)
      else {
        const rest = { prefix: child.prefix.slice(shared), value: child.value, edges: child.edges }
        const split = { prefix: child.prefix.slice(0, shared), value: undefined, edges: [rest] }
        edges[at] = Radix.put(split, key, depth + shared, value)
      }
    }
    return { prefix: node.prefix, value: node.value, edges }
  }
  snapshot() {
    return this.root
  }
  static *walk(node) {
    if (node.value !== undefined) yield node.value
    for (const edge of node.edges) yield* Radix.walk(edge)
  }
  countPrefix(prefix) {
    let node = this.root
    let depth = 0
    while (depth < prefix.length) {
      node = node.edges[Radix.edge(node.edges, prefix[depth])]
      if (node === undefined) return 0
      const rest = prefix.slice(depth)
      if (!node.prefix.startsWith(rest) && !rest.startsWith(node.prefix)) return 0
      depth += node.prefix.length
    }
    return [...Radix.walk(node)].length
  }
}

/** Plain Map for look-ups, and sorted buckets of keys and rows, copied on the first write after a snapshot. */
class MapWithBuckets {
  map = new Map()
  epoch = 1
  buckets = [{ epoch: 1, keys: [], items: [] }]
  listEpoch = 1
  static MAX = 256
  #bucketAt(key) {
    let low = 1
    let high = this.buckets.length
    while (low < high) {
      const mid = (low + high) >>> 1
      if (this.buckets[mid].keys[0] <= key) low = mid + 1
      else high = mid
    }
    return low - 1
  }
  get(key) {
    return this.map.get(key)
  }
  set(key, value) {
    this.map.set(key, value)
    if (this.listEpoch !== this.epoch) {
      this.buckets = this.buckets.slice()
      this.listEpoch = this.epoch
    }
    const index = this.#bucketAt(key)
    let bucket = this.buckets[index]
    if (bucket.epoch !== this.epoch) {
      bucket = this.buckets[index] = { epoch: this.epoch, keys: bucket.keys.slice(), items: bucket.items.slice() }
    }
    const at = CowBTree.find(bucket.keys, key)
    if (bucket.keys[at] === key) bucket.items[at] = value
    else {
      bucket.keys.splice(at, 0, key)
      bucket.items.splice(at, 0, value)
      if (bucket.keys.length > MapWithBuckets.MAX) {
        const half = bucket.keys.length >>> 1
        const right = { epoch: this.epoch, keys: bucket.keys.splice(half), items: bucket.items.splice(half) }
        this.buckets.splice(index + 1, 0, right)
      }
    }
  }
  snapshot() {
    this.epoch++
    return this.buckets
  }
  static *walk(buckets) {
    for (const bucket of buckets) yield* bucket.items
  }
  countPrefix(prefix) {
    let count = 0
    for (let index = this.#bucketAt(prefix); index < this.buckets.length; index++) {
      const { keys } = this.buckets[index]
      for (let at = CowBTree.find(keys, prefix); at < keys.length; at++) {
        if (!keys[at].startsWith(prefix)) return count
        count++
      }
    }
    return count
  }
}

/** The floor: no order, a snapshot copies all. */
class MapOnly {
  map = new Map()
  get(key) {
    return this.map.get(key)
  }
  set(key, value) {
    this.map.set(key, value)
  }
  snapshot() {
    return [...this.map.values()]
  }
  static *walk(rows) {
    yield* rows
  }
  countPrefix(prefix) {
    let count = 0
    for (const key of this.map.keys()) if (key.startsWith(prefix)) count++
    return count
  }
}

const candidates = { 'cow-btree': CowBTree, radix: Radix, 'map-buckets': MapWithBuckets, 'map-only': MapOnly }
const name = process.argv[2]
const Candidate = candidates[name]
if (Candidate === undefined) throw new Error(`one of ${Object.keys(candidates).join(', ')}`)

// A small generator with a fixed seed, so that every candidate sees the same order.
let state = 42
const random = (below) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state % below
}
const keyOf = (i) => Buffer.from(`app/team-${i % 50}/service-${i % 997}/key-${i}`).toString()
const order = Array.from({ length: KEYS }, (_, i) => i)
for (let i = KEYS - 1; i > 0; i--) {
  const j = random(i + 1)
  ;[order[i], order[j]] = [order[j], order[i]]
}
const rate = (count, ms) => `${Math.round(count / ms)}k/s`
const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >>> 1]
const timed = (work) => {
  const start = performance.now()
  work()
  return performance.now() - start
}
const value = new Uint8Array(0)
const row = (key, index) => ({
  key,
  value,
  flags: 0,
  session: '',
  lockIndex: 0,
  createIndex: index,
  modifyIndex: index,
})
const heap = () => {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

const keys = order.map(keyOf)
const rows = keys.map((key, i) => row(key, i))
const before = heap()
let table = new Candidate()
const firstInsert = timed(() => keys.forEach((key, i) => table.set(key, rows[i])))
const bytes = heap() - before

const inserts = [firstInsert]
for (let round = 1; round < ROUNDS; round++) {
  const other = new Candidate()
  inserts.push(timed(() => keys.forEach((key, i) => other.set(key, rows[i]))))
}
const fresh = keys.map((_, i) => keyOf(order[(i * 7919) % KEYS]))
const updates = []
const reads = []
for (let round = 0; round < ROUNDS; round++) {
  updates.push(timed(() => fresh.forEach((key, i) => table.set(key, rows[i]))))
  reads.push(timed(() => fresh.forEach((key) => table.get(key))))
}
let snapshot
const capture = timed(() => (snapshot = table.snapshot()))
const firstWrites = timed(() => fresh.slice(0, 10_000).forEach((key, i) => table.set(key, rows[i])))
let walked = 0
const walk = timed(() => {
  for (const item of Candidate.walk(snapshot)) walked += item === undefined ? 0 : 1
})
snapshot = undefined
let found = 0
const prefixes = timed(() => {
  for (let i = 0; i < 1000; i++) found += table.countPrefix(`app/team-${i % 50}/service-${i % 997}/`)
})
const services = timed(() => {
  const instances = new Candidate()
  for (let i = 0; i < SERVICES; i++) instances.set(`service-${i % 500}\0node-${i % 100}\0id-${i}\0`, rows[i])
  for (let i = 0; i < SERVICES; i++) found += instances.countPrefix(`service-${i % 500}\0`)
})

console.log(
  [
    name.padEnd(12),
    `structure ${(bytes / KEYS).toFixed(0)} B/key`,
    `insert ${rate(KEYS, median(inserts))}`,
    `update ${rate(KEYS, median(updates))}`,
    `get ${rate(KEYS, median(reads))}`,
    `snapshot ${capture.toFixed(2)} ms`,
    `10,000 writes after it ${firstWrites.toFixed(1)} ms`,
    `walk ${walked} in ${walk.toFixed(0)} ms`,
    `1,000 prefix reads ${prefixes.toFixed(1)} ms`,
    `5,000 services written and read by name ${services.toFixed(1)} ms (${found} rows read)`,
  ].join(' | '),
)
