/** What a server can be told, and the limits that hold when it is told nothing. */
import type { ServerOptions as TlsOptions } from 'node:https'

/** A TCP address. Port 0 lets the system choose; `HttpApiServer.addresses` says which. */
export interface TcpListener {
  readonly host: string
  readonly port: number
  /** Serve HTTPS: key, cert, ca, requestCert and what else Node's TLS takes. */
  readonly tls?: TlsOptions
}

/** A unix socket. A socket file that nobody answers on is replaced. */
export interface UnixListener {
  readonly path: string
  /** Permission bits, such as 0o770. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly tls?: TlsOptions
}

export type HttpListener = TcpListener | UnixListener

export interface HttpApiOptions {
  /** @defaultValue one, 127.0.0.1 port 8500 */
  listeners?: readonly HttpListener[]
  /** Indent JSON for everyone, as Consul does in dev mode. `?pretty` always does. @defaultValue false */
  prettyByDefault?: boolean
  /** Folder of the web UI's files; absent means no UI. */
  uiRoot?: string
  /** Where the UI is served. @defaultValue "/ui/" */
  uiContentPath?: string
  /** Path prefixes that answer 403 (`http_config.block_endpoints`). @defaultValue none */
  blockEndpoints?: readonly string[]
  /** Headers for every answer (`http_config.response_headers`). @defaultValue none */
  responseHeaders?: Readonly<Record<string, string>>
  /** Networks in CIDR form that may write (`http_config.allow_write_http_from`); empty allows all. @defaultValue all */
  allowWriteFrom?: readonly string[]
  /** Sent as X-Consul-Default-Acl-Policy; "" leaves it out. @defaultValue "allow" */
  aclDefaultPolicy?: string
  /** Announce translated addresses (`translate_wan_addrs`). @defaultValue false */
  translateAddresses?: boolean
  /** Obey `?cached` (`http_config.use_cache`). @defaultValue true */
  useCache?: boolean
  /** Catalog and health reads that name no consistency are stale up to this age (`discovery_max_stale`). @defaultValue 0, off */
  discoveryMaxStaleMs?: number
  /** Accept keys with leading spaces or ".." (`disable_http_kv_key_validation`). @defaultValue false */
  disableKvKeyValidation?: boolean
  /** Accept unprintable characters in paths (`disable_http_unprintable_char_filter`). @defaultValue false */
  allowUnprintablePaths?: boolean
  /** Longest KV value (`limits.kv_max_value_size`). @defaultValue 524_288 */
  kvValueBytesMax?: number
  /** Longest transaction (`limits.txn_max_req_len`); at least `kvValueBytesMax` holds. @defaultValue 524_288 */
  transactionBytesMax?: number
  /** Longest body of every other kind. Consul has no such limit. @defaultValue 8_388_608 */
  bodyBytesMax?: number
  /** Connections per client address (`limits.http_max_conns_per_client`); 0 or less is no limit. @defaultValue 200 */
  connectionsPerClientMax?: number
  /** Longest request line and headers (`http_config.max_header_bytes`). @defaultValue 1_048_576 (Go's) */
  headerBytesMax?: number
  /** How long the headers of a request may take to arrive. @defaultValue 60_000 */
  headersTimeoutMs?: number
  /** How long a whole request may take to arrive; waiting for a blocking query does not count. @defaultValue 300_000 */
  requestTimeoutMs?: number
  /** How long an idle connection stays. Longer than the 90 s after which Go's clients give theirs up. @defaultValue 120_000 */
  keepAliveTimeoutMs?: number
  /** How long `stop` waits for answers under way before it cuts connections. @defaultValue 1_000 */
  stopTimeoutMs?: number
}

export const DEFAULTS = {
  listeners: [{ host: '127.0.0.1', port: 8500 }] as readonly HttpListener[],
  prettyByDefault: false,
  uiContentPath: '/ui/',
  blockEndpoints: [] as readonly string[],
  responseHeaders: {} as Readonly<Record<string, string>>,
  allowWriteFrom: [] as readonly string[],
  aclDefaultPolicy: 'allow',
  translateAddresses: false,
  useCache: true,
  discoveryMaxStaleMs: 0,
  disableKvKeyValidation: false,
  allowUnprintablePaths: false,
  kvValueBytesMax: 524_288,
  transactionBytesMax: 524_288,
  bodyBytesMax: 8_388_608,
  connectionsPerClientMax: 200,
  headerBytesMax: 1_048_576,
  headersTimeoutMs: 60_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 120_000,
  stopTimeoutMs: 1_000,
}

export type ResolvedOptions = typeof DEFAULTS & { readonly uiRoot: string | undefined }

export function resolveOptions(options: HttpApiOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...DEFAULTS, uiRoot: undefined, ...given }
}
