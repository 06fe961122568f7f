/** Encoded answers by question, bounded in bytes; an answer lives only as long as its resolver says that it holds. */
import type { ChangeToken } from './resolver'
import type { PacketTemplate } from './packet-template'

interface Entry {
  readonly template: PacketTemplate
  readonly change: ChangeToken
  readonly cost: number
  /** Asked for since the last sweep passed it. */
  isUsed: boolean
}

/** Entry and key objects, roughly. */
const ENTRY_OVERHEAD_BYTES = 150
/** One answer may take at most this part of the cache. */
const SHARE_MAX = 1 / 8

/** Second-chance eviction (CLOCK): a hit costs one look-up and one mark, not a reordering. */
export class PacketCache {
  readonly #entries = new Map<string, Entry>()
  #bytes = 0

  constructor(readonly bytesMax: number) {}

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#entries.size
  }

  /** Undefined also when the answer has changed, which then is forgotten. */
  get(key: string): PacketTemplate | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.change.changed) {
      this.#remove(key, entry)
      return undefined
    }
    entry.isUsed = true
    return entry.template
  }

  /** Ignored when `change` has turned already, and for an answer that is too large to keep. */
  set(key: string, template: PacketTemplate, change: ChangeToken): void {
    const cost = template.cost + key.length * 2 + ENTRY_OVERHEAD_BYTES
    if (change.changed || cost > this.bytesMax * SHARE_MAX) return
    const former = this.#entries.get(key)
    if (former) this.#remove(key, former)
    this.#entries.set(key, { template, change, cost, isUsed: false })
    this.#bytes += cost
    this.#evict()
  }

  clear(): void {
    this.#entries.clear()
    this.#bytes = 0
  }

  #evict(): void {
    for (const [key, entry] of this.#entries) {
      if (this.#bytes <= this.bytesMax) return
      if (entry.isUsed && !entry.change.changed) {
        entry.isUsed = false
        this.#entries.delete(key)
        this.#entries.set(key, entry)
      } else this.#remove(key, entry)
    }
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#bytes -= entry.cost
  }
}
