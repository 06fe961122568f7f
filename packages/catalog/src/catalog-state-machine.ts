/** The catalog as raft drives it: committed commands in, results out; snapshots and restore. Fits raft's `StateMachine`. */
import { applyCoordinates } from './commands/apply-coordinates'
import { applyDeregister } from './commands/apply-deregister'
import { applyKv } from './commands/apply-kv'
import { applyRegister } from './commands/apply-register'
import { applyTransaction } from './commands/apply-transaction'
import { createSession, deleteSession } from './commands/cascade'
import { type CatalogEffects, Change } from './commands/change'
import type { Command, CommandResult } from './commands/command'
import { decodeCommand } from './commands/command-codec'
import { reapTombstones } from './commands/kv-changes'
import { RefusedError } from './errors'
import { captureTables, SnapshotReader } from './snapshot-codec'
import { Transaction } from './store/transaction'
import type { WatchSet } from './store/watch-set'
import { CatalogTables } from './tables/catalog-tables'

export interface CatalogEntry {
  /** The raft index, which becomes the `modifyIndex` of what the command writes. */
  readonly index: number
  readonly term: number
  readonly data: Uint8Array
}

export interface CatalogSnapshot {
  /** The state at the moment of `snapshot()`. May be read while commands are applied, and more than once. */
  chunks(): AsyncIterable<Uint8Array>
}

export interface CatalogPorts {
  /** Told after each command that released locks, started or ended sessions, or made a tombstone; on every server. */
  readonly onEffects?: (effects: CatalogEffects) => void
}

const DONE: CommandResult = { kind: 'done' }
const IGNORED: CommandResult = { kind: 'ignored' }

/** The same commands in the same order give the same state, whatever the clock, the machine or the batches are. */
export class CatalogStateMachine {
  #tables = new CatalogTables()
  readonly #ports: CatalogPorts

  constructor(ports: CatalogPorts = {}) {
    this.#ports = ports
  }

  /** What queries read. A restore puts new tables in its place and wakes all watches, so ask for it each time. */
  get tables(): CatalogTables {
    return this.#tables
  }

  /**
   * Applies entries in order; one result each. A refused command is a result and leaves no trace.
   * Throws `CATALOG_UNREADABLE_COMMAND` when an entry cannot be read: the caller must stop, or replicas would differ.
   * Watches are called after the last entry.
   */
  apply(entries: readonly CatalogEntry[]): CommandResult[] {
    const woken = new Set<WatchSet>()
    const results: CommandResult[] = []
    try {
      for (const { index, data } of entries) {
        const command = decodeCommand(data)
        results.push(command === undefined ? IGNORED : this.#apply(index, command, woken))
      }
    } finally {
      for (const set of woken) set.fire('changed')
    }
    return results
  }

  /** Applies one command that is not encoded; for tests and for embedding without raft. */
  applyCommand(index: number, command: Command): CommandResult {
    const woken = new Set<WatchSet>()
    const result = this.#apply(index, command, woken)
    for (const set of woken) set.fire('changed')
    return result
  }

  #apply(index: number, command: Command, woken: Set<WatchSet>): CommandResult {
    const tx = new Transaction(index)
    const change = new Change(this.#tables, tx)
    let result: CommandResult
    try {
      result = run(change, command)
    } catch (error) {
      tx.abort()
      if (error instanceof RefusedError) return { kind: 'refused', code: error.code, message: error.message }
      throw error
    }
    if (result.kind === 'transaction' && result.errors.length > 0) {
      tx.abort()
      return result
    }
    tx.commit(woken)
    if (change.hasEffects) this.#ports.onEffects?.(change.effects())
    return result
  }

  /** Keeps the present state, at a cost that does not depend on its size. */
  snapshot(): CatalogSnapshot {
    const chunks = captureTables(this.#tables)
    return {
      chunks: () => ({
        [Symbol.asyncIterator]: () => {
          const iterator = chunks()
          return { next: () => Promise.resolve(iterator.next()), return: () => Promise.resolve(iterator.return()) }
        },
      }),
    }
  }

  /**
   * Replaces the state by that of a snapshot, or leaves it as it is and rejects with `CATALOG_UNREADABLE_SNAPSHOT`.
   * All watches are called with `abandoned`.
   */
  restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const reader = new SnapshotReader()
    const iterator = chunks[Symbol.asyncIterator]()
    const step = (): Promise<void> =>
      iterator.next().then((next) => {
        if (next.done === true) return this.#replace(reader.finish())
        reader.push(next.value)
        return step()
      })
    return step().catch((error: unknown) => {
      const leave = iterator.return?.() ?? Promise.resolve()
      return leave.then(
        () => Promise.reject(error as Error),
        () => Promise.reject(error as Error),
      )
    })
  }

  #replace(tables: CatalogTables): void {
    const woken = new Set<WatchSet>()
    for (const table of this.#tables.all) table.abandon(woken)
    this.#tables = tables
    for (const set of woken) set.fire('abandoned')
  }
}

function run(change: Change, command: Command): CommandResult {
  switch (command.type) {
    case 'kv': {
      const isApplied = applyKv(change, command.verb, command.entry)
      return isApplied === undefined ? DONE : { kind: 'conditional', isApplied }
    }
    case 'register':
      applyRegister(change, command.request)
      return DONE
    case 'deregister':
      applyDeregister(change, command.request)
      return DONE
    case 'sessionCreate':
      createSession(change, command.session)
      return { kind: 'sessionCreated', id: command.session.id }
    case 'sessionDestroy':
      deleteSession(change, command.id)
      return DONE
    case 'reapTombstones':
      reapTombstones(change, command.upTo)
      return DONE
    case 'coordinates':
      applyCoordinates(change, command.updates)
      return DONE
    case 'transaction':
      return { kind: 'transaction', ...applyTransaction(change, command.ops) }
  }
}
