/** Reads request bodies within a bound. */
import type { IncomingMessage } from 'node:http'
import { HttpStatusError } from './errors'

/** What is read and thrown away after a body was refused, so that the client sees the answer; then the connection is cut. */
const DISCARD_BYTES_MAX = 4 * 1024 * 1024
const EMPTY = Buffer.alloc(0)

/** The body, or `tooLarge()` as soon as it is known to exceed `bytesMax`. */
export function readBody(request: IncomingMessage, bytesMax: number, tooLarge: () => HttpStatusError): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > bytesMax) {
    discardBody(request)
    return Promise.reject(tooLarge())
  }
  if (declared === 0 && request.headers['transfer-encoding'] === undefined) return Promise.resolve(EMPTY)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length <= bytesMax) return void chunks.push(chunk)
      stop()
      discardBody(request)
      reject(tooLarge())
    }
    const onEnd = () => {
      stop()
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length))
    }
    const onGone = () => {
      stop()
      reject(new HttpStatusError(400, 'unexpected EOF'))
    }
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone)
      // A late error of a connection that died must not end the process.
      request.on('error', () => {})
    }
    request.on('data', onData).on('end', onEnd).on('error', onGone).on('close', onGone)
  })
}

/** Reads on and forgets, within a bound. */
export function discardBody(request: IncomingMessage): void {
  let left = DISCARD_BYTES_MAX
  request.on('error', () => {})
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
}
