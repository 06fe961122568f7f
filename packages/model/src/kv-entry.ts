import { bytes, defineFields, integer, text, unsigned64, type TypeOf } from './fields/field-table'

/** A key of the KV store. `session` holds the lock while it is not empty; `lockIndex` counts its acquisitions. */
export const kvEntryFields = defineFields('DirEntry', {
  lockIndex: integer('LockIndex'),
  key: text('Key'),
  flags: unsigned64('Flags'),
  value: bytes('Value'),
  session: text('Session', { omitEmpty: true }),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface KvEntry extends TypeOf<typeof kvEntryFields> {}

/** Verbs of a KV write or of a KV operation in a transaction. A verb's position is its byte in logs: only ever add at the end. */
export const KV_VERBS = [
  'set',
  'cas',
  'lock',
  'unlock',
  'delete',
  'delete-cas',
  'delete-tree',
  'get',
  'get-or-empty',
  'get-tree',
  'check-index',
  'check-session',
  'check-not-exists',
] as const
export type KvVerb = (typeof KV_VERBS)[number]
