/** A small agent over real HTTP: keys with indexes and sessions, services, maintenance, and fixed answers for the rest. */
import { EventEmitter, once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Entry {
  LockIndex: number
  Key: string
  Flags: string
  Value: string | null
  Session?: string
  CreateIndex: number
  ModifyIndex: number
}

const NODE = {
  ID: 'bc06bf31-8d7e-7232-4bce-5592fd4b450b',
  Node: 'n1',
  Address: '127.0.0.1',
  Datacenter: 'dc1',
  TaggedAddresses: { wan: '10.0.0.1', lan: '127.0.0.1' },
  Meta: { rack: 'r1' },
  CreateIndex: 11,
  ModifyIndex: 16,
}

const member = (name: string, tags: Record<string, string>, status = 1) => ({
  Name: name,
  Addr: '127.0.0.1',
  Port: 8301,
  Tags: { dc: 'dc1', vsn: '2', build: '1.22.3:abc', ...tags },
  Status: status,
})

export class SmallAgent implements AsyncDisposable {
  readonly entries = new Map<string, Entry>()
  readonly services = new Map<string, Record<string, unknown>>()
  readonly requests: { method: string; url: string; body: string }[] = []
  nodeReason: string | undefined
  index = 100
  members = [
    member('n2', { role: 'node', segment: '' }),
    member('n1', { role: 'consul', id: 'x' }),
    member('odd', {}, 4),
  ]
  readonly #changed = new EventEmitter()
  readonly #server: Server = createServer((request, response) => void this.#receive(request, response))

  static async start(): Promise<SmallAgent> {
    const agent = new SmallAgent()
    await new Promise<void>((resolve) => agent.#server.listen(0, '127.0.0.1', resolve))
    return agent
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  put(key: string, value: string | Uint8Array, flags = '0', session?: string): void {
    const old = this.entries.get(key)
    this.index++
    this.entries.set(key, {
      LockIndex: old?.LockIndex ?? 0,
      Key: key,
      Flags: flags,
      Value: value.length === 0 ? null : Buffer.from(value).toString('base64'),
      ...(session ? { Session: session } : {}),
      CreateIndex: old?.CreateIndex ?? this.index,
      ModifyIndex: this.index,
    })
    this.#changed.emit('change')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const method = request.method as string
    this.requests.push({ method, url: request.url as string, body: body.toString() })
    const { pathname, searchParams } = new URL(request.url as string, 'http://x')
    const key = /^\/v1\/kv\/(.*)$/.exec(pathname)?.[1]
    if (key !== undefined) return this.#kv(method, decodeURIComponent(key), searchParams, body, response)
    const [status, value] = this.#answer(method, pathname, searchParams, body.toString())
    this.#send(response, status, value)
  }

  #send(response: ServerResponse, status: number, value: unknown): void {
    response.writeHead(status, { 'X-Consul-Index': String(this.index), 'X-Consul-Knownleader': 'true' })
    response.end(typeof value === 'string' ? value : JSON.stringify(value))
  }

  async #kv(
    method: string,
    key: string,
    query: URLSearchParams,
    value: Buffer,
    response: ServerResponse,
  ): Promise<void> {
    const old = this.entries.get(key)
    if (method === 'GET') {
      while (Number(query.get('index') ?? 0) >= this.index) await once(this.#changed, 'change')
      const isMany = query.has('recurse') || query.has('keys')
      const found = [...this.entries.values()]
        .filter((entry) => (isMany ? entry.Key.startsWith(key) : entry.Key === key))
        .sort((a, b) => (a.Key < b.Key ? -1 : 1))
      if (found.length === 0) return this.#send(response, 404, '')
      if (query.has('keys')) return this.#send(response, 200, keysOf(found, key, query.get('separator') ?? ''))
      const texts = found.map(({ Flags, ...rest }) => `${JSON.stringify(rest).slice(0, -1)},"Flags":${Flags}}`)
      return this.#send(response, 200, `[${texts.join(',')}]`)
    }
    const cas = query.get('cas')
    if (cas !== null && Number(cas) !== (old?.ModifyIndex ?? 0)) return this.#send(response, 200, 'false')
    const acquire = query.get('acquire') ?? undefined
    if (acquire && old?.Session && old.Session !== acquire) return this.#send(response, 200, 'false')
    if (query.has('release') && old?.Session !== query.get('release')) return this.#send(response, 200, 'false')
    if (method === 'PUT') this.put(key, value, query.get('flags') ?? '0', acquire)
    else
      for (const name of this.entries.keys())
        if (query.has('recurse') ? name.startsWith(key) : name === key) this.entries.delete(name)
    this.#send(response, 200, 'true')
  }

  #answer(method: string, path: string, query: URLSearchParams, body: string): [number, unknown] {
    switch (`${method} ${path}`) {
      case 'GET /v1/status/leader':
        return [200, '"127.0.0.1:8300"']
      case 'GET /v1/agent/self':
        return [
          200,
          { Config: { NodeName: 'n1' }, Stats: { raft: { term: '2', applied_index: '7' }, agent: { checks: '0' } } },
        ]
      case 'GET /v1/agent/members':
        return query.get('filter') === 'bad'
          ? [400, 'Failed to create boolean expression evaluator']
          : [200, this.members]
      case 'GET /v1/agent/checks':
        return [200, this.#checks()]
      case 'GET /v1/catalog/datacenters':
        return [200, ['dc1', 'dc2']]
      case 'GET /v1/catalog/nodes':
        return [
          200,
          query.get('node-meta') === 'rack:r2' ? [] : [NODE, { ...NODE, Node: 'longer-name', ID: '', Meta: null }],
        ]
      case 'GET /v1/catalog/services':
        return [200, { web: ['b', 'a'], consul: [] }]
      case 'GET /v1/catalog/node/n1':
        return [200, { Node: NODE, Services: { w: { ID: 'w', Service: 'web', Tags: ['z'] } } }]
      case 'GET /v1/catalog/service/web':
        return [200, [{ ...NODE, Meta: undefined, NodeMeta: NODE.Meta, ServiceName: 'web' }]]
      case 'GET /v1/operator/raft/configuration':
        return [
          200,
          {
            Servers: [
              {
                ID: 'i1',
                Node: 'n1',
                Address: '127.0.0.1:8300',
                Leader: true,
                Voter: true,
                ProtocolVersion: '3',
                LastIndex: 9,
              },
              { ID: 'i2', Node: 'n2', Address: '127.0.0.2:8300', Voter: true, LastIndex: 8 },
            ],
          },
        ]
      case 'PUT /v1/agent/maintenance':
        this.nodeReason = query.get('enable') === 'true' ? (query.get('reason') ?? '') : undefined
        return [200, '']
      case 'PUT /v1/agent/service/register': {
        const service = JSON.parse(body) as Record<string, unknown>
        this.services.set(String(service.ID ?? service.Name), service)
        return [200, '']
      }
      case 'PUT /v1/event/fire/deploy':
        return [200, { ID: 'event-id', Name: 'deploy' }]
      case 'PUT /v1/agent/join/10.0.0.1':
      case 'PUT /v1/agent/reload':
      case 'PUT /v1/agent/leave':
      case 'PUT /v1/agent/force-leave/n2':
        return [200, '']
      case 'GET /v1/agent/monitor':
        return [200, '2024 [INFO] agent: one\n2024 [INFO] agent: two\n']
      default: {
        const id = /^\/v1\/agent\/service\/deregister\/(.*)$/.exec(path)?.[1] ?? ''
        return this.services.delete(id) ? [200, ''] : [404, `Unknown service ID "${id}".`]
      }
    }
  }

  #checks() {
    if (this.nodeReason === undefined) return {}
    return { _node_maintenance: { CheckID: '_node_maintenance', Notes: this.nodeReason, Status: 'critical' } }
  }
}

function keysOf(entries: readonly Entry[], prefix: string, separator: string): string[] {
  const names = entries.map(({ Key }) => {
    const at = separator === '' ? -1 : Key.indexOf(separator, prefix.length)
    return at < 0 ? Key : Key.slice(0, at + separator.length)
  })
  return [...new Set(names)]
}
