/** Socket errors in the words of Go's net package. */
import { errorMessage } from '@sd/runtime'

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'network is unreachable',
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  ETIMEDOUT: 'connection timed out',
}

interface SocketError {
  code?: string
  syscall?: string
  address?: string
  port?: number
  hostname?: string
  errors?: unknown[]
}

/** Why no answer came. */
export function connectionFault(error: unknown, socketPath: string | undefined): string {
  // Several addresses were tried: the last one tells, as in Go.
  const errors = (error as SocketError).errors
  const inner = (errors && errors.length > 0 ? errors[errors.length - 1] : error) as SocketError
  const { code = '', syscall, address, port } = inner
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') return 'timeout awaiting response headers'
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'dial tcp: i/o timeout'
  if (code === 'UND_ERR_SOCKET') return 'EOF'
  if (syscall === 'getaddrinfo') return `dial tcp: lookup ${inner.hostname}: no such host`
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return 'http: server gave HTTP response to HTTPS client'
  const text = ERRNO_TEXT[code]
  if (!text) return errorMessage(inner)
  if (socketPath !== undefined) return `dial unix ${socketPath}: connect: ${text}`
  if (syscall !== 'connect') return `read: ${text}`
  return `dial tcp ${address?.includes(':') ? `[${address}]` : address}:${port}: connect: ${text}`
}

/** Why a file could not be read. */
export function fileFault(path: string, error: unknown): string {
  const text = ERRNO_TEXT[(error as SocketError).code ?? '']
  return text ? `open ${path}: ${text}` : errorMessage(error)
}

/** True when a connection that was kept open turned out to be gone. */
export function isStaleConnection(error: unknown): boolean {
  const { code, syscall } = error as SocketError
  return code === 'UND_ERR_SOCKET' || (code === 'ECONNRESET' && syscall !== 'connect') || code === 'EPIPE'
}
