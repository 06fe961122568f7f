/** The three TLS listeners, each with what it does not say taken from `tls.defaults`. */
import { ConfigError } from './config-error'
import type { BuiltConfig, RawConfig } from './config-schema'
import type { Faults } from './faults'

type RawTls = NonNullable<RawConfig['tls']>
type RawProtocol = NonNullable<RawTls['defaults']>
type Protocol = BuiltConfig['tls']['defaults']

const VERSIONS = ['TLS_AUTO', 'TLSv1_0', 'TLSv1_1', 'TLSv1_2', 'TLSv1_3']

export function buildTls(raw: RawConfig, faults: Faults): BuiltConfig['tls'] {
  const tls: RawTls = raw.tls ?? {}
  const defaults = tls.defaults ?? {}
  if (tls.grpc?.verify_outgoing !== undefined) {
    throw new ConfigError('verify_outgoing is not valid in the tls.grpc stanza')
  }
  if (tls.grpc?.verify_server_hostname !== undefined || tls.https?.verify_server_hostname !== undefined) {
    throw new ConfigError('verify_server_hostname is only valid in the tls.defaults and tls.internal_rpc stanzas')
  }
  if ([tls.defaults, tls.https, tls.internal_rpc].some((one) => one?.use_auto_cert !== undefined)) {
    throw new ConfigError('use_auto_cert is only valid in the tls.grpc stanza')
  }
  const base = protocol('defaults', defaults, {}, faults)
  const internalRpc = protocol('internal_rpc', tls.internal_rpc ?? {}, defaults, faults)
  const verifyServerHostname = tls.internal_rpc?.verify_server_hostname ?? defaults.verify_server_hostname ?? false
  const result = {
    defaults: base,
    // Checking names makes no sense on connections that are not encrypted, so it implies encrypting them.
    internalRpc: {
      ...internalRpc,
      verifyServerHostname,
      verifyOutgoing: internalRpc.verifyOutgoing || verifyServerHostname,
    },
    https: protocol('https', tls.https ?? {}, defaults, faults),
    grpc: { ...protocol('grpc', tls.grpc ?? {}, defaults, faults), verifyOutgoing: false },
  }
  const usesGrpcTls = result.grpc.certFile !== '' || ((raw.auto_encrypt?.tls ?? false) && result.grpc.useAutoCert)
  if (usesGrpcTls && (raw.ports?.grpc ?? 0) > 0 && raw.ports?.grpc_tls === undefined) {
    throw new ConfigError(
      'the `ports.grpc` listener no longer supports TLS. Use `ports.grpc_tls` instead. This message is appearing because GRPC is configured to use TLS, but `ports.grpc_tls` is not defined',
    )
  }
  return result
}

function protocol(name: string, own: RawProtocol, defaults: RawProtocol, faults: Faults): Protocol {
  const version = (own.tls_min_version ?? defaults.tls_min_version ?? '') || 'TLS_AUTO'
  if (own.tls_min_version && !VERSIONS.includes(own.tls_min_version)) {
    faults.add(
      `tls.${name}.tls_min_version: invalid TLS version: no matching TLS version found for ${own.tls_min_version}, please specify one of [${VERSIONS.join(', ')}]`,
    )
  }
  if (own.tls_cipher_suites !== undefined && version === 'TLSv1_3') {
    faults.add(`tls.${name}.tls_cipher_suites: TLS 1.3 cipher suites are not configurable`)
  }
  const inheritedSuites = version === 'TLSv1_3' ? '' : (defaults.tls_cipher_suites ?? '')
  return {
    caFile: own.ca_file ?? defaults.ca_file ?? '',
    caPath: own.ca_path ?? defaults.ca_path ?? '',
    certFile: own.cert_file ?? defaults.cert_file ?? '',
    keyFile: own.key_file ?? defaults.key_file ?? '',
    tlsMinVersion: version,
    tlsCipherSuites: own.tls_cipher_suites ?? inheritedSuites,
    verifyIncoming: own.verify_incoming ?? defaults.verify_incoming ?? false,
    verifyOutgoing: own.verify_outgoing ?? defaults.verify_outgoing ?? false,
    verifyServerHostname: own.verify_server_hostname ?? false,
    useAutoCert: own.use_auto_cert ?? false,
  }
}
