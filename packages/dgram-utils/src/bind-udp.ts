import { createSocket, type Socket, type SocketOptions } from 'node:dgram'
import { lookup } from 'node:dns'
import { isIP, isIPv6 } from 'node:net'
import { bindError } from './errors'

export interface BindOptions {
  /**
   * Local address.
   * @defaultValue '0.0.0.0'
   */
  host?: string | undefined
  /**
   * 0 lets the system choose a free one.
   * @defaultValue 0
   */
  port?: number | undefined
}

export interface BindUdpOptions extends BindOptions {
  /**
   * Kernel receive buffer (SO_RCVBUF). Bursts beyond it are lost; the system may cap it.
   * @defaultValue the system's
   */
  receiveBufferBytes?: number | undefined
}

export interface BoundUdp extends AsyncDisposable {
  readonly socket: Socket
  readonly host: string
  /** The real one, also when 0 was asked for. */
  readonly port: number
  /** May be called twice. */
  close(): Promise<void>
}

/**
 * Binds a UDP socket. The socket gets an error listener, so that an ICMP error from a peer never ends the process.
 * @throws AddressInUseError (DGRAM_ADDRESS_IN_USE), BindError (DGRAM_BIND_FAILED)
 */
export function bindUdp(options: BindUdpOptions = {}): Promise<BoundUdp> {
  const { host = '0.0.0.0', port = 0, receiveBufferBytes } = options
  return new Promise((resolve, reject) => {
    const socket = createSocket({
      type: isIPv6(host) ? 'udp6' : 'udp4',
      lookup: lookupName,
      ...(receiveBufferBytes === undefined ? {} : { recvBufferSize: receiveBufferBytes }),
    })
    const onError = (error: NodeJS.ErrnoException) => {
      socket.close()
      reject(bindError('udp', { host, port }, error))
    }
    socket.once('error', onError)
    // `exclusive`: in a cluster worker the port is this process's own, so that a second holder is an error, not a share.
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', onError)
      socket.on('error', () => {})
      const close = once(() => new Promise<void>((closed) => socket.close(() => closed())))
      resolve({ socket, host, port: socket.address().port, close, [Symbol.asyncDispose]: close })
    })
  })
}

/** Sending to an IP address needs no look-up; Node's own would cost each packet a turn of the event loop. */
const lookupName: NonNullable<SocketOptions['lookup']> = (host, options, callback) => {
  const family = isIP(host)
  if (family === 0) lookup(host, options, callback)
  else callback(null, host, family)
}

/** Calls `action` the first time and hands out the same promise afterwards. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => (done ??= action())
}
