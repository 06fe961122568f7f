/** All or nothing: writes go to the tables at once, and a log of what was there takes them back. */
import type { AnyTable, Table } from './table'
import type { WatchSet } from './watch-set'

interface Change {
  readonly table: AnyTable
  readonly key: string
  readonly before: unknown
  readonly after: unknown
}

/** One write transaction at a raft index. Readers see its writes before the commit; nothing runs in between. */
export class Transaction {
  readonly index: number
  #changes: Change[] = []

  constructor(index: number) {
    this.index = index
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0
  }

  put<Row extends object>(table: Table<Row, string>, row: Row): void {
    const key = table.keyOf(row)
    const before = table.get(key)
    table.replace(key, before, row)
    this.#changes.push({ table, key, before, after: row })
  }

  /** Deletes the row with this key; returns what was there. */
  delete<Row extends object>(table: Table<Row, string>, key: string): Row | undefined {
    const before = table.get(key)
    if (before === undefined) return undefined
    table.replace(key, before, undefined)
    this.#changes.push({ table, key, before, after: undefined })
    return before
  }

  /** Keeps the writes and adds the watch sets that they concern. */
  commit(woken: Set<WatchSet>): void {
    for (const { table, key, before, after } of this.#changes) table.notify(key, before, after, woken)
    this.#changes = []
  }

  /** Takes the writes back, last first. */
  abort(): void {
    for (let at = this.#changes.length - 1; at >= 0; at--) {
      const { table, key, before, after } = this.#changes[at] as Change
      table.replace(key, after, before)
    }
    this.#changes = []
  }
}
