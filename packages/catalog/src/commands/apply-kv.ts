import type { KvEntry, KvVerb } from '@sd/model'
import { RefusedError } from '../errors'
import type { Change } from './change'
import { deleteKey, deleteKeyCas, deletePrefix, lockEntry, setEntry, setEntryCas, unlockEntry } from './kv-changes'

/** Returns whether a conditional verb had its way; undefined for the verbs that always have. */
export function applyKv(change: Change, verb: KvVerb, entry: KvEntry): boolean | undefined {
  switch (verb) {
    case 'set':
      setEntry(change, entry)
      return undefined
    case 'delete':
      deleteKey(change, entry.key)
      return undefined
    case 'delete-tree':
      deletePrefix(change, entry.key)
      return undefined
    case 'delete-cas':
      return deleteKeyCas(change, entry.key, entry.modifyIndex)
    case 'cas':
      return setEntryCas(change, entry) !== undefined
    case 'lock':
      return lockEntry(change, entry) !== undefined
    case 'unlock':
      return unlockEntry(change, entry) !== undefined
    default:
      throw new RefusedError('CATALOG_INVALID_COMMAND', `Invalid KVS operation '${verb as string}'`)
  }
}
