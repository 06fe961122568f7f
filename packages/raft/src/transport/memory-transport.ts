import type { RaftServer } from '../core/messages'
import type { Transport } from '../ports/transport'
import { type WireMessage, decodeMessage, encodeMessage } from './message-codec'

type Receive = (from: string, message: WireMessage) => void

/** Joins the memory transports of one process. Messages cross it encoded, so that nothing is shared by accident. */
export class MemoryNetwork {
  readonly #receivers = new Map<string, Receive>()
  readonly #cut = new Set<string>()

  /** Messages between the two are lost from now on. */
  cut(a: string, b: string): void {
    this.#cut.add(`${a} ${b}`).add(`${b} ${a}`)
  }

  heal(): void {
    this.#cut.clear()
  }

  attach(id: string, receive: Receive): void {
    this.#receivers.set(id, receive)
  }

  detach(id: string): void {
    this.#receivers.delete(id)
  }

  carry(from: string, to: string, message: WireMessage): void {
    const bytes = encodeMessage(message)
    setImmediate(() => {
      if (!this.#cut.has(`${from} ${to}`)) this.#receivers.get(to)?.(from, decodeMessage(bytes))
    })
  }
}

/** Reaches the other servers of this process; a lone server needs no network of its own. */
export class MemoryTransport implements Transport {
  readonly #id: string
  readonly #network: MemoryNetwork
  #isRunning = false

  constructor(id: string, network: MemoryNetwork = new MemoryNetwork()) {
    this.#id = id
    this.#network = network
  }

  async start(receive: Receive): Promise<void> {
    this.#isRunning = true
    this.#network.attach(this.#id, receive)
  }

  send(to: RaftServer, message: WireMessage): void {
    if (this.#isRunning) this.#network.carry(this.#id, to.id, message)
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return
    this.#isRunning = false
    this.#network.detach(this.#id)
  }
}
