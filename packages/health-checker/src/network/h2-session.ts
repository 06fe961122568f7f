import { type ClientHttp2Session, connect } from 'node:http2'
import type { Socket } from 'node:net'

/** Speaks HTTP/2 over a connected socket; the caller destroys the session. */
export function openH2Session(socket: Socket, host: string, isTls: boolean): ClientHttp2Session {
  const session = connect(`${isTls ? 'https' : 'http'}://${host}`, { createConnection: () => socket })
  session.on('error', () => {})
  return session
}

/** Resolves with what `begin` hands to `done`; rejects when the session breaks or `signal` aborts. */
export function withinSession<T>(
  session: ClientHttp2Session,
  signal: AbortSignal,
  begin: (done: (value: T) => void, failed: (error: Error) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      signal.removeEventListener('abort', onAbort)
      session.off('error', failed)
      session.off('close', onClose)
    }
    const failed = (error: Error) => {
      settle()
      reject(error)
    }
    const onAbort = () => failed(new Error('context deadline exceeded'))
    const onClose = () => failed(new Error('EOF'))
    session.once('error', failed)
    session.once('close', onClose)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    begin((value) => {
      settle()
      resolve(value)
    }, failed)
  })
}

/** Go's words for a peer that does not speak HTTP/2, else Node's. */
export function h2ErrorText(error: unknown): string {
  const { code, errno, message } = error as { code?: string; errno?: number; message?: string }
  // NGHTTP2_ERR_BAD_CLIENT_MAGIC, _FRAME_SIZE, _PROTO: bytes that are no frames, or no SETTINGS first.
  if (code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_SESSION_ERROR' || (errno !== undefined && errno <= -500)) {
    return 'http2: failed reading the frame payload: http2: frame too large, note that the frame header looked like an HTTP/1.1 header'
  }
  if (code === 'ECONNRESET') return 'connection reset by peer'
  return message ?? String(error)
}
