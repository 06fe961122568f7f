import { defineFields, integer, text, textMap, type TypeOf } from './fields/field-table'

/** A node of the catalog. `taggedAddresses` has "lan", "wan" and their _ipv4/_ipv6 forms. */
export const nodeFields = defineFields('Node', {
  id: text('ID'),
  node: text('Node'),
  address: text('Address'),
  datacenter: text('Datacenter'),
  partition: text('Partition', { omitEmpty: true }),
  peerName: text('PeerName', { omitEmpty: true }),
  taggedAddresses: textMap('TaggedAddresses'),
  meta: textMap('Meta'),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface Node extends TypeOf<typeof nodeFields> {}
