/** A table: rows in key order, further indexes kept in step, and the watches on each index. */
import { SortedMap, type CapturedMap } from './sorted-map'
import { Watches, type WatchSet, type WatchTarget } from './watch-set'

/** Where rows are found by another value: the keys of a row, without its primary key, which is added. */
export interface IndexDefinition<Row> {
  readonly keysOf: (row: Row) => string | readonly string[] | undefined
}

export interface TableDefinition<Row, Name extends string> {
  readonly name: string
  /** Unique; rows are listed in its order. */
  readonly keyOf: (row: Row) => string
  readonly indexes: Readonly<Record<Name, IndexDefinition<Row>>>
}

/** One index as a reader sees it. */
export class TableIndex<Row> {
  /** For the table only. */
  readonly map = new SortedMap<Row>()
  readonly watches = new Watches()

  get size(): number {
    return this.map.size
  }

  get(key: string): Row | undefined {
    return this.map.get(key)
  }

  first(prefix: string): Row | undefined {
    return this.map.first(prefix)
  }

  list(prefix: string): Row[] {
    return this.map.list(prefix)
  }

  scan(prefix: string, visit: (row: Row, key: string) => boolean | void): void {
    this.map.scan(prefix, visit)
  }

  watchKey(key: string): WatchTarget {
    return this.watches.key(key)
  }

  watchPrefix(prefix: string): WatchTarget {
    return this.watches.prefix(prefix)
  }
}

/** What a transaction and a snapshot need of a table, whatever its rows are. */
export interface AnyTable {
  readonly name: string
  replace(key: string, before: unknown, after: unknown): void
  notify(key: string, before: unknown, after: unknown, into: Set<WatchSet>): void
  abandon(into: Set<WatchSet>): void
  capture(): CapturedMap<unknown>
  clear(): void
}

export class Table<Row extends object, Name extends string = never> implements AnyTable {
  readonly name: string
  readonly rows = new TableIndex<Row>()
  readonly by: Readonly<Record<Name, TableIndex<Row>>>
  readonly #keyOf: (row: Row) => string
  readonly #secondary: readonly { index: TableIndex<Row>; keysOf: IndexDefinition<Row>['keysOf'] }[]

  constructor(definition: TableDefinition<Row, Name>) {
    this.name = definition.name
    this.#keyOf = definition.keyOf
    const entries = Object.entries(definition.indexes) as [Name, IndexDefinition<Row>][]
    this.#secondary = entries.map(([, { keysOf }]) => ({ index: new TableIndex<Row>(), keysOf }))
    this.by = Object.fromEntries(entries.map(([name], i) => [name, this.#secondary[i]?.index])) as Record<
      Name,
      TableIndex<Row>
    >
  }

  keyOf(row: Row): string {
    return this.#keyOf(row)
  }

  get(key: string): Row | undefined {
    return this.rows.map.get(key)
  }

  /** Puts `after` (or nothing) where `before` (or nothing) is, in all indexes. Reversible by exchanging the two. */
  replace(key: string, before: Row | undefined, after: Row | undefined): void {
    if (after === undefined) this.rows.map.delete(key)
    else this.rows.map.set(key, after)
    for (const { index, keysOf } of this.#secondary) {
      const old = before === undefined ? undefined : keysOf(before)
      const now = after === undefined ? undefined : keysOf(after)
      if (typeof old === 'string' && old === now) {
        index.map.set(old + key, after as Row)
        continue
      }
      for (const value of listOf(old)) index.map.delete(value + key)
      if (after !== undefined) for (const value of listOf(now)) index.map.set(value + key, after)
    }
  }

  notify(key: string, before: Row | undefined, after: Row | undefined, into: Set<WatchSet>): void {
    this.rows.watches.version++
    if (!this.rows.watches.isIdle) this.rows.watches.collect(key, into)
    for (const { index, keysOf } of this.#secondary) {
      index.watches.version++
      if (index.watches.isIdle) continue
      if (before !== undefined) for (const value of listOf(keysOf(before))) index.watches.collect(value + key, into)
      if (after !== undefined) for (const value of listOf(keysOf(after))) index.watches.collect(value + key, into)
    }
  }

  abandon(into: Set<WatchSet>): void {
    for (const index of [this.rows, ...this.#secondary.map(({ index }) => index)]) {
      index.watches.version++
      index.watches.collectAll(into)
    }
  }

  /** Rows in key order, unaffected by later writes. Secondary indexes are rebuilt on restore. */
  capture(): CapturedMap<Row> {
    return this.rows.map.capture()
  }

  clear(): void {
    this.rows.map.clear()
    for (const { index } of this.#secondary) index.map.clear()
  }
}

const NONE: readonly string[] = []

function listOf(keys: string | readonly string[] | undefined): readonly string[] {
  if (keys === undefined) return NONE
  return typeof keys === 'string' ? [keys] : keys
}
