import {
  defineFields,
  durationNanoseconds,
  durationText,
  flag,
  integer,
  struct,
  text,
  textList,
  textListMap,
  type TypeOf,
} from './fields/field-table'

export type CheckStatus = 'passing' | 'warning' | 'critical'
/** The id of the check that follows gossip. */
export const SERF_HEALTH = 'serfHealth'
/** The id of the check that puts a whole node in maintenance. */
export const NODE_MAINTENANCE = '_node_maintenance'
/** The id, before the service's id, of the check that puts one service in maintenance. */
export const SERVICE_MAINTENANCE_PREFIX = '_service_maintenance:'

const kept = { omitEmpty: true }

/** How a check that is stored in the catalog is run by someone outside (external monitors). */
export const healthCheckDefinitionFields = defineFields('HealthCheckDefinition', {
  intervalMs: durationText('Interval', kept),
  outputMaxSize: integer('OutputMaxSize', kept),
  timeoutMs: durationText('Timeout', kept),
  deregisterCriticalServiceAfterMs: durationText('DeregisterCriticalServiceAfter', kept),
  http: text('HTTP', kept),
  tlsServerName: text('TLSServerName', kept),
  tlsSkipVerify: flag('TLSSkipVerify', kept),
  header: textListMap('Header', kept),
  method: text('Method', kept),
  body: text('Body', kept),
  disableRedirects: flag('DisableRedirects', kept),
  tcp: text('TCP', kept),
  tcpUseTls: flag('TCPUseTLS', kept),
  udp: text('UDP', kept),
  h2ping: text('H2PING', kept),
  osService: text('OSService', kept),
  h2pingUseTls: flag('H2PingUseTLS', kept),
  scriptArgs: textList('ScriptArgs', kept),
  dockerContainerId: text('DockerContainerID', kept),
  shell: text('Shell', kept),
  grpc: text('GRPC', kept),
  grpcUseTls: flag('GRPCUseTLS', kept),
  aliasNode: text('AliasNode', kept),
  aliasService: text('AliasService', kept),
  sessionName: text('SessionName', kept),
  ttlMs: durationNanoseconds('TTL', kept),
})
export interface HealthCheckDefinition extends TypeOf<typeof healthCheckDefinitionFields> {}

/** A check of a node or of a service instance, with its status. `interval` and `timeout` are Go durations as text. */
export const healthCheckFields = defineFields('HealthCheck', {
  node: text('Node'),
  checkId: text('CheckID'),
  name: text('Name'),
  status: text<CheckStatus>('Status'),
  notes: text('Notes'),
  output: text('Output'),
  serviceId: text('ServiceID'),
  serviceName: text('ServiceName'),
  serviceTags: textList('ServiceTags'),
  type: text('Type'),
  interval: text('Interval'),
  timeout: text('Timeout'),
  exposedPort: integer('ExposedPort'),
  peerName: text('PeerName', kept),
  definition: struct('Definition', healthCheckDefinitionFields),
  createIndex: integer('CreateIndex'),
  modifyIndex: integer('ModifyIndex'),
})
export interface HealthCheck extends TypeOf<typeof healthCheckFields> {}
