/** A real HTTP server on a port of the system's choice, for tests. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export type Answer = (request: Seen, response: ServerResponse) => void | Promise<void>

export class TestServer implements AsyncDisposable {
  readonly seen: Seen[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(answer: Answer, socketPath?: string): Promise<TestServer> {
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const seen: Seen = {
          method: request.method as string,
          url: request.url as string,
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }
        self.seen.push(seen)
        void answer(seen, response)
      })
    }
    const self = new TestServer(createServer(listener))
    await new Promise<void>((resolve) => {
      if (socketPath) self.#server.listen(socketPath, resolve)
      else self.#server.listen(0, '127.0.0.1', resolve)
    })
    return self
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  get last(): Seen {
    return this.seen[this.seen.length - 1] as Seen
  }

  closeConnections(): void {
    this.#server.closeAllConnections()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export function sendJson(response: ServerResponse, value: unknown, index = 1, status = 200): void {
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'X-Consul-Index': String(index),
    'X-Consul-Knownleader': 'true',
    'X-Consul-Lastcontact': '0',
    'X-Consul-Effective-Consistency': 'leader',
  })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}
