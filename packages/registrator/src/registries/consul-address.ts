/** A registry URI and Consul's own environment variables become the address of an agent. */
import { readFileSync } from 'node:fs'
import { InvalidOptionError, UnknownRegistryError } from '../errors'

export interface ConsulAddress {
  /** `http://host:port` or `https://host:port`; with `socketPath` only the scheme counts. */
  url: string
  socketPath?: string
  token?: string
  /** `user:password` of HTTP basic authentication. */
  auth?: string
  namespace?: string
  partition?: string
  tls?: { ca?: string; cert?: string; key?: string; serverName?: string; verify: boolean }
}

export type ConsulEnvironment = Readonly<Record<string, string | undefined>>

const DEFAULT_ADDRESS = '127.0.0.1:8500'

/**
 * `consul://HOST:PORT` (without a host: `CONSUL_HTTP_ADDR`, else 127.0.0.1:8500), `consul-unix:///path`, `consul-tls://HOST:PORT`.
 * Of the environment: `CONSUL_HTTP_ADDR`, `_TOKEN`, `_TOKEN_FILE`, `_AUTH`, `_SSL`, `_SSL_VERIFY`, `CONSUL_CACERT`,
 * `CONSUL_CLIENT_CERT`, `CONSUL_CLIENT_KEY`, `CONSUL_TLS_SERVER_NAME`, `CONSUL_NAMESPACE`, `CONSUL_PARTITION`.
 * @throws UnknownRegistryError InvalidOptionError
 */
export function parseConsulAddress(
  uri: string,
  env: ConsulEnvironment = {},
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): ConsulAddress {
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):(?:\/\/)?(.*)$/i.exec(uri) ?? []
  if (scheme !== 'consul' && scheme !== 'consul-unix' && scheme !== 'consul-tls') throw new UnknownRegistryError(uri)
  const file = (variable: string) => (env[variable] ? readFile(variable, env[variable], read) : undefined)
  const token = env['CONSUL_HTTP_TOKEN'] || file('CONSUL_HTTP_TOKEN_FILE')?.trim()
  return {
    ...place(uri, scheme, rest, env, file),
    ...present({
      token,
      auth: env['CONSUL_HTTP_AUTH'],
      namespace: env['CONSUL_NAMESPACE'],
      partition: env['CONSUL_PARTITION'],
    }),
  }
}

function place(
  uri: string,
  scheme: 'consul' | 'consul-unix' | 'consul-tls',
  rest: string,
  env: ConsulEnvironment,
  file: (variable: string) => string | undefined,
): Pick<ConsulAddress, 'url' | 'socketPath' | 'tls'> {
  if (scheme === 'consul-unix') {
    if (!rest.startsWith('/'))
      throw new InvalidOptionError('registry URI', `${uri}: consul-unix:// needs an absolute path`)
    return { url: 'http://consul', socketPath: rest }
  }
  const host = rest.replace(/[/?#].*$/, '')
  if (scheme === 'consul-tls' && !host)
    throw new InvalidOptionError('registry URI', `${uri}: consul-tls:// needs a host`)
  const address = host || env['CONSUL_HTTP_ADDR'] || DEFAULT_ADDRESS
  if (address.startsWith('unix://')) return { url: 'http://consul', socketPath: address.slice('unix://'.length) }
  const [, given, authority] = /^(?:(https?):\/\/)?([^/]*)/.exec(address) ?? []
  const isTls = scheme === 'consul-tls' || given === 'https' || (given === undefined && isTrue(env['CONSUL_HTTP_SSL']))
  const url = `${isTls ? 'https' : 'http'}://${withPort(authority ?? '')}`
  if (!authority || authority.includes('@') || !URL.canParse(url)) {
    throw new InvalidOptionError('registry URI', `${address} is not host:port`)
  }
  if (!isTls) return { url }
  const verify = env['CONSUL_HTTP_SSL_VERIFY'] ? isTrue(env['CONSUL_HTTP_SSL_VERIFY']) : true
  const files = { ca: file('CONSUL_CACERT'), cert: file('CONSUL_CLIENT_CERT'), key: file('CONSUL_CLIENT_KEY') }
  return { url, tls: { verify, ...present({ ...files, serverName: env['CONSUL_TLS_SERVER_NAME'] }) } }
}

/** Consul's client takes the scheme's own port when there is none; nobody means 80 by `consul://host`. */
const withPort = (authority: string): string => (/:\d+$/.test(authority) ? authority : `${authority}:8500`)

/** Go's strconv.ParseBool. */
const isTrue = (text: string | undefined): boolean => /^(1|t|T|true|TRUE|True)$/.test(text ?? '')

function readFile(variable: string, path: string, read: (path: string) => string): string {
  try {
    return read(path)
  } catch (cause) {
    throw new InvalidOptionError(variable, `cannot read ${path}: ${(cause as Error).message}`)
  }
}

function present<T extends Record<string, string | undefined>>(values: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as { [K in keyof T]?: string }
}
