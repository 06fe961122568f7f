/** Queries by UDP. */
import type { RemoteInfo, Socket } from 'node:dgram'
import { receiveLoop } from '@sd/dgram-utils'
import { errorMessage, type Logger } from '@sd/runtime'
import type { MaybePromise } from './resolver'

export interface UdpListenerPorts {
  readonly socket: Socket
  readonly logger: Logger
  handle(packet: Buffer, clientAddress: string): MaybePromise<Buffer | undefined>
  /** False: too many queries are pending, this one is dropped. */
  admit(): boolean
  /** Called once for each query that was pending. */
  pending(reply: Promise<unknown>): void
}

export class UdpListener {
  readonly #stop: () => void

  constructor(private readonly ports: UdpListenerPorts) {
    this.#stop = receiveLoop(ports.socket, {
      onDatagram: (packet, from) => this.#onDatagram(packet, from),
      onError: (error) => ports.logger.warn('DNS socket error', { error: errorMessage(error) }),
    })
  }

  /** Takes no further queries; pending ones are still answered. */
  stop(): void {
    this.#stop()
  }

  #onDatagram(packet: Buffer, from: RemoteInfo): void {
    // A reply to port 0 cannot be sent.
    if (from.port === 0 || !this.ports.admit()) return
    const reply = this.ports.handle(packet, from.address)
    if (reply instanceof Promise) this.ports.pending(reply.then((bytes) => this.#send(bytes, from)))
    else this.#send(reply, from)
  }

  #send(reply: Buffer | undefined, from: RemoteInfo): void {
    if (!reply) return
    try {
      this.ports.socket.send(reply, 0, reply.length, from.port, from.address, this.#onSent)
    } catch (error) {
      this.#onSent(error as Error)
    }
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.ports.logger.debug('DNS reply not sent', { error: errorMessage(error) })
  }
}
