/** At most so many connections per client address; one more is told so and closed. */
import type { Socket } from 'node:net'

const MESSAGE = 'Your IP is issuing too many concurrent connections, please rate limit your calls\n'
const REFUSAL = `HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: ${MESSAGE.length}\r\nConnection: close\r\n\r\n${MESSAGE}`

export class ConnectionLimit {
  readonly #open = new Map<string, number>()

  /** May be changed while connections are open: it holds for those that come. */
  constructor(public perClientMax: number) {}

  /** Counts `socket`; false when it was one too many and has been refused. */
  admit(socket: Socket): boolean {
    const address = socket.remoteAddress
    if (this.perClientMax <= 0 || address === undefined) return true
    const open = this.#open.get(address) ?? 0
    if (open >= this.perClientMax) {
      socket.on('error', () => {})
      socket.end(REFUSAL, () => socket.destroy())
      return false
    }
    this.#open.set(address, open + 1)
    socket.once('close', () => {
      const left = (this.#open.get(address) ?? 1) - 1
      if (left > 0) this.#open.set(address, left)
      else this.#open.delete(address)
    })
    return true
  }
}
