import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { errorMessage } from '@sd/runtime'
import { GoError, hostPortText, splitHostPort, systemErrorText } from '../network/go-error'
import type { NameLookup } from '../network/name-lookup'
import type { Probe, ProbeResult } from '../probe'

/** Sends one empty datagram; passing when any answer comes, critical otherwise. */
export class UdpProbe implements Probe {
  readonly cost = 'socket'

  constructor(
    private readonly lookup: NameLookup,
    readonly target: string,
    readonly timeoutMs: number,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    try {
      const { host, port } = splitHostPort('udp', this.target)
      const [address] = await this.lookup.lookup(host, signal).catch((error: unknown) => {
        throw new GoError(`dial udp: ${errorMessage(error)}`, 'lookup')
      })
      await exchange(address as string, port, signal)
      return { status: 'passing', output: `UDP connect ${this.target}: Success` }
    } catch (error) {
      return { status: 'critical', output: errorMessage(error) }
    }
  }
}

/** Resolves with the first answer. A connected socket hears of refused datagrams too. */
function exchange(address: string, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4')
    const finish = (error?: Error) => {
      signal.removeEventListener('abort', onAbort)
      socket.removeAllListeners().on('error', () => {})
      socket.close()
      if (error) reject(error)
      else resolve()
    }
    const onAbort = () => finish(new GoError(`read udp ${route(socket, address, port)}: i/o timeout`, 'io'))
    socket.once('error', (error) =>
      finish(new GoError(`read udp ${route(socket, address, port)}: read: ${systemErrorText(error)}`, 'io')),
    )
    socket.once('message', () => finish())
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      // dgram refuses to connect to port 0 by throwing.
      socket.once('connect', () => socket.send(Buffer.alloc(0)))
      socket.connect(port, address)
    } catch (error) {
      finish(new GoError(`dial udp ${hostPortText(address, port)}: connect: ${systemErrorText(error)}`))
    }
  })
}

function route(socket: Socket, address: string, port: number): string {
  const remote = hostPortText(address, port)
  try {
    const local = socket.address()
    return `${hostPortText(local.address, local.port)}->${remote}`
  } catch {
    return remote
  }
}
