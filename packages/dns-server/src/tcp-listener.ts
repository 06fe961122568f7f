/** Queries by TCP: each message after its length in two bytes (RFC 1035 section 4.2.2), several on one connection. */
import type { Server, Socket } from 'node:net'
import type { Clock, Timer } from '@sd/runtime'
import type { MaybePromise } from './resolver'
import { MESSAGE_BYTES_MAX } from './wire/constants'

export interface TcpListenerPorts {
  readonly server: Server
  readonly clock: Clock
  handle(packet: Buffer, clientAddress: string): MaybePromise<Buffer | undefined>
}

export interface TcpLimits {
  readonly connectionsMax: number
  readonly queriesMax: number
  readonly firstQueryTimeoutMs: number
  readonly idleTimeoutMs: number
}

export class TcpListener {
  readonly #connections = new Set<TcpConnection>()
  #isStopping = false

  constructor(
    private readonly ports: TcpListenerPorts,
    private readonly limits: TcpLimits,
  ) {
    ports.server.on('connection', (socket: Socket) => this.#onConnection(socket))
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  #onConnection(socket: Socket): void {
    if (this.#isStopping || this.#connections.size >= this.limits.connectionsMax) {
      socket.destroy()
      return
    }
    const connection = new TcpConnection(socket, this.ports, this.limits, () => this.#connections.delete(connection))
    this.#connections.add(connection)
  }

  /** Closes connections that wait for a query at once, others after their answer. */
  drain(): void {
    this.#isStopping = true
    for (const connection of this.#connections) connection.drain()
  }

  /** Closes what is left. */
  destroy(): void {
    for (const connection of this.#connections) connection.destroy()
  }
}

/** Reads one message at a time and no further one before its answer is on its way, so that its memory is bounded. */
class TcpConnection {
  #received: Buffer = Buffer.alloc(0)
  #queries = 0
  #isBusy = false
  #isDraining = false
  #isEnded = false
  #timer: Timer | undefined

  constructor(
    private readonly socket: Socket,
    private readonly ports: TcpListenerPorts,
    private readonly limits: TcpLimits,
    onClose: () => void,
  ) {
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
      // More than one whole message waits: the peer is ahead of us.
      if (this.#received.length > MESSAGE_BYTES_MAX + 2) socket.pause()
      void this.#serve()
    })
    socket.on('end', () => {
      this.#isEnded = true
      if (!this.#isBusy) socket.end()
    })
    socket.on('close', () => {
      this.#timer?.cancel()
      onClose()
    })
    this.#wait(limits.firstQueryTimeoutMs)
  }

  drain(): void {
    this.#isDraining = true
    if (!this.#isBusy) this.socket.destroy()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** Closes the connection unless the next whole message, or the reading of the last answer, comes in time. */
  #wait(timeoutMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.ports.clock.schedule(timeoutMs, () => this.socket.destroy())
  }

  async #serve(): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    for (let packet = this.#take(); packet && !this.socket.destroyed; packet = this.#take()) {
      this.#timer?.cancel()
      const reply = await this.ports.handle(packet, this.socket.remoteAddress ?? '')
      if (reply && !this.socket.destroyed) await this.#write(reply)
      this.#queries++
      if (this.#isDraining || this.#queries >= this.limits.queriesMax) {
        this.socket.end()
        this.#wait(this.limits.idleTimeoutMs)
        return
      }
      this.#wait(this.limits.idleTimeoutMs)
    }
    this.#isBusy = false
    if (this.#isEnded) this.socket.end()
    else this.socket.resume()
  }

  /** The next whole message. */
  #take(): Buffer | undefined {
    const received = this.#received
    if (received.length < 2) return undefined
    const end = 2 + received.readUInt16BE(0)
    if (received.length < end) return undefined
    this.#received = received.subarray(end)
    return received.subarray(2, end)
  }

  async #write(reply: Buffer): Promise<void> {
    const frame = Buffer.allocUnsafe(2 + reply.length)
    frame.writeUInt16BE(reply.length, 0)
    reply.copy(frame, 2)
    if (this.socket.write(frame)) return
    this.#wait(this.limits.idleTimeoutMs)
    await new Promise<void>((resolve) => {
      const done = () => {
        this.socket.off('drain', done)
        this.socket.off('close', done)
        resolve()
      }
      this.socket.on('drain', done)
      this.socket.on('close', done)
    })
  }
}
