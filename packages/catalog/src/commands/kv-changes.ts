/** Writes of the KV store. Each function keeps Consul's rules for `createIndex`, `modifyIndex`, `lockIndex` and session. */
import { goQuote } from '@sd/runtime'
import type { KvEntry } from '@sd/model'
import { RefusedError } from '../errors'
import { bytesEqual } from '../store/deep-equal'
import { keyOrder, part } from '../store/key-order'
import type { Change } from './change'

export const entryOf = (change: Change, key: string): KvEntry | undefined => change.tables.kv.get(keyOrder(key))

/**
 * Sets a key; returns it as stored. The lock stays as it is unless `takesSession`.
 * An equal entry is not written again, so its index stays.
 */
export function setEntry(change: Change, wanted: KvEntry, takesSession = false): KvEntry {
  const { index, tables, tx } = change
  const existing = entryOf(change, wanted.key)
  const session = takesSession ? wanted.session : (existing?.session ?? '')
  if (existing !== undefined && sameEntry(existing, wanted, session)) return existing
  const entry: KvEntry = {
    lockIndex: wanted.lockIndex,
    key: wanted.key,
    flags: wanted.flags,
    value: wanted.value,
    session,
    createIndex: existing?.createIndex ?? index,
    modifyIndex: index,
  }
  tx.put(tables.kv, entry)
  change.raise('kvs')
  return entry
}

const sameEntry = (existing: KvEntry, wanted: KvEntry, session: string): boolean =>
  existing.lockIndex === wanted.lockIndex &&
  existing.flags === wanted.flags &&
  existing.session === session &&
  bytesEqual(existing.value, wanted.value)

/** Sets the key only when its index is still `wanted.modifyIndex` (0: only when there is none). */
export function setEntryCas(change: Change, wanted: KvEntry): KvEntry | undefined {
  if ((entryOf(change, wanted.key)?.modifyIndex ?? 0) !== wanted.modifyIndex) return undefined
  return setEntry(change, wanted)
}

export function deleteKey(change: Change, key: string): void {
  const { tables, tx } = change
  if (entryOf(change, key) === undefined) return
  bury(change, key)
  tx.delete(tables.kv, keyOrder(key))
  change.raise('kvs')
}

function bury(change: Change, key: string): void {
  change.tx.put(change.tables.tombstones, { key, index: change.index })
  change.raise('tombstones')
  change.madeTombstone = true
}

/** True when the key was deleted, or was not there. */
export function deleteKeyCas(change: Change, key: string, modifyIndex: number): boolean {
  const existing = entryOf(change, key)
  if (existing === undefined || existing.modifyIndex !== modifyIndex) return existing === undefined
  deleteKey(change, key)
  return true
}

/** Deletes all keys with a prefix; one tombstone stands for them. */
export function deletePrefix(change: Change, prefix: string): void {
  const { tables, tx } = change
  const entries = tables.kv.rows.list(keyOrder(prefix))
  if (entries.length === 0) return
  for (const entry of entries) tx.delete(tables.kv, keyOrder(entry.key))
  // Without a prefix the index of the whole table tells of the deletion.
  if (prefix !== '') bury(change, prefix)
  change.raise('kvs')
}

/** Takes the lock and sets the key; undefined when another session holds it. */
export function lockEntry(change: Change, wanted: KvEntry): KvEntry | undefined {
  requireSession(wanted)
  if (change.tables.sessions.get(part(wanted.session)) === undefined) {
    throw new RefusedError('CATALOG_INVALID_SESSION', `invalid session ${goQuote(wanted.session)}`)
  }
  const existing = entryOf(change, wanted.key)
  if (existing === undefined) return setEntry(change, { ...wanted, lockIndex: 1 }, true)
  if (existing.session === wanted.session) return setEntry(change, { ...wanted, lockIndex: existing.lockIndex }, true)
  if (existing.session !== '') return undefined
  return setEntry(change, { ...wanted, lockIndex: existing.lockIndex + 1 }, true)
}

/** Gives the lock back and sets the key; undefined when this session does not hold it. */
export function unlockEntry(change: Change, wanted: KvEntry): KvEntry | undefined {
  requireSession(wanted)
  const existing = entryOf(change, wanted.key)
  if (existing === undefined || existing.session !== wanted.session) return undefined
  return setEntry(change, { ...wanted, session: '', lockIndex: existing.lockIndex }, true)
}

function requireSession(wanted: KvEntry): void {
  if (wanted.session === '') throw new RefusedError('CATALOG_INVALID_SESSION', 'missing session')
}

/** Forgets tombstones up to an index. Their table's index stays. */
export function reapTombstones(change: Change, upTo: number): void {
  const { tombstones } = change.tables
  for (const stone of tombstones.rows.list('')) {
    if (stone.index <= upTo) change.tx.delete(tombstones, keyOrder(stone.key))
  }
}
