import type { RemoteInfo, Socket } from 'node:dgram'

export interface ReceiveHandlers {
  /** Gets each datagram. The buffer is its own. */
  onDatagram(bytes: Buffer, from: RemoteInfo): void
  /** Gets what `onDatagram` threw, and errors of the socket such as ICMP refusals. Never stops the loop. */
  onError(error: unknown): void
}

/** Delivers every datagram until the returned function is called; one bad packet cannot stop the next. */
export function receiveLoop(socket: Socket, handlers: ReceiveHandlers): () => void {
  const onMessage = (bytes: Buffer, from: RemoteInfo) => {
    try {
      handlers.onDatagram(bytes, from)
    } catch (error) {
      handlers.onError(error)
    }
  }
  const onError = (error: Error) => handlers.onError(error)
  socket.on('message', onMessage)
  socket.on('error', onError)
  return () => {
    socket.off('message', onMessage)
    socket.off('error', onError)
  }
}
