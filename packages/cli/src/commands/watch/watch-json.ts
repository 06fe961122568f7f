/** What watches print: the shape of Consul's Go client, which differs from the server's in order and in some members. */
import type { CheckServiceNode, HealthCheck, KvEntry, Node, NodeService, UserEvent } from '@sd/model'
import { sortedKeys } from '@sd/model'
import { formatDuration } from '@sd/runtime'
import type { Printable } from '../../go-json'

type Json = { readonly [name: string]: Printable | undefined }

const orUndefined = (text: string) => text || undefined
const base64 = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('base64'))
const textMap = (map: Readonly<Record<string, string>> | null): Printable =>
  map && Object.fromEntries(sortedKeys(map).map((key) => [key, map[key] as string]))

export const kvEntryJson = (entry: KvEntry): Json => ({
  Key: entry.key,
  CreateIndex: entry.createIndex,
  ModifyIndex: entry.modifyIndex,
  LockIndex: entry.lockIndex,
  Flags: entry.flags,
  Value: base64(entry.value),
  Session: entry.session,
})

export const servicesJson = (services: Readonly<Record<string, readonly string[]>>): Json =>
  Object.fromEntries(sortedKeys(services).map((name) => [name, services[name] as readonly string[]]))

export const nodeJson = (node: Node): Json => ({
  ID: node.id,
  Node: node.node,
  Address: node.address,
  Datacenter: node.datacenter,
  TaggedAddresses: textMap(node.taggedAddresses),
  Meta: textMap(node.meta),
  CreateIndex: node.createIndex,
  ModifyIndex: node.modifyIndex,
  Partition: orUndefined(node.partition),
  PeerName: orUndefined(node.peerName),
})

export const checkJson = (check: HealthCheck): Json => {
  const { definition } = check
  return {
    Node: check.node,
    CheckID: check.checkId,
    Name: check.name,
    Status: check.status,
    Notes: check.notes,
    Output: check.output,
    ServiceID: check.serviceId,
    ServiceName: check.serviceName,
    ServiceTags: check.serviceTags,
    Type: check.type,
    ExposedPort: check.exposedPort,
    PeerName: orUndefined(check.peerName),
    Definition: {
      Interval: formatDuration(definition.intervalMs),
      Timeout: formatDuration(definition.timeoutMs),
      DeregisterCriticalServiceAfter: formatDuration(definition.deregisterCriticalServiceAfterMs),
      HTTP: definition.http,
      Header: definition.header && Object.fromEntries(Object.entries(definition.header)),
      Method: definition.method,
      Body: definition.body,
      TLSServerName: definition.tlsServerName,
      TLSSkipVerify: definition.tlsSkipVerify,
      TCP: definition.tcp,
      TCPUseTLS: definition.tcpUseTls,
      UDP: definition.udp,
      GRPC: definition.grpc,
      OSService: definition.osService,
      GRPCUseTLS: definition.grpcUseTls,
      SessionName: orUndefined(definition.sessionName),
    },
    CreateIndex: check.createIndex,
    ModifyIndex: check.modifyIndex,
  }
}

const serviceJson = (service: NodeService): Json => ({
  Kind: orUndefined(service.kind),
  ID: service.id,
  Service: service.service,
  Tags: service.tags,
  Meta: textMap(service.meta),
  Port: service.port,
  Ports: service.ports?.length
    ? service.ports.map(({ name, port, default: isDefault }) => ({ Name: name, Port: port, Default: isDefault }))
    : undefined,
  Address: service.address,
  SocketPath: orUndefined(service.socketPath),
  TaggedAddresses: service.taggedAddresses
    ? Object.fromEntries(
        sortedKeys(service.taggedAddresses).map((name) => {
          const tagged = service.taggedAddresses?.[name]
          return [name, { Address: tagged?.address ?? '', Port: tagged?.port ?? 0 }]
        }),
      )
    : undefined,
  Weights: { Passing: service.weights?.passing ?? 0, Warning: service.weights?.warning ?? 0 },
  EnableTagOverride: service.enableTagOverride,
  CreateIndex: service.createIndex || undefined,
  ModifyIndex: service.modifyIndex || undefined,
  Proxy: withoutEmptyMode(service.proxy as Printable),
  Connect: service.connect as Printable,
  PeerName: orUndefined(service.peerName),
})

/** Go's client leaves an empty mode out, which the server shows. */
function withoutEmptyMode(proxy: Printable): Printable {
  if (typeof proxy !== 'object' || proxy === null || Array.isArray(proxy)) return proxy
  const { Mode, ...rest } = proxy as Json
  return Mode === '' ? (rest as Printable) : proxy
}

export const serviceEntryJson = (entry: CheckServiceNode): Json => ({
  Node: entry.node && nodeJson(entry.node),
  Service: entry.service && serviceJson(entry.service),
  Checks: (entry.checks ?? []).map(checkJson),
})

export const eventJson = (event: UserEvent): Json => ({
  ID: event.id,
  Name: event.name,
  Payload: base64(event.payload),
  NodeFilter: event.nodeFilter,
  ServiceFilter: event.serviceFilter,
  TagFilter: event.tagFilter,
  Version: event.version,
  LTime: event.lTime,
})
