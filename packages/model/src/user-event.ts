import { bytes, defineFields, integer, text, type TypeOf } from './fields/field-table'

/** A user event; the filters are regular expressions. */
export const userEventFields = defineFields('UserEvent', {
  id: text('ID'),
  name: text('Name'),
  payload: bytes('Payload'),
  nodeFilter: text('NodeFilter'),
  serviceFilter: text('ServiceFilter'),
  tagFilter: text('TagFilter'),
  version: integer('Version'),
  lTime: integer('LTime'),
})
export interface UserEvent extends TypeOf<typeof userEventFields> {}
