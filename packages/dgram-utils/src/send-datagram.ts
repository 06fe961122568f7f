import type { Socket } from 'node:dgram'
import { SendError } from './errors'
import type { HostPort } from './host-port'

/**
 * Sends one datagram; resolves when the system has taken it, which says nothing about its arrival.
 * `to.host` should be an IP address: a name costs a look-up per packet.
 * @throws SendError (DGRAM_SEND_FAILED), such as EMSGSIZE for one that is too large
 */
export function sendDatagram(socket: Socket, bytes: Uint8Array, to: HostPort): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new SendError(to, bytes.length, error))
    try {
      socket.send(bytes, to.port, to.host, (error) => (error ? fail(error) : resolve()))
    } catch (error) {
      fail(error as NodeJS.ErrnoException)
    }
  })
}
