/** An engine on a unix socket that answers as Docker does, and can be killed, hang and forget. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DockerHost } from '../src/docker/docker-host'

type Inspection = ReturnType<typeof recordedInspection>

const recorded = (name: string): string => readFileSync(join(__dirname, 'recorded', name), 'utf8')
const recordedInspection = () =>
  JSON.parse(recorded('inspect-up.json')) as {
    Id: string
    Name: string
    State: { Running: boolean; ExitCode: number; [key: string]: unknown }
    HostConfig: { NetworkMode: string }
    Config: { Env: string[]; Labels: Record<string, string>; Image: string; ExposedPorts: Record<string, object> }
    NetworkSettings: {
      IPAddress: string
      Ports: Record<string, { HostIp: string; HostPort: string }[] | null>
      Networks: Record<string, { NetworkID: string; IPAddress: string }>
    }
  }

export interface Run {
  name: string
  hostPort: number
  env?: string[]
  networkMode?: string
}

export class FakeDocker {
  readonly folder = mkdtempSync(join(tmpdir(), 'engine-'))
  readonly path = join(this.folder, 's')
  readonly containers = new Map<string, Inspection>()
  /** Paths of all requests. */
  readonly requests: string[] = []
  /** How many of the next requests, except events, are answered with 500. */
  failures = 0
  isHanging = false
  version = JSON.parse(recorded('version.json')) as { ApiVersion: string; MinAPIVersion: string }
  #server: Server | undefined
  #sockets = new Set<Socket>()
  #streams = new Set<ServerResponse>()
  #count = 0

  get host(): DockerHost {
    return { kind: 'unix', path: this.path, text: `unix://${this.path}` }
  }

  get isUp(): boolean {
    return this.#server !== undefined
  }

  async up(): Promise<void> {
    if (this.#server) return
    const server = createServer((request, response) => this.#answer(request, response))
    server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.path, resolve))
  }

  /** As SIGKILL does: connections break, the socket is gone. */
  async kill(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    this.#streams.clear()
    for (const socket of this.#sockets) socket.destroy()
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  async dispose(): Promise<void> {
    await this.kill()
    rmSync(this.folder, { recursive: true })
  }

  get listeners(): number {
    return this.#streams.size
  }

  run({ name, hostPort, env = [], networkMode = 'default' }: Run): string {
    const id = (++this.#count).toString(16).padStart(64, '0')
    const container = recordedInspection()
    container.Id = id
    container.Name = `/${name}`
    container.HostConfig.NetworkMode = networkMode
    container.Config.Env = env
    container.Config.Labels = {}
    container.Config.ExposedPorts = { '8080/tcp': {} }
    container.NetworkSettings.Ports = { '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: String(hostPort) }] }
    this.containers.set(id, container)
    this.emit('start', id)
    return id
  }

  end(id: string, exitCode = 137): void {
    const container = this.containers.get(id)
    if (!container?.State.Running) return
    container.State = { ...container.State, Running: false, ExitCode: exitCode }
    this.emit('die', id, { exitCode: String(exitCode) })
  }

  startAgain(id: string, hostPort: number): void {
    const container = this.containers.get(id) as Inspection
    container.State = { ...container.State, Running: true, ExitCode: 0 }
    container.NetworkSettings.Ports = { '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: String(hostPort) }] }
    this.emit('start', id)
  }

  remove(id: string): void {
    this.end(id)
    this.containers.delete(id)
    this.emit('destroy', id)
  }

  emit(action: string, id: string, attributes: Record<string, string> = {}): void {
    this.write(
      `${JSON.stringify({ status: action, id, Type: 'container', Action: action, Actor: { ID: id, Attributes: attributes } })}\n`,
    )
  }

  /** Raw bytes to everyone who listens to events. */
  write(bytes: string | Buffer): void {
    for (const stream of this.#streams) stream.write(bytes)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? ''
    this.requests.push(path)
    if (this.isHanging) return
    const route = path.replace(/^\/v[\d.]+/, '')
    if (route.startsWith('/events')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
      this.#streams.add(response)
      response.on('close', () => this.#streams.delete(response))
    } else if (this.failures > 0) {
      this.failures--
      response.writeHead(500).end('{"message":"server is shutting down"}')
    } else if (route === '/version') response.end(JSON.stringify(this.version))
    else if (route === '/_ping') response.end('OK')
    else if (route === '/containers/json') {
      const running = [...this.containers.values()].filter(({ State }) => State.Running)
      response.end(JSON.stringify(running.map(({ Id, Name }) => ({ Id, Names: [Name] }))))
    } else {
      const name = decodeURIComponent(/^\/containers\/([^/]+)\/json$/.exec(route)?.[1] ?? '')
      const container = this.containers.get(name)
      if (container) response.end(JSON.stringify(container))
      else response.writeHead(404).end(JSON.stringify({ message: `No such container: ${name}` }))
    }
  }
}
