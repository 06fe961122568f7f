/** What a filter may select in each kind of answer, derived from the model's field tables. */
import {
  agentServiceFields,
  type Field,
  type FieldTable,
  healthCheckFields,
  nodeFields,
  nodeServiceFields,
  serviceNodeFields,
} from '@sd/model'

export type Primitive = 'string' | 'integer' | 'unsigned' | 'float' | 'boolean'

/** The type of one selectable value, and how to reach its parts. */
export type Selectable =
  | { readonly kind: 'primitive'; readonly type: Primitive }
  | { readonly kind: 'list'; readonly of: Selectable }
  | { readonly kind: 'map'; readonly of: Selectable }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, { readonly key: string; readonly of: Selectable }> }

/** How to select in values of one type. */
export type Selectors = Extract<Selectable, { kind: 'struct' }>

const primitive = (type: Primitive): Selectable => ({ kind: 'primitive', type })
const TEXT = primitive('string')
const list = (of: Selectable): Selectable => ({ kind: 'list', of })
const map = (of: Selectable): Selectable => ({ kind: 'map', of })

/** A struct of raw JSON, whose keys are the selectors. */
const raw = (fields: Readonly<Record<string, Selectable>>): Selectors => ({
  kind: 'struct',
  fields: new Map(Object.entries(fields).map(([name, of]) => [name, { key: name, of }])),
})

const INTEGER = primitive('integer')
const BOOLEAN = primitive('boolean')
const meshGateway = raw({ Mode: TEXT })

/** A proxy's settings (Go `ConnectProxyConfig`): stored as raw JSON, selectable as Consul has them. */
const proxy = raw({
  DestinationServiceName: TEXT,
  DestinationServiceID: TEXT,
  LocalServiceAddress: TEXT,
  LocalServicePort: INTEGER,
  LocalServiceSocketPath: TEXT,
  Mode: TEXT,
  EnvoyExtensions: list(raw({ Name: TEXT, Required: BOOLEAN, ConsulVersion: TEXT, EnvoyVersion: TEXT })),
  Upstreams: list(
    raw({
      DestinationType: TEXT,
      DestinationNamespace: TEXT,
      DestinationPartition: TEXT,
      DestinationPeer: TEXT,
      DestinationName: TEXT,
      Datacenter: TEXT,
      LocalBindAddress: TEXT,
      LocalBindPort: INTEGER,
      LocalBindSocketPath: TEXT,
      LocalBindSocketMode: TEXT,
      MeshGateway: meshGateway,
    }),
  ),
  MeshGateway: meshGateway,
  Expose: raw({
    Checks: BOOLEAN,
    Paths: list(
      raw({ ListenerPort: INTEGER, Path: TEXT, LocalPathPort: INTEGER, Protocol: TEXT, ParsedFromCheck: BOOLEAN }),
    ),
  }),
  TransparentProxy: raw({ OutboundListenerPort: INTEGER, DialedDirectly: BOOLEAN }),
  AccessLogs: raw({
    Enabled: BOOLEAN,
    DisableListenerLogs: BOOLEAN,
    Type: TEXT,
    Path: TEXT,
    JSONFormat: TEXT,
    TextFormat: TEXT,
  }),
})

/** Raw JSON that is selectable, by Go field name. */
const RAW: Readonly<Record<string, Selectable>> = {
  Proxy: proxy,
  ServiceProxy: proxy,
  Connect: raw({ Native: BOOLEAN }),
  ServiceConnect: raw({ Native: BOOLEAN }),
}

/** Fields that Consul hides from filters (`bexpr:"-"`). */
const HIDDEN = new Set([
  'CreateIndex',
  'ModifyIndex',
  'Locality',
  'ServiceLocality',
  'Ports',
  'ServicePorts',
  'Definition',
])

/** The selectors of a model type: its Go field names, without `hidden`. */
export function selectorsOf<T extends object>(table: FieldTable<T>, hidden: ReadonlySet<string> = HIDDEN): Selectors {
  const fields = new Map<string, { key: string; of: Selectable }>()
  for (const { key, field } of table.fields) {
    const of = hidden.has(field.wire) ? undefined : selectableOf(field, hidden)
    if (of !== undefined) fields.set(field.wire, { key, of })
  }
  return { kind: 'struct', fields }
}

function selectableOf(field: Field<unknown>, hidden: ReadonlySet<string>): Selectable | undefined {
  const inner = (): Selectors => selectorsOf((field.table as () => FieldTable<object>)(), hidden)
  switch (field.kind) {
    case 'string':
      return TEXT
    case 'integer':
    case 'durationNanoseconds':
    case 'durationText':
      return INTEGER
    case 'unsigned64':
      return primitive('unsigned')
    case 'number':
      return primitive('float')
    case 'boolean':
      return BOOLEAN
    case 'stringList':
      return list(TEXT)
    case 'stringMap':
      return map(TEXT)
    case 'stringListMap':
      return map(list(TEXT))
    case 'struct':
    case 'structPointer':
      return inner()
    case 'structList':
      return list(inner())
    case 'structMap':
      return map(inner())
    case 'json':
      return RAW[field.wire]
    case 'bytes':
      return undefined
  }
}

const struct = (fields: Readonly<Record<string, readonly [key: string, of: Selectable]>>): Selectors => ({
  kind: 'struct',
  fields: new Map(Object.entries(fields).map(([name, [key, of]]) => [name, { key, of }])),
})

export const nodeSelectors = selectorsOf(nodeFields)
export const nodeServiceSelectors = selectorsOf(nodeServiceFields)
export const serviceNodeSelectors = selectorsOf(serviceNodeFields)
export const healthCheckSelectors = selectorsOf(healthCheckFields)
/** An agent's own services, where Consul hides other fields. */
export const agentServiceSelectors = selectorsOf(
  agentServiceFields,
  new Set(['Ports', 'CreateIndex', 'ModifyIndex', 'ContentHash', 'Namespace', 'Partition', 'Datacenter', 'Locality']),
)
export const checkServiceNodeSelectors = struct({
  Node: ['node', nodeSelectors],
  Service: ['service', nodeServiceSelectors],
  Checks: ['checks', list(healthCheckSelectors)],
})
/** A node with all that is on it, for the web interface. */
export const nodeInfoSelectors = struct({
  ID: ['id', TEXT],
  Node: ['node', TEXT],
  Partition: ['partition', TEXT],
  PeerName: ['peerName', TEXT],
  Address: ['address', TEXT],
  TaggedAddresses: ['taggedAddresses', map(TEXT)],
  Meta: ['meta', map(TEXT)],
  Services: ['services', list(nodeServiceSelectors)],
  Checks: ['checks', list(healthCheckSelectors)],
})
