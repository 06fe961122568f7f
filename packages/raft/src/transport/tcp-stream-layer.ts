import { type Server, type Socket, connect, createServer } from 'node:net'
import type { Duplex } from 'node:stream'
import type { StreamLayer } from '../ports/stream-layer'

export interface TcpStreamLayerOptions {
  /**
   * Address to listen on.
   * @defaultValue '127.0.0.1'
   */
  readonly host?: string
  /**
   * Port to listen on; 0 lets the system choose.
   * @defaultValue 0
   */
  readonly port?: number
  /**
   * How long a connection may take to open, in milliseconds.
   * @defaultValue 10_000
   */
  readonly dialTimeoutMs?: number
}

/** Plain TCP. Addresses are "host:port", IPv6 hosts in brackets. */
export class TcpStreamLayer implements StreamLayer {
  readonly #options: Required<TcpStreamLayerOptions>
  #server: Server | undefined

  constructor(options: TcpStreamLayerOptions = {}) {
    this.#options = { host: '127.0.0.1', port: 0, dialTimeoutMs: 10_000, ...options }
  }

  /** Where others reach it, once it is started. */
  get address(): string {
    const bound = this.#server?.address()
    if (!bound || typeof bound === 'string') throw new Error('TcpStreamLayer is not started')
    return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`
  }

  /** Binds the port ahead of `start`, for those who must know the address first. */
  async listen(): Promise<void> {
    if (this.#server) return
    const server = createServer({ noDelay: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.#options.port, this.#options.host, () => {
        server.off('error', reject)
        resolve()
      })
    })
    this.#server = server
  }

  async start(accept: (stream: Duplex) => void): Promise<void> {
    await this.listen()
    this.#server?.on('connection', accept)
  }

  dial(address: string): Promise<Duplex> {
    const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(address)
    if (!match) return Promise.reject(new Error(`${JSON.stringify(address)} is not host:port`))
    return new Promise((resolve, reject) => {
      const socket: Socket = connect({ host: (match[1] ?? match[2]) as string, port: Number(match[3]), noDelay: true })
      const fail = (error: Error) => {
        socket.destroy()
        reject(error)
      }
      socket.setTimeout(this.#options.dialTimeoutMs, () => fail(new Error(`no answer from ${address}`)))
      socket.once('error', fail)
      socket.once('connect', () => {
        socket.off('error', fail)
        socket.setTimeout(0)
        resolve(socket)
      })
    })
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}
