import type { Duplex } from 'node:stream'
import { type Clock, type Logger, errorMessage, silentLogger } from '@sd/runtime'
import type { RaftServer } from '../core/messages'
import type { StreamLayer } from '../ports/stream-layer'
import type { Transport } from '../ports/transport'
import { FrameReader, encodeFrame } from './frames'
import { type WireMessage, decodeMessage, encodeMessage } from './message-codec'

export interface StreamTransportOptions {
  /** Names this server to those it talks to. */
  readonly id: string
  /**
   * Bytes of one message. Above the largest proposal, and the same on all servers.
   * @defaultValue 64 MiB
   */
  readonly messageBytesMax?: number
  /**
   * Bytes that may wait to be sent to one server; what comes on top is lost, as on a broken network.
   * @defaultValue 64 MiB
   */
  readonly waitingBytesMax?: number
  /**
   * How long a server that could not be reached is left alone, in milliseconds.
   * @defaultValue 100
   */
  readonly redialDelayMs?: number
}

/** Longest name of a server, in bytes; the first frame of a connection. */
const ID_BYTES_MAX = 1024

interface Outgoing {
  readonly address: string
  stream: Duplex | undefined
  /** Frames that wait for the connection. */
  waiting: Uint8Array[]
  waitingBytes: number
}

type Receive = (from: string, message: WireMessage) => void

/** Sends messages over one connection per direction and peer; the first frame of a connection names its owner. */
export class StreamTransport implements Transport {
  readonly #layer: StreamLayer
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #options: Required<StreamTransportOptions>
  readonly #outgoing = new Map<string, Outgoing>()
  readonly #incoming = new Set<Duplex>()
  #isRunning = false

  constructor(ports: { layer: StreamLayer; clock: Clock; logger?: Logger }, options: StreamTransportOptions) {
    this.#layer = ports.layer
    this.#clock = ports.clock
    this.#logger = (ports.logger ?? silentLogger).child('raft.transport')
    const MiB = 1024 * 1024
    this.#options = { messageBytesMax: 64 * MiB, waitingBytesMax: 64 * MiB, redialDelayMs: 100, ...options }
  }

  async start(receive: Receive): Promise<void> {
    await this.#layer.start((stream) => this.#accept(stream, receive))
    this.#isRunning = true
  }

  send(to: RaftServer, message: WireMessage): void {
    if (!this.#isRunning) return
    let peer = this.#outgoing.get(to.id)
    if (!peer || peer.address !== to.address) {
      peer?.stream?.destroy()
      peer = { address: to.address, stream: undefined, waiting: [], waitingBytes: 0 }
      this.#outgoing.set(to.id, peer)
      this.#dial(to.id, peer)
    }
    const frame = encodeFrame(encodeMessage(message))
    const waitingBytes = peer.stream ? peer.stream.writableLength : peer.waitingBytes
    if (waitingBytes + frame.length > this.#options.waitingBytesMax) return
    if (peer.stream) peer.stream.write(frame)
    else {
      peer.waiting.push(frame)
      peer.waitingBytes += frame.length
    }
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    for (const peer of this.#outgoing.values()) peer.stream?.destroy()
    for (const stream of this.#incoming) stream.destroy()
    this.#outgoing.clear()
    await this.#layer.stop()
  }

  #dial(id: string, peer: Outgoing): void {
    this.#layer.dial(peer.address).then(
      (stream) => {
        if (!this.#isRunning || this.#outgoing.get(id) !== peer) return stream.destroy()
        stream.on('error', () => undefined)
        stream.on('close', () => this.#forget(id, peer))
        stream.resume()
        stream.write(encodeFrame(Buffer.from(this.#options.id)))
        for (const frame of peer.waiting) stream.write(frame)
        peer.waiting = []
        peer.stream = stream
      },
      (error: unknown) => {
        this.#logger.debug('a server cannot be reached', { id, address: peer.address, error: errorMessage(error) })
        // What waits is stale by the time of the next try.
        peer.waiting = []
        peer.waitingBytes = 0
        this.#clock.schedule(this.#options.redialDelayMs, () => this.#forget(id, peer))
      },
    )
  }

  #forget(id: string, peer: Outgoing): void {
    if (this.#outgoing.get(id) === peer) this.#outgoing.delete(id)
  }

  #accept(stream: Duplex, receive: Receive): void {
    const reader = new FrameReader(this.#options.messageBytesMax)
    let from: string | undefined
    this.#incoming.add(stream)
    stream.on('close', () => this.#incoming.delete(stream))
    stream.on('error', () => undefined)
    stream.on('data', (piece: Uint8Array) => {
      try {
        for (const frame of reader.push(piece)) {
          if (from !== undefined) receive(from, decodeMessage(frame))
          else if (frame.length > ID_BYTES_MAX) throw new Error('the name of the server is too long')
          else from = Buffer.from(frame).toString()
        }
      } catch (error) {
        this.#logger.warn('a connection sent what is no message', { from: from ?? '', error: errorMessage(error) })
        stream.destroy()
      }
    })
  }
}
