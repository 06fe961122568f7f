import { connect, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls'
import { GoError, hostPortText, systemErrorText, tlsErrorText } from './go-error'
import type { NameLookup } from './name-lookup'
import type { TlsSettings } from './tls-settings'

/** When an address has not answered for this long, the next one is tried beside it, in milliseconds (RFC 8305; Go's FallbackDelay). */
const NEXT_ADDRESS_AFTER_MS = 300

export interface DialOptions {
  readonly signal: AbortSignal
  readonly lookup: NameLookup
  readonly tls?: TlsSettings | undefined
}

/** Connects, with TLS when asked. Rejects with a `GoError` in Go's words, also when `signal` aborts; leaves nothing open then. */
export async function dial(host: string, port: number, options: DialOptions): Promise<Socket> {
  const addresses = await options.lookup.lookup(host, options.signal).catch((error: unknown) => {
    throw new GoError(`dial tcp: ${error instanceof Error ? error.message : String(error)}`, 'lookup')
  })
  const socket = await firstConnected(addresses, port, options.signal)
  return options.tls ? await handshake(socket, host, options.tls, options.signal) : socket
}

/** The first of the addresses that accepts; the first one's error when none does. */
function firstConnected(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>()
    const waiting = [...addresses]
    let firstError: GoError | undefined
    let nextTimer: NodeJS.Timeout | undefined
    const finish = (winner?: Socket) => {
      clearTimeout(nextTimer)
      signal.removeEventListener('abort', onAbort)
      for (const socket of open) if (socket !== winner) discard(socket)
    }
    const fail = (error: GoError) => {
      finish()
      reject(error)
    }
    const onAbort = () =>
      fail(firstError ?? new GoError(`dial tcp ${hostPortText(addresses[0] as string, port)}: i/o timeout`))
    const tryNext = () => {
      clearTimeout(nextTimer)
      const address = waiting.shift()
      if (address === undefined) {
        if (open.size === 0) fail(firstError as GoError)
        return
      }
      const socket = connect({ host: address, port })
      open.add(socket)
      const onError = (error: Error) => {
        open.delete(socket)
        firstError ??= new GoError(`dial tcp ${hostPortText(address, port)}: connect: ${systemErrorText(error)}`)
        tryNext()
      }
      socket.once('error', onError)
      socket.once('connect', () => {
        socket.off('error', onError)
        finish(socket)
        resolve(socket)
      })
      if (waiting.length > 0) nextTimer = setTimeout(tryNext, NEXT_ADDRESS_AFTER_MS)
    }
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    tryNext()
  })
}

function handshake(socket: Socket, host: string, tls: TlsSettings, signal: AbortSignal): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const name = tls.serverName || host
    const secure = connectTls({
      socket,
      secureContext: tls.context,
      rejectUnauthorized: !tls.skipVerify,
      checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
      // Server name indication knows names only, no addresses (RFC 6066 section 3).
      ...(isIP(name) === 0 && name !== '' ? { servername: name } : {}),
      ...(tls.alpn ? { ALPNProtocols: [...tls.alpn] } : {}),
    })
    const settle = () => {
      signal.removeEventListener('abort', onAbort)
      secure.off('error', onError)
    }
    const onError = (error: Error) => {
      settle()
      discard(secure)
      discard(socket)
      reject(new GoError(tlsErrorText(error), 'tls'))
    }
    const onAbort = () => {
      settle()
      discard(secure)
      discard(socket)
      reject(new GoError('context deadline exceeded', 'tls'))
    }
    secure.once('error', onError)
    secure.once('secureConnect', () => {
      settle()
      resolve(secure)
    })
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Closes a socket whose later errors interest nobody. */
export function discard(socket: Socket): void {
  socket.on('error', () => {})
  socket.destroy()
}
