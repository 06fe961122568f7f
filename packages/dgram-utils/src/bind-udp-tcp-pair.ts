import type { Socket } from 'node:dgram'
import { createServer, type Server } from 'node:net'
import { isSdError } from '@sd/runtime'
import { type BindUdpOptions, bindUdp, once } from './bind-udp'
import { bindError } from './errors'

/** How often a system-chosen TCP port may turn out to be taken in UDP before we give up. */
const PORT_ATTEMPTS_MAX = 20

export interface UdpTcpPair extends AsyncDisposable {
  readonly udp: Socket
  readonly tcp: Server
  readonly host: string
  /** The same for both. */
  readonly port: number
  /** Stops both from accepting; open TCP connections stay open. May be called twice. */
  close(): Promise<void>
}

/**
 * Binds UDP and TCP on one port, as DNS and gossip need. With port 0 the system chooses one that is free in both.
 * Attach `connection` and `message` listeners right after the await: nothing is delivered before.
 * @throws AddressInUseError (DGRAM_ADDRESS_IN_USE), BindError (DGRAM_BIND_FAILED)
 */
export async function bindUdpTcpPair(options: BindUdpOptions = {}): Promise<UdpTcpPair> {
  const { host = '0.0.0.0', port = 0 } = options
  for (let attempt = 1; ; attempt++) {
    const tcp = await listenTcp(host, port)
    const bound = (tcp.address() as { port: number }).port
    try {
      const udp = await bindUdp({ ...options, host, port: bound })
      const close = once(async () => {
        await Promise.all([closeServer(tcp), udp.close()])
      })
      return { udp: udp.socket, tcp, host, port: bound, close, [Symbol.asyncDispose]: close }
    } catch (error) {
      await closeServer(tcp)
      const again = port === 0 && attempt < PORT_ATTEMPTS_MAX && isSdError(error, 'DGRAM_ADDRESS_IN_USE')
      if (!again) throw error
    }
  }
}

function listenTcp(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error) => reject(bindError('tcp', { host, port }, error)))
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners('error')
      // Accept errors (EMFILE) pass; the server goes on listening.
      server.on('error', () => {})
      resolve(server)
    })
  })
}

const closeServer = (server: Server) => new Promise<void>((closed) => server.close(() => closed()))
