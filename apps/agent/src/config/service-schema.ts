/** Services and checks as they are written in files. */
import {
  anyMap,
  blockList,
  blockMap,
  boolean,
  duration,
  type Fields,
  integer,
  nested,
  text,
  textList,
  textListMap,
  textMap,
  wholeBlock,
} from './field'

export const checkSchema = {
  id: text(),
  name: text(),
  notes: text(),
  service_id: text({ aliases: ['serviceid'] }),
  token: text({ secret: true }),
  status: text(),
  args: textList({ aliases: ['scriptargs'] }),
  http: text(),
  header: textListMap(),
  method: text(),
  body: text(),
  disable_redirects: boolean(),
  output_max_size: integer(),
  tcp: text(),
  tcp_use_tls: boolean(),
  udp: text(),
  interval: duration(),
  docker_container_id: text({ aliases: ['dockercontainerid'] }),
  shell: text(),
  grpc: text(),
  grpc_use_tls: boolean(),
  tls_server_name: text(),
  tls_skip_verify: boolean({ aliases: ['tlsskipverify'] }),
  alias_node: text(),
  alias_service: text(),
  timeout: duration(),
  ttl: duration(),
  h2ping: text(),
  h2ping_use_tls: boolean(),
  os_service: text(),
  success_before_passing: integer(),
  failures_before_warning: integer(),
  failures_before_critical: integer(),
  deregister_critical_service_after: duration({ aliases: ['deregistercriticalserviceafter'] }),
} satisfies Fields

const meshGatewaySchema = { mode: text() } satisfies Fields

const upstreamSchema = {
  destination_type: text(),
  destination_namespace: text(),
  destination_partition: text(),
  destination_peer: text(),
  destination_name: text(),
  datacenter: text(),
  local_bind_address: text(),
  local_bind_port: integer(),
  local_bind_socket_path: text(),
  local_bind_socket_mode: text(),
  config: anyMap(),
  mesh_gateway: wholeBlock(meshGatewaySchema),
} satisfies Fields

const exposePathSchema = {
  listener_port: integer(),
  path: text(),
  protocol: text(),
  local_path_port: integer(),
} satisfies Fields

const proxySchema = {
  destination_service_name: text(),
  destination_service_id: text(),
  local_service_address: text(),
  local_service_port: integer(),
  local_service_socket_path: text(),
  transparent_proxy: wholeBlock({ outbound_listener_port: integer(), dialed_directly: boolean() }),
  mode: text(),
  config: anyMap(),
  upstreams: blockList(() => upstreamSchema),
  mesh_gateway: wholeBlock(meshGatewaySchema),
  expose: wholeBlock({ checks: boolean(), port: integer(), paths: blockList(() => exposePathSchema) }),
} satisfies Fields

export const localitySchema = { region: text(), zone: text() } satisfies Fields

const serviceAddressSchema = { address: text(), port: integer() } satisfies Fields
const servicePortSchema = { name: text(), port: integer(), default: boolean() } satisfies Fields

export const serviceSchema = {
  kind: text(),
  id: text(),
  name: text(),
  tags: textList(),
  address: text(),
  tagged_addresses: blockMap(() => serviceAddressSchema),
  meta: textMap(),
  port: integer(),
  ports: blockList(() => servicePortSchema),
  socket_path: text(),
  check: wholeBlock(checkSchema),
  checks: blockList(() => checkSchema),
  token: text({ secret: true }),
  weights: wholeBlock({ passing: integer(), warning: integer() }),
  enable_tag_override: boolean(),
  proxy: wholeBlock(proxySchema),
  connect: wholeBlock({ native: boolean(), sidecar_service: nested(serviceFields) }),
  locality: wholeBlock(localitySchema),
} satisfies Fields

function serviceFields(): Fields {
  return serviceSchema
}
