/** Results of queries, kept while nothing they looked at has changed, with their encoded bodies. Bounded in bytes. */
import { type QueryResult, WatchSet } from '@sd/catalog'

/** A result with what is built from it. */
export class CachedRead<T> {
  readonly #bodies = new Map<string, string | Buffer>()
  readonly #waiting = new Set<() => void>()
  #changed = false

  constructor(
    readonly result: QueryResult<T>,
    /** Told of each body that is kept; absent for a result that is used once. */
    private readonly onBytes?: (bytes: number) => void,
  ) {}

  get isKept(): boolean {
    return this.onBytes !== undefined
  }

  /** True once something that the query looked at is another than it was. */
  get changed(): boolean {
    return this.#changed
  }

  /** The encoded body of a variant ("json", "pretty"). */
  get(variant: string): string | Buffer | undefined {
    return this.#bodies.get(variant)
  }

  set(variant: string, body: string | Buffer): void {
    if (this.#changed) return
    this.#bodies.set(variant, body)
    this.onBytes?.(body.length)
  }

  /** Calls back once, when the result is out of date. Returns a way to give up. */
  onChange(callback: () => void): () => void {
    if (this.#changed) {
      callback()
      return () => {}
    }
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }

  /** Nobody waits for it to change. */
  get isIdle(): boolean {
    return this.#waiting.size === 0
  }

  /** For the cache only. */
  expire(): void {
    this.#changed = true
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of waiting) callback()
  }
}

interface Slot {
  readonly read: CachedRead<unknown>
  readonly watch: WatchSet
  bytes: number
  /** Asked for since the last sweep passed it. */
  isUsed: boolean
}

/** What an entry costs beside its bodies, roughly. */
const ENTRY_BYTES = 512

export class ReadCache {
  readonly #slots = new Map<string, Slot>()
  #bytes = 0

  constructor(private readonly bytesMax: number) {}

  get bytes(): number {
    return this.#bytes
  }

  get size(): number {
    return this.#slots.size
  }

  get<T>(key: string): CachedRead<T> | undefined {
    const slot = this.#slots.get(key)
    if (!slot) return undefined
    slot.isUsed = true
    return slot.read as CachedRead<T>
  }

  /** Runs `query` and keeps its result under `key`, which must hold every option and right that the result depends on. */
  run<T>(key: string, query: (watch: WatchSet) => QueryResult<T>): CachedRead<T> {
    const watch = new WatchSet()
    const result = query(watch)
    const slot: Slot = {
      read: new CachedRead<T>(result, (bytes) => {
        if (this.#slots.get(key) !== slot) return
        slot.bytes += bytes
        this.#bytes += bytes
        this.#shrink()
      }) as CachedRead<unknown>,
      watch,
      bytes: ENTRY_BYTES + key.length,
      isUsed: false,
    }
    this.#drop(key)
    this.#slots.set(key, slot)
    this.#bytes += slot.bytes
    watch.onChange(() => {
      if (this.#slots.get(key) === slot) this.#drop(key)
      slot.read.expire()
    })
    this.#shrink()
    return slot.read as CachedRead<T>
  }

  #drop(key: string): void {
    const slot = this.#slots.get(key)
    if (!slot) return
    this.#slots.delete(key)
    this.#bytes -= slot.bytes
  }

  /**
   * Second-chance eviction (CLOCK): a hit costs one mark, not a reordering. What is dropped lives on for those who wait on it, and
   * goes with its change; else it watches no longer.
   */
  #shrink(): void {
    for (const [key, slot] of this.#slots) {
      if (this.#bytes <= this.bytesMax) return
      if (slot.isUsed) {
        slot.isUsed = false
        this.#slots.delete(key)
        this.#slots.set(key, slot)
        continue
      }
      const { read, watch } = slot
      this.#drop(key)
      if (!read.isIdle) continue
      watch.close()
      read.expire()
    }
  }
}
