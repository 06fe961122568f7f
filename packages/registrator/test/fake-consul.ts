/** The agent endpoints of a Consul agent over a store that can be lost. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ConsulServiceRegistration } from '../src/registries/consul-agent-calls'

export class FakeConsul {
  readonly services = new Map<string, ConsulServiceRegistration>()
  readonly writes: string[] = []
  /** Listings answered. */
  reads = 0
  readonly tokens = new Set<string | undefined>()
  /** How many of the next writes are answered with 500, unapplied. */
  failures = 0
  /** How many of the next writes are applied, but their answers lost. */
  lostAnswers = 0
  /** Names of services that are refused with 400. */
  readonly refused = new Set<string>()
  port = 0
  #server: Server | undefined
  #sockets = new Set<Socket>()

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get isUp(): boolean {
    return this.#server !== undefined
  }

  async up(): Promise<void> {
    if (this.#server) return
    const server = createServer((request, response) => void this.#answer(request, response))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(this.port, '127.0.0.1', resolve)
    })
    this.port = (server.address() as AddressInfo).port
  }

  async kill({ forget = false } = {}): Promise<void> {
    const server = this.#server
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    if (server) await new Promise((resolve) => server.close(resolve))
    if (forget) this.services.clear()
  }

  put(id: string, service: Partial<ConsulServiceRegistration> = {}): void {
    this.services.set(id, { ID: id, Name: 'x', Tags: [], Port: 1, Address: '', Meta: {}, ...service })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? ''
    this.tokens.add(request.headers['x-consul-token'] as string | undefined)
    if (request.method === 'GET') {
      if (url.startsWith('/v1/status/leader')) return void response.end('"127.0.0.1:8300"')
      this.reads++
      const shown = [...this.services].map(([id, { Name, Tags, Port, Address, Meta }]) => [
        id,
        { ID: id, Service: Name, Tags: Tags.length > 0 ? Tags : [], Port, Address, Meta },
      ])
      return void response.end(JSON.stringify(Object.fromEntries(shown)))
    }
    let body = ''
    for await (const chunk of request) body += String(chunk)
    if (this.failures > 0) {
      this.failures--
      return void response.writeHead(500).end('No cluster leader')
    }
    this.#write(url, body, response)
  }

  #write(url: string, body: string, response: ServerResponse): void {
    if (url.startsWith('/v1/agent/service/register')) {
      const service = JSON.parse(body) as ConsulServiceRegistration
      this.writes.push(`register ${service.ID}`)
      if (this.refused.has(service.Name)) return void response.writeHead(400).end('Invalid check')
      this.services.set(service.ID, service)
    } else {
      const id = decodeURIComponent(url.replace('/v1/agent/service/deregister/', '').replace(/\?.*/, ''))
      this.writes.push(`deregister ${id}`)
      if (!this.services.delete(id)) return void response.writeHead(404).end(`Unknown service ID "${id}"`)
    }
    if (this.lostAnswers > 0) {
      this.lostAnswers--
      response.destroy()
    } else response.end()
  }
}
