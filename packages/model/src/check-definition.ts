import {
  defineFields,
  durationText,
  flag,
  integer,
  text,
  textList,
  textListMap,
  type TypeOf,
} from './fields/field-table'
import type { CheckStatus } from './check'

/** A check that a user asks an agent to run (Consul's CheckType and CheckDefinition in one). */
export const checkDefinitionFields = defineFields('CheckDefinition', {
  id: text('ID', { aliases: ['CheckID', 'check_id'] }),
  name: text('Name'),
  status: text<CheckStatus | ''>('Status'),
  notes: text('Notes'),
  serviceId: text('ServiceID', { aliases: ['service_id'] }),
  token: text('Token'),
  scriptArgs: textList('ScriptArgs', { aliases: ['args', 'script_args'] }),
  http: text('HTTP'),
  h2ping: text('H2PING'),
  h2pingUseTls: flag('H2PingUseTLS', { aliases: ['h2ping_use_tls'] }),
  header: textListMap('Header'),
  method: text('Method'),
  body: text('Body'),
  disableRedirects: flag('DisableRedirects', { aliases: ['disable_redirects'] }),
  tcp: text('TCP'),
  tcpUseTls: flag('TCPUseTLS', { aliases: ['tcp_use_tls'] }),
  udp: text('UDP'),
  intervalMs: durationText('Interval'),
  aliasNode: text('AliasNode', { aliases: ['alias_node'] }),
  aliasService: text('AliasService', { aliases: ['alias_service'] }),
  dockerContainerId: text('DockerContainerID', { aliases: ['docker_container_id'] }),
  shell: text('Shell'),
  grpc: text('GRPC'),
  grpcUseTls: flag('GRPCUseTLS', { aliases: ['grpc_use_tls'] }),
  osService: text('OSService', { aliases: ['os_service'] }),
  tlsServerName: text('TLSServerName', { aliases: ['tls_server_name'] }),
  tlsSkipVerify: flag('TLSSkipVerify', { aliases: ['tls_skip_verify'] }),
  timeoutMs: durationText('Timeout'),
  ttlMs: durationText('TTL'),
  successBeforePassing: integer('SuccessBeforePassing', { aliases: ['success_before_passing'] }),
  failuresBeforeWarning: integer('FailuresBeforeWarning', { aliases: ['failures_before_warning'] }),
  failuresBeforeCritical: integer('FailuresBeforeCritical', { aliases: ['failures_before_critical'] }),
  proxyHttp: text('ProxyHTTP', { omitEmpty: true }),
  proxyGrpc: text('ProxyGRPC', { omitEmpty: true }),
  deregisterCriticalServiceAfterMs: durationText('DeregisterCriticalServiceAfter', {
    aliases: ['deregister_critical_service_after'],
  }),
  outputMaxSize: integer('OutputMaxSize', { aliases: ['output_max_size'] }),
})
export interface CheckDefinition extends TypeOf<typeof checkDefinitionFields> {}

/** The kind of a definition, in the words of `/v1/agent/checks`; empty when it defines nothing that runs. */
export function checkType(check: CheckDefinition): string {
  const script = check.scriptArgs !== null && check.scriptArgs.length > 0
  const runs = check.intervalMs > 0
  if (check.grpc && runs) return 'grpc'
  if (check.http && runs) return 'http'
  if (check.ttlMs > 0) return 'ttl'
  if (check.tcp && runs) return 'tcp'
  if (check.udp && runs) return 'udp'
  if (check.aliasNode || check.aliasService) return 'alias'
  if (script && check.dockerContainerId && runs) return 'docker'
  if (script) return 'script'
  if (check.h2ping && runs) return 'h2ping'
  if (check.osService && runs) return 'os_service'
  return ''
}
