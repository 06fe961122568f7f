/** The words of Go's network stack: check output is read by people and scripts that know Consul's. */
import { isIP } from 'node:net'

/** A failure whose message is Go's text. */
export class GoError extends Error {
  constructor(
    message: string,
    /** Where it went wrong, for those who put words around it. */
    readonly stage: 'address' | 'lookup' | 'dial' | 'tls' | 'io' = 'dial',
  ) {
    super(message)
  }
}

const SYSTEM_ERRORS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EPIPE: 'broken pipe',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  EAGAIN: 'resource temporarily unavailable',
  ENOMEM: 'cannot allocate memory',
  ENOEXEC: 'exec format error',
  ENOTDIR: 'not a directory',
  E2BIG: 'argument list too long',
  ETIMEDOUT: 'connection timed out',
  EMSGSIZE: 'message too long',
}

export const errorCode = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** Go's text of a system error. */
export function systemErrorText(error: unknown): string {
  return SYSTEM_ERRORS[errorCode(error)] ?? (error instanceof Error ? error.message : String(error))
}

/** `1.2.3.4:80` or `[::1]:80`. */
export const hostPortText = (host: string, port: number): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
])

const NOT_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_BAD_RECORD_TYPE',
  'ERR_SSL_UNEXPECTED_MESSAGE',
])

/** The text for a target that answered something else than TLS. */
export const NOT_TLS_TEXT = 'tls: first record does not look like a TLS handshake'

interface AltNameError {
  host?: string
  cert?: { subjectaltname?: string }
}

/** Go's text of a failed TLS handshake. */
export function tlsErrorText(error: unknown): string {
  const code = errorCode(error)
  if (UNTRUSTED.has(code)) return 'tls: failed to verify certificate: x509: certificate signed by unknown authority'
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid'
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { host = '', cert } = error as AltNameError
    const names = (cert?.subjectaltname ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''))
    return `tls: failed to verify certificate: x509: certificate is valid for ${names.join(', ')}, not ${host}`
  }
  if (NOT_TLS.has(code)) return NOT_TLS_TEXT
  if (code === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL') return 'remote error: tls: no application protocol'
  const alert = /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3)_ALERT_(.+)$/.exec(code)
  if (alert) return `remote error: tls: ${(alert[1] as string).toLowerCase().replace(/_/g, ' ')}`
  if (code === 'ECONNRESET' && /disconnected before secure/.test(String(error))) return 'EOF'
  return systemErrorText(error)
}

/** Splits `host:port` as Go's net.SplitHostPort does, with its texts. */
export function splitHostPort(network: string, address: string): { host: string; port: number } {
  const refuse = (subject: string, reason: string) =>
    new GoError(`dial ${network}: address ${subject}: ${reason}`, 'address')
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(address)
  const colon = address.lastIndexOf(':')
  if (colon < 0 || (bracketed && bracketed[2] === undefined)) throw refuse(address, 'missing port in address')
  if (!bracketed && address.indexOf(':') !== colon) throw refuse(address, 'too many colons in address')
  const host = bracketed ? (bracketed[1] as string) : address.slice(0, colon)
  const portText = bracketed ? (bracketed[2] as string) : address.slice(colon + 1)
  if (!/^[+-]?\d*$/.test(portText))
    throw new GoError(`dial ${network}: lookup ${network}/${portText}: unknown port`, 'address')
  const port = Number(portText)
  if (port < 0 || port > 65_535) throw refuse(portText, 'invalid port')
  return { host, port }
}
