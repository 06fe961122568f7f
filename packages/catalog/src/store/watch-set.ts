/** Tells a query's caller, once, that something the query looked at has changed. */

/**
 * Keys watched one by one for one query at most; above it a query watches a coarser key.
 * Consul's figure; a higher one costs memory per waiting query, a lower one wakes them for changes they did not ask for.
 */
export const WATCHES_PER_QUERY_MAX = 8192

export type WatchEvent = 'changed' | 'abandoned'

/** What can be watched: one key, or all keys with a prefix, of one index of a table. */
export interface WatchTarget {
  readonly watches: Watches
  readonly key: string
  readonly isPrefix: boolean
}

/**
 * Filled by a query, then waited on. Costs nothing until `onChange`; a change between the query and `onChange` is not missed.
 * Calls back once; waiting with a deadline is the caller's.
 */
export class WatchSet {
  readonly #targets: { target: WatchTarget; version: number }[] = []
  #callback: ((event: WatchEvent) => void) | undefined
  #state: 'idle' | 'waiting' | 'closed' = 'idle'

  get size(): number {
    return this.#targets.length
  }

  add(target: WatchTarget): void {
    this.#targets.push({ target, version: target.watches.version })
  }

  /** Adds `target`, or `coarser` when the set is full. */
  addWithin(target: WatchTarget, coarser: WatchTarget): void {
    if (this.#targets.length < WATCHES_PER_QUERY_MAX) this.add(target)
    else if (this.#targets[this.#targets.length - 1]?.target !== coarser) this.add(coarser)
  }

  /**
   * Calls back once: at the next change, or at once when one has come since the query. Call it in the same turn as the query:
   * later, any write to the same tables counts as a change, which costs one needless query.
   */
  onChange(callback: (event: WatchEvent) => void): void {
    if (this.#state !== 'idle') throw new TypeError('a watch set is waited on once')
    if (this.#targets.some(({ target, version }) => target.watches.version !== version)) {
      this.#state = 'closed'
      callback('changed')
      return
    }
    this.#state = 'waiting'
    this.#callback = callback
    for (const { target } of this.#targets) target.watches.register(target, this)
  }

  /** Stops watching, without a call. Safe at any time. */
  close(): void {
    if (this.#state === 'waiting') for (const { target } of this.#targets) target.watches.unregister(target, this)
    this.#state = 'closed'
    this.#callback = undefined
  }

  /** For the store only. */
  fire(event: WatchEvent): void {
    const callback = this.#callback
    this.close()
    callback?.(event)
  }
}

/** The watches on one index of a table. An index without watches costs one comparison per write. */
export class Watches {
  /** Counts the writes, so that a watch set sees what it would have missed. */
  version = 0
  readonly #exact = new Map<string, Set<WatchSet>>()
  readonly #prefixes = new Map<string, Set<WatchSet>>()
  /** How many prefixes of each length are watched: a write looks up one slice of its key per length. */
  readonly #lengths = new Map<number, number>()

  get isIdle(): boolean {
    return this.#exact.size === 0 && this.#prefixes.size === 0
  }

  key(key: string): WatchTarget {
    return { watches: this, key, isPrefix: false }
  }

  prefix(prefix: string): WatchTarget {
    return { watches: this, key: prefix, isPrefix: true }
  }

  register(target: WatchTarget, set: WatchSet): void {
    const map = target.isPrefix ? this.#prefixes : this.#exact
    let sets = map.get(target.key)
    if (sets === undefined) {
      map.set(target.key, (sets = new Set()))
      if (target.isPrefix) this.#lengths.set(target.key.length, (this.#lengths.get(target.key.length) ?? 0) + 1)
    }
    sets.add(set)
  }

  unregister(target: WatchTarget, set: WatchSet): void {
    const map = target.isPrefix ? this.#prefixes : this.#exact
    const sets = map.get(target.key)
    if (sets === undefined || !sets.delete(set) || sets.size > 0) return
    map.delete(target.key)
    if (!target.isPrefix) return
    const left = (this.#lengths.get(target.key.length) ?? 1) - 1
    if (left === 0) this.#lengths.delete(target.key.length)
    else this.#lengths.set(target.key.length, left)
  }

  /** Adds to `into` whoever watches `key`. */
  collect(key: string, into: Set<WatchSet>): void {
    for (const set of this.#exact.get(key) ?? []) into.add(set)
    for (const length of this.#lengths.keys()) {
      if (length > key.length) continue
      for (const set of this.#prefixes.get(key.slice(0, length)) ?? []) into.add(set)
    }
  }

  collectAll(into: Set<WatchSet>): void {
    for (const map of [this.#exact, this.#prefixes])
      for (const sets of map.values()) for (const set of sets) into.add(set)
  }
}
