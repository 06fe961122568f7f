/** One command at work: its transaction, the tables, and what the leader must be told afterwards. */
import type { Transaction } from '../store/transaction'
import type { CatalogTables } from '../tables/catalog-tables'
import { maxIndex, raiseIndex } from '../tables/indexes'

/** A lock that a lost session gave up: nobody may take it for `delayMs`. Lock delay needs a clock, so the server keeps it. */
export interface ReleasedLock {
  readonly key: string
  readonly delayMs: number
}

/** What a command did that lives outside the tables. Reported on every server, whoever proposed the command. */
export interface CatalogEffects {
  readonly index: number
  readonly releasedLocks: readonly ReleasedLock[]
  readonly createdSessions: readonly string[]
  readonly endedSessions: readonly string[]
  /** True when a tombstone was made, which the leader has to reap in time. */
  readonly madeTombstone: boolean
}

export class Change {
  readonly releasedLocks: ReleasedLock[] = []
  readonly createdSessions: string[] = []
  readonly endedSessions: string[] = []
  madeTombstone = false

  constructor(
    readonly tables: CatalogTables,
    readonly tx: Transaction,
  ) {}

  /** The raft index of this command. */
  get index(): number {
    return this.tx.index
  }

  raise(key: string): void {
    raiseIndex(this.tables.indexes, this.tx, key)
  }

  indexOf(...keys: string[]): number {
    return maxIndex(this.tables.indexes, ...keys)
  }

  get hasEffects(): boolean {
    return this.madeTombstone || this.releasedLocks.length + this.createdSessions.length + this.endedSessions.length > 0
  }

  effects(): CatalogEffects {
    const { index, releasedLocks, createdSessions, endedSessions, madeTombstone } = this
    return { index, releasedLocks, createdSessions, endedSessions, madeTombstone }
  }
}
