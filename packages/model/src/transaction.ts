import { healthCheckFields } from './check'
import { defineFields, integer, struct, structPointer, text, type TypeOf } from './fields/field-table'
import { kvEntryFields, type KvVerb } from './kv-entry'
import { nodeFields } from './node'
import { nodeServiceFields } from './service'
import { sessionFields } from './session'

/** Verbs of node, service and check operations. */
export type CatalogVerb = 'get' | 'set' | 'cas' | 'delete' | 'delete-cas'

export const txnKvOpFields = defineFields('TxnKVOp', {
  verb: text<KvVerb>('Verb'),
  entry: struct('DirEnt', kvEntryFields),
})
export const txnNodeOpFields = defineFields('TxnNodeOp', {
  verb: text<CatalogVerb>('Verb'),
  node: struct('Node', nodeFields),
})
export const txnServiceOpFields = defineFields('TxnServiceOp', {
  verb: text<CatalogVerb>('Verb'),
  node: text('Node'),
  service: struct('Service', nodeServiceFields),
})
export const txnCheckOpFields = defineFields('TxnCheckOp', {
  verb: text<CatalogVerb>('Verb'),
  check: struct('Check', healthCheckFields),
})
export const txnSessionOpFields = defineFields('TxnSessionOp', {
  verb: text<'delete'>('Verb'),
  session: struct('Session', sessionFields),
})

/** One operation of a transaction: exactly one member is set. */
export const txnOpFields = defineFields('TxnOp', {
  kv: structPointer('KV', () => txnKvOpFields),
  node: structPointer('Node', () => txnNodeOpFields),
  service: structPointer('Service', () => txnServiceOpFields),
  check: structPointer('Check', () => txnCheckOpFields),
  session: structPointer('Session', () => txnSessionOpFields),
})
export interface TxnOp extends TypeOf<typeof txnOpFields> {}

/** The outcome of one operation. */
export const txnResultFields = defineFields('TxnResult', {
  kv: structPointer('KV', () => kvEntryFields, { omitEmpty: true }),
  node: structPointer('Node', () => nodeFields, { omitEmpty: true }),
  service: structPointer('Service', () => nodeServiceFields, { omitEmpty: true }),
  check: structPointer('Check', () => healthCheckFields, { omitEmpty: true }),
})
export interface TxnResult extends TypeOf<typeof txnResultFields> {}

/** Why an operation was refused. */
export const txnErrorFields = defineFields('TxnError', { opIndex: integer('OpIndex'), what: text('What') })
export interface TxnError extends TypeOf<typeof txnErrorFields> {}
