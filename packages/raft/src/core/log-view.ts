import { invariant } from '@sd/runtime'
import type { Entry } from './messages'

/** Bytes that an entry costs besides its data, when sizes are bounded. */
const ENTRY_OVERHEAD_BYTES = 32

export const entryBytes = (entry: Entry): number => entry.data.length + ENTRY_OVERHEAD_BYTES

/**
 * The log from the last compaction on, in memory.
 * `stableIndex` is durable, up to `handedIndex` is being written, the rest waits for the end of the step.
 */
export class LogView {
  #entries: Entry[] = []
  #baseIndex: number
  #baseTerm: number
  #bytes = 0
  #stableIndex: number
  #handedIndex: number

  constructor(base: { index: number; term: number }, entries: readonly Entry[]) {
    this.#baseIndex = base.index
    this.#baseTerm = base.term
    for (const entry of entries) this.#push(entry)
    this.#stableIndex = this.#handedIndex = this.lastIndex
  }

  /** Index before the first entry that is still here. */
  get baseIndex(): number {
    return this.#baseIndex
  }

  get lastIndex(): number {
    return this.#baseIndex + this.#entries.length
  }

  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#baseTerm
  }

  get stableIndex(): number {
    return this.#stableIndex
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Term at `index`, or undefined where the log does not reach. */
  term(index: number): number | undefined {
    if (index === this.#baseIndex) return this.#baseTerm
    return this.#entries[index - this.#baseIndex - 1]?.term
  }

  /** True when a log ending with (`index`, `term`) is at least as complete as this one (paper section 5.4.1). */
  isUpToDate(index: number, term: number): boolean {
    return term > this.lastTerm || (term === this.lastTerm && index >= this.lastIndex)
  }

  append(entry: Entry): void {
    invariant(entry.index === this.lastIndex + 1, `append of ${entry.index} after ${this.lastIndex}`)
    invariant(entry.term >= this.lastTerm, `term ${entry.term} after ${this.lastTerm} at ${entry.index}`)
    this.#push(entry)
  }

  /** Drops `index` and everything after it. */
  truncateFrom(index: number): void {
    const removed = this.#entries.splice(index - this.#baseIndex - 1)
    for (const entry of removed) this.#bytes -= entryBytes(entry)
    this.#handedIndex = Math.min(this.#handedIndex, this.lastIndex)
    this.#stableIndex = Math.min(this.#stableIndex, this.lastIndex)
  }

  /** Entries from `from` to `to`, both included, as many as fit in `bytesMax` but at least one. */
  slice(from: number, to: number, bytesMax = Infinity): Entry[] {
    const start = from - this.#baseIndex - 1
    let end = Math.min(to, this.lastIndex) - this.#baseIndex
    if (bytesMax !== Infinity) {
      let bytes = 0
      for (let i = start; i < end; i++) {
        bytes += entryBytes(this.#entries[i] as Entry)
        if (bytes > bytesMax && i > start) end = i
      }
    }
    return this.#entries.slice(start, Math.max(start, end))
  }

  /** Entries that no write carries yet; they count as handed over from now on. */
  takeUnhanded(): Entry[] {
    if (this.#handedIndex >= this.lastIndex) return []
    const entries = this.slice(this.#handedIndex + 1, this.lastIndex)
    this.#handedIndex = this.lastIndex
    return entries
  }

  /** A write that ended with (`index`, `term`) is durable. Stale after an overwrite: then nothing changes. */
  markStable(index: number, term: number): void {
    if (index > this.#stableIndex && this.term(index) === term) this.#stableIndex = index
  }

  /** Forgets what is not durable. */
  dropUnstable(): void {
    this.truncateFrom(this.#stableIndex + 1)
  }

  /** The highest index up to which to compact so that, below `index`, `entries` and `bytes` of trail stay at most. */
  compactionPoint(index: number, entries: number, bytes: number): number {
    let point = index
    let trailBytes = 0
    while (point > this.#baseIndex && index - point < entries) {
      trailBytes += entryBytes(this.#entries[point - this.#baseIndex - 1] as Entry)
      if (trailBytes > bytes) break
      point--
    }
    return point
  }

  compact(throughIndex: number): void {
    const term = this.term(throughIndex)
    invariant(term !== undefined, `compaction to ${throughIndex} of ${this.#baseIndex}..${this.lastIndex}`)
    for (const entry of this.#entries.splice(0, throughIndex - this.#baseIndex)) this.#bytes -= entryBytes(entry)
    this.#baseIndex = throughIndex
    this.#baseTerm = term
  }

  /** Starts anew behind a snapshot. */
  reset(index: number, term: number): void {
    this.#entries = []
    this.#bytes = 0
    this.#baseIndex = this.#stableIndex = this.#handedIndex = index
    this.#baseTerm = term
  }

  /**
   * The last index not above `index` whose term is not above `term`: where a log that
   * has `term` at `index` can agree with this one at best.
   */
  lastIndexNotAbove(index: number, term: number): number {
    let at = Math.min(index, this.lastIndex)
    while (at > this.#baseIndex && (this.term(at) as number) > term) at--
    return at
  }

  #push(entry: Entry): void {
    this.#entries.push(entry)
    this.#bytes += entryBytes(entry)
  }
}
