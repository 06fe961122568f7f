/** Client options from Consul's environment variables. */
import type { ConsulClientOptions, TlsOptions } from './options'

const GO_TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])

/**
 * Reads CONSUL_HTTP_ADDR, _TOKEN, _TOKEN_FILE, _AUTH, _SSL, _SSL_VERIFY, CONSUL_CACERT, _CAPATH, _CLIENT_CERT, _CLIENT_KEY,
 * _TLS_SERVER_NAME, _NAMESPACE and _PARTITION. Empty variables count as absent.
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): ConsulClientOptions {
  const options: ConsulClientOptions = {}
  const take = (name: string, use: (value: string) => void) => {
    const value = env[name]
    if (value) use(value)
  }
  take('CONSUL_HTTP_ADDR', (value) => (options.address = value))
  take('CONSUL_HTTP_TOKEN', (value) => (options.token = value))
  take('CONSUL_HTTP_TOKEN_FILE', (value) => (options.tokenFile = value))
  take('CONSUL_NAMESPACE', (value) => (options.namespace = value))
  take('CONSUL_PARTITION', (value) => (options.partition = value))
  take('CONSUL_HTTP_AUTH', (value) => {
    const colon = value.indexOf(':')
    options.httpAuth =
      colon < 0
        ? { username: value, password: '' }
        : { username: value.slice(0, colon), password: value.slice(colon + 1) }
  })
  take('CONSUL_HTTP_SSL', (value) => (options.useTls = GO_TRUE.has(value)))
  const tls: TlsOptions = {}
  // As in Consul, text that is no boolean switches verification off as well.
  take('CONSUL_HTTP_SSL_VERIFY', (value) => (tls.verify = GO_TRUE.has(value)))
  take('CONSUL_CACERT', (value) => (tls.caFile = value))
  take('CONSUL_CAPATH', (value) => (tls.caPath = value))
  take('CONSUL_CLIENT_CERT', (value) => (tls.certFile = value))
  take('CONSUL_CLIENT_KEY', (value) => (tls.keyFile = value))
  take('CONSUL_TLS_SERVER_NAME', (value) => (tls.serverName = value))
  if (Object.keys(tls).length > 0) options.tls = tls
  return options
}
