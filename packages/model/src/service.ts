import { goQuote } from '@sd/runtime'
import { checkDefinitionFields } from './check-definition'
import {
  defineFields,
  flag,
  integer,
  json,
  structList,
  structMap,
  structPointer,
  text,
  textList,
  textMap,
  type TypeOf,
} from './fields/field-table'

/** Kinds of service; the empty kind is an ordinary service, the others belong to the mesh. */
export type ServiceKind =
  '' | 'connect-proxy' | 'mesh-gateway' | 'terminating-gateway' | 'ingress-gateway' | 'api-gateway'

export const serviceAddressFields = defineFields('ServiceAddress', { address: text('Address'), port: integer('Port') })
export interface ServiceAddress extends TypeOf<typeof serviceAddressFields> {}

/** Weights of an instance in SRV answers, while passing and while warning. */
export const weightsFields = defineFields('Weights', { passing: integer('Passing'), warning: integer('Warning') })
export interface Weights extends TypeOf<typeof weightsFields> {}

export const servicePortFields = defineFields('ServicePort', {
  name: text('Name'),
  port: integer('Port'),
  default: flag('Default'),
})
export interface ServicePort extends TypeOf<typeof servicePortFields> {}

/** What is wrong with the named ports of a service, in Consul's words. No ports at all are no fault. */
export function servicePortsFault(ports: readonly ServicePort[] | null): string | undefined {
  if (ports === null || ports.length === 0) return undefined
  const names = new Set<string>()
  let hasDefault = false
  for (const { name, port, default: isDefault } of ports) {
    if (name.trim() === '') return 'Ports.Name cannot be empty'
    if (port <= 0) return 'Ports.Port must be greater than zero'
    if (names.has(name)) return `Ports.Name ${goQuote(name)} has to be unique`
    names.add(name)
    if (hasDefault && isDefault) return 'Only one port can be marked as default'
    hasDefault ||= isDefault
  }
  return hasDefault ? undefined : 'One of the Ports must be marked as Default'
}

/** What Consul shows of a service that is no proxy. */
const NO_PROXY = { Mode: '', MeshGateway: {}, Expose: {} }

/** An instance of a service on a node. */
export const nodeServiceFields = defineFields('NodeService', {
  kind: text<ServiceKind>('Kind', { omitEmpty: true }),
  id: text('ID'),
  service: text('Service'),
  tags: textList('Tags'),
  address: text('Address'),
  taggedAddresses: structMap('TaggedAddresses', () => serviceAddressFields, { omitEmpty: true }),
  meta: textMap('Meta'),
  port: integer('Port', { omitEmpty: true }),
  ports: structList('Ports', () => servicePortFields, { omitEmpty: true }),
  socketPath: text('SocketPath', { omitEmpty: true }),
  weights: structPointer('Weights', () => weightsFields),
  enableTagOverride: flag('EnableTagOverride'),
  locality: json('Locality', null, { omitEmpty: true }),
  proxy: json('Proxy', NO_PROXY),
  connect: json('Connect', {}),
  peerName: text('PeerName'),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface NodeService extends TypeOf<typeof nodeServiceFields> {}

/** A service instance joined with its node, as `/v1/catalog/service/NAME` lists it. */
export const serviceNodeFields = defineFields('ServiceNode', {
  id: text('ID'),
  node: text('Node'),
  address: text('Address'),
  datacenter: text('Datacenter'),
  taggedAddresses: textMap('TaggedAddresses'),
  nodeMeta: textMap('NodeMeta'),
  serviceKind: text<ServiceKind>('ServiceKind'),
  serviceId: text('ServiceID'),
  serviceName: text('ServiceName'),
  serviceTags: textList('ServiceTags'),
  serviceAddress: text('ServiceAddress'),
  serviceTaggedAddresses: structMap('ServiceTaggedAddresses', () => serviceAddressFields, { omitEmpty: true }),
  serviceWeights: structPointer('ServiceWeights', () => weightsFields),
  serviceMeta: textMap('ServiceMeta'),
  servicePort: integer('ServicePort'),
  servicePorts: structList('ServicePorts', () => servicePortFields),
  serviceSocketPath: text('ServiceSocketPath'),
  serviceEnableTagOverride: flag('ServiceEnableTagOverride'),
  serviceProxy: json('ServiceProxy', NO_PROXY),
  serviceConnect: json('ServiceConnect', {}),
  serviceLocality: json('ServiceLocality', null),
  peerName: text('PeerName', { omitEmpty: true }),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface ServiceNode extends TypeOf<typeof serviceNodeFields> {}

/** What a user registers with an agent, by API or by file. */
export const serviceDefinitionFields = defineFields('ServiceDefinition', {
  kind: text<ServiceKind>('Kind', { omitEmpty: true }),
  id: text('ID'),
  name: text('Name'),
  tags: textList('Tags'),
  address: text('Address'),
  taggedAddresses: structMap('TaggedAddresses', () => serviceAddressFields, { aliases: ['tagged_addresses'] }),
  meta: textMap('Meta'),
  port: integer('Port'),
  ports: structList('Ports', () => servicePortFields),
  socketPath: text('SocketPath'),
  check: structPointer('Check', () => checkDefinitionFields),
  checks: structList('Checks', () => checkDefinitionFields),
  weights: structPointer('Weights', () => weightsFields),
  token: text('Token'),
  enableTagOverride: flag('EnableTagOverride', { aliases: ['enable_tag_override'] }),
  locality: json('Locality', null),
  proxy: json('Proxy', null),
  connect: json('Connect', null),
})
export interface ServiceDefinition extends TypeOf<typeof serviceDefinitionFields> {}

/** A service as the agent that owns it shows it (`/v1/agent/services`). */
export const agentServiceFields = defineFields('AgentService', {
  kind: text<ServiceKind>('Kind', { omitEmpty: true }),
  id: text('ID'),
  service: text('Service'),
  tags: textList('Tags'),
  meta: textMap('Meta'),
  port: integer('Port'),
  ports: structList('Ports', () => servicePortFields, { omitEmpty: true }),
  address: text('Address'),
  socketPath: text('SocketPath', { omitEmpty: true }),
  taggedAddresses: structMap('TaggedAddresses', () => serviceAddressFields, { omitEmpty: true }),
  weights: structPointer('Weights', () => weightsFields),
  enableTagOverride: flag('EnableTagOverride'),
  createIndex: integer('CreateIndex', { omitEmpty: true }),
  modifyIndex: integer('ModifyIndex', { omitEmpty: true }),
  contentHash: text('ContentHash', { omitEmpty: true }),
  proxy: json('Proxy', null, { omitEmpty: true }),
  connect: json('Connect', null, { omitEmpty: true }),
  peerName: text('PeerName', { omitEmpty: true }),
  namespace: text('Namespace', { omitEmpty: true }),
  partition: text('Partition', { omitEmpty: true }),
  datacenter: text('Datacenter', { omitEmpty: true }),
  locality: json('Locality', null, { omitEmpty: true }),
})
export interface AgentService extends TypeOf<typeof agentServiceFields> {}
