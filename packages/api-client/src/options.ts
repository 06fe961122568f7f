/** How to reach an agent. */
import type { Clock, Random } from '@sd/runtime'

export interface TlsOptions {
  /**
   * Check the agent's certificate.
   * @defaultValue true
   */
  verify?: boolean
  /** Path of a file with the certificates of the authorities to trust, PEM. Instead of the system's. */
  caFile?: string
  /** Path of a folder with such files. */
  caPath?: string
  /** Path of the client's certificate, PEM; needs `keyFile`. */
  certFile?: string
  /** Path of the client's key, PEM; needs `certFile`. */
  keyFile?: string
  /** The name expected in the agent's certificate, and sent as SNI. */
  serverName?: string
}

export interface ConsulClientOptions {
  /**
   * `host:port`, `http://host:port/prefix`, `https://host:port` or `unix:///path/of/socket`.
   * @defaultValue "localhost:8500"
   */
  address?: string
  /** The secret id of an ACL token. */
  token?: string
  /** A file that holds the token; it wins over `token`. Read once, at the first request. */
  tokenFile?: string
  /** Basic authentication, for an agent behind a proxy. */
  httpAuth?: { username: string; password: string }
  /** The datacenter of every request that does not name its own. */
  datacenter?: string
  namespace?: string
  partition?: string
  /** Its presence does not switch TLS on: an address with https:// or `useTls` does. */
  tls?: TlsOptions
  /** TLS for an address without a scheme, or with http://. */
  useTls?: boolean
  /**
   * Longest wait for an answer, in milliseconds; a blocking query has its own wait on top. 0 waits for ever.
   * @defaultValue 60_000
   */
  requestTimeoutMs?: number
  /**
   * Longest time to open a connection, in milliseconds.
   * @defaultValue 30_000 (as Go's client)
   */
  connectTimeoutMs?: number
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>
  /** Time for watches and locks. @defaultValue the system's */
  clock?: Clock
  /** Jitter of retries. @defaultValue the system's */
  random?: Random
}

export const DEFAULT_ADDRESS = 'localhost:8500'
export const REQUEST_TIMEOUT_MS = 60_000
export const CONNECT_TIMEOUT_MS = 30_000
/** Longest answer that is held in memory; more is an error. Snapshots and logs are streamed and have no limit. */
export const ANSWER_BYTES_MAX = 512 * 1024 * 1024
/** The server's wait when a blocking query names none (Consul's default). */
export const DEFAULT_WAIT_MS = 300_000
