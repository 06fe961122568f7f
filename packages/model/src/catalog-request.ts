import { healthCheckFields } from './check'
import { defineFields, flag, json, structList, structPointer, text, textMap, type TypeOf } from './fields/field-table'
import { nodeServiceFields } from './service'

/** Puts a node, and optionally a service and checks on it, into the catalog. */
export const registerRequestFields = defineFields('RegisterRequest', {
  datacenter: text('Datacenter'),
  id: text('ID'),
  node: text('Node'),
  address: text('Address'),
  taggedAddresses: textMap('TaggedAddresses'),
  nodeMeta: textMap('NodeMeta'),
  service: structPointer('Service', () => nodeServiceFields),
  check: structPointer('Check', () => healthCheckFields),
  checks: structList('Checks', () => healthCheckFields),
  locality: json('Locality', null),
  skipNodeUpdate: flag('SkipNodeUpdate'),
  peerName: text('PeerName'),
})
export interface RegisterRequest extends TypeOf<typeof registerRequestFields> {}

/** Removes a check, a service or, when neither is named, a whole node. */
export const deregisterRequestFields = defineFields('DeregisterRequest', {
  datacenter: text('Datacenter'),
  node: text('Node'),
  serviceId: text('ServiceID'),
  checkId: text('CheckID'),
  peerName: text('PeerName'),
})
export interface DeregisterRequest extends TypeOf<typeof deregisterRequestFields> {}
