import {
  defineFields,
  durationNanoseconds,
  integer,
  structList,
  text,
  textList,
  type TypeOf,
} from './fields/field-table'

/** What happens to a session's locks when it ends. */
export type SessionBehavior = 'release' | 'delete'

export const sessionServiceCheckFields = defineFields('ServiceCheck', { id: text('ID'), namespace: text('Namespace') })
export interface SessionServiceCheck extends TypeOf<typeof sessionServiceCheckFields> {}

/** A session; `ttl` is a Go duration as text, empty when it never expires by time. */
export const sessionFields = defineFields('Session', {
  id: text('ID'),
  name: text('Name'),
  node: text('Node'),
  lockDelayMs: durationNanoseconds('LockDelay'),
  behavior: text<SessionBehavior>('Behavior'),
  ttl: text('TTL'),
  nodeChecks: textList('NodeChecks'),
  serviceChecks: structList('ServiceChecks', () => sessionServiceCheckFields),
  checks: textList('Checks', { omitEmpty: true }),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface Session extends TypeOf<typeof sessionFields> {}
