/** A backend over plain maps, for tests: enough of every area to be asked through the wire. */
import {
  agentServiceFields,
  type CheckServiceNode,
  type HealthCheck,
  healthCheckFields,
  type KvEntry,
  kvEntryFields,
  nodeFields,
  nodeServiceFields,
  serviceNodeFields,
  type Session,
  type ServiceDefinition,
  type UserEvent,
} from '@sd/model'
import type { Backend } from '../backend/backend'
import type { ReadOptions, ReadResult, RenderedBodies } from '../backend/call'
import type { KvWrite } from '../backend/kv-backend'
import { HttpStatusError } from '../errors'

export class MemoryBackend implements Backend {
  index = 1
  readonly entries = new Map<string, KvEntry>()
  readonly definitions = new Map<string, ServiceDefinition>()
  readonly sessions = new Map<string, Session>()
  readonly events: UserEvent[] = []
  /** What was called, with what. */
  readonly calls: { name: string; args: readonly unknown[] }[] = []
  readonly instances: CheckServiceNode[] = []
  rendered: RenderedBodies | undefined
  #waiters: (() => void)[] = []

  changed(): void {
    this.index++
    for (const wake of this.#waiters.splice(0)) wake()
  }

  /** How many blocking queries are parked. */
  get parked(): number {
    return this.#waiters.length
  }

  #record(name: string, ...args: readonly unknown[]): void {
    this.calls.push({ name, args })
  }

  #result<T>(value: T): ReadResult<T> {
    const meta = { index: this.index, knownLeader: true, lastContactMs: 0 }
    return this.rendered ? { value, meta, rendered: this.rendered } : { value, meta }
  }

  #read<T>(options: ReadOptions, get: () => T): ReadResult<T> | Promise<ReadResult<T>> {
    this.#record('read', options)
    if (options.filter === 'boom') throw new Error('Failed to create boolean expression evaluator')
    if (options.minIndex === undefined || options.minIndex < this.index) return this.#result(get())
    return new Promise((resolve, reject) => {
      const { signal } = options
      const wake = () => resolve(this.#result(get()))
      this.#waiters.push(wake)
      signal.addEventListener('abort', () => {
        this.#waiters = this.#waiters.filter((other) => other !== wake)
        reject(signal.reason)
      })
    })
  }

  readonly status = { leader: () => '127.0.0.1:8300', peers: () => ['127.0.0.1:8300'] }

  readonly kv = {
    get: (key: string, options: ReadOptions) => this.#read(options, () => this.entries.get(key)),
    list: (prefix: string, options: ReadOptions) =>
      this.#read(options, () => [...this.entries.values()].filter((entry) => entry.key.startsWith(prefix))),
    keys: ({ prefix }: { prefix: string; separator: string }, options: ReadOptions) =>
      this.#read(options, () => [...this.entries.keys()].filter((key) => key.startsWith(prefix))),
    write: ({ verb, entry }: KvWrite) => {
      this.#record('kv.write', verb, entry)
      const old = this.entries.get(entry.key)
      if (verb === 'cas' && (old?.modifyIndex ?? 0) !== entry.modifyIndex) return false
      const modifyIndex = this.index + 1
      if (verb.startsWith('delete')) this.entries.delete(entry.key)
      else {
        const createIndex = old?.createIndex ?? modifyIndex
        this.entries.set(entry.key, kvEntryFields.create({ ...entry, createIndex, modifyIndex }))
      }
      this.changed()
      return true
    },
  }

  readonly health = {
    nodeChecks: (_node: string, options: ReadOptions) => this.#read(options, () => this.#checks()),
    serviceChecks: (_service: string, options: ReadOptions) => this.#read(options, () => this.#checks()),
    checksInState: (_state: string, options: ReadOptions) => this.#read(options, () => this.#checks()),
    serviceNodes: (query: { service: string }, options: ReadOptions) => {
      this.#record('health.serviceNodes', query)
      return this.#read(options, () => this.instances.filter((item) => item.service?.service === query.service))
    },
  }

  #checks(): HealthCheck[] {
    return this.instances.flatMap((item) => item.checks ?? [])
  }

  readonly catalog = {
    datacenters: () => ['dc1'],
    nodes: (options: ReadOptions) => this.#read(options, () => [nodeFields.create({ node: 'n1' })]),
    services: (options: ReadOptions) => this.#read(options, () => ({ web: ['b', 'a'] })),
    serviceNodes: (query: unknown, options: ReadOptions) => {
      this.#record('catalog.serviceNodes', query)
      return this.#read(options, () => [serviceNodeFields.create({ node: 'n1' })])
    },
    nodeServices: (node: string, options: ReadOptions) =>
      this.#read(options, () =>
        node === 'n1'
          ? { node: nodeFields.create({ node }), services: { web: nodeServiceFields.create({ id: 'web' }) } }
          : null,
      ),
    nodeServiceList: ({ node }: { node: string }, options: ReadOptions) =>
      this.#read(options, () => ({ node: node === 'n1' ? nodeFields.create({ node }) : null, services: [] })),
    register: (request: unknown) => this.#record('catalog.register', request),
    deregister: (request: unknown) => this.#record('catalog.deregister', request),
  }

  readonly session = {
    create: (session: Session) => {
      this.#record('session.create', session)
      return 'adf4238a-882b-9ddc-4a9d-5b6758e4159e'
    },
    destroy: (id: string) => void this.sessions.delete(id),
    renew: (id: string) => (this.sessions.has(id) ? [this.sessions.get(id) as Session] : null),
    info: (id: string, options: ReadOptions) =>
      this.#read(options, () => [...this.sessions.values()].filter((session) => session.id === id)),
    node: (_node: string, options: ReadOptions) => this.#read(options, () => [...this.sessions.values()]),
    list: (options: ReadOptions) => this.#read(options, () => [...this.sessions.values()]),
  }

  readonly transaction = {
    read: (operations: readonly unknown[]) => {
      this.#record('transaction.read', operations)
      return { results: [], errors: null, knownLeader: true, lastContactMs: 0 }
    },
    apply: (operations: readonly unknown[]) => {
      this.#record('transaction.apply', operations)
      return { results: null, errors: [{ opIndex: 0, what: 'refused' }] }
    },
  }

  readonly event = {
    fire: (event: UserEvent) => {
      const fired = { ...event, id: 'b54fe110-7af5-cafc-d1fb-afc8ba432b1c', version: 1 }
      this.events.push(fired)
      return fired
    },
    list: () => ({ value: this.events, index: this.events.length === 0 ? 1n : 18_446_744_073_709_551_557n }),
  }

  readonly coordinate = {
    datacenters: () => [{ datacenter: 'dc1', areaId: 'wan', coordinates: [] }],
    nodes: (options: ReadOptions) => this.#read(options, () => []),
    node: (_node: string, options: ReadOptions) => this.#read(options, () => []),
    update: (update: unknown) => this.#record('coordinate.update', update),
  }

  readonly operator = {
    raftConfiguration: () => ({ servers: [], index: 0 }),
    autopilotHealth: () => ({ healthy: false, value: { Healthy: false } }),
  }

  readonly internalUi = {
    nodes: (options: ReadOptions) => this.#read(options, () => []),
    node: (_node: string, options: ReadOptions) => this.#read(options, () => undefined),
    serviceDump: (options: ReadOptions) => this.#read(options, () => this.instances),
  }

  readonly snapshot = {
    save: () => ({
      meta: { index: this.index, knownLeader: true, lastContactMs: 0 },
      chunks: chunked(['snap', 'shot']),
    }),
    restore: async (chunks: AsyncIterable<Uint8Array>) => {
      const parts: Uint8Array[] = []
      for await (const chunk of chunks) parts.push(chunk)
      this.#record('snapshot.restore', Buffer.concat(parts).toString())
    },
  }

  readonly agent = {
    self: () => ({ Config: { NodeName: 'n1' } }),
    host: () => ({}),
    version: () => ({ sha: '', buildDate: '1970-01-01T00:00:01Z', humanVersion: '1.22.3', fips: '' }),
    members: () => ({ value: [] }),
    services: () => ({
      value: Object.fromEntries([...this.definitions.keys()].map((id) => [id, this.#agentService(id)])),
      resultsFilteredByAcls: true,
    }),
    service: ({ id }: { id: string }) => (this.definitions.has(id) ? this.#agentService(id) : undefined),
    checks: () => ({ value: { c: healthCheckFields.create({ checkId: 'c', status: 'passing' }) } }),
    serviceHealthById: (id: string) => (this.definitions.has(id) ? this.#serviceHealth(id) : undefined),
    serviceHealthByName: (name: string) =>
      [...this.definitions].filter(([, value]) => value.name === name).map(([id]) => this.#serviceHealth(id)),
    registerService: ({
      definition,
      replaceExistingChecks,
    }: {
      definition: ServiceDefinition
      replaceExistingChecks: boolean
    }) => {
      this.#record('agent.registerService', definition, replaceExistingChecks)
      this.definitions.set(definition.id || definition.name, definition)
    },
    deregisterService: (id: string) => {
      if (!this.definitions.delete(id)) throw new HttpStatusError(404, `Unknown service ID ${JSON.stringify(id)}`)
    },
    registerCheck: (definition: unknown) => this.#record('agent.registerCheck', definition),
    deregisterCheck: () => {},
    updateCheck: (update: unknown) => this.#record('agent.updateCheck', update),
    setServiceMaintenance: (request: unknown) => this.#record('agent.setServiceMaintenance', request),
    setNodeMaintenance: (request: unknown) => this.#record('agent.setNodeMaintenance', request),
    reload: async () => {},
    leave: async () => {},
    join: async () => {
      throw new Error('1 error occurred')
    },
    forceLeave: async () => {},
    metrics: () => ({ Gauges: [] }),
    prometheusMetrics: () => undefined as string | undefined,
    monitor: () => chunked(['line one\n', 'line two\n']),
  }

  #agentService(id: string) {
    const { name, port } = this.definitions.get(id) as ServiceDefinition
    return agentServiceFields.create({
      id,
      service: name,
      tags: [],
      meta: {},
      port,
      weights: { passing: 1, warning: 1 },
      contentHash: 'ed072f1f5366ff0c',
      datacenter: 'dc1',
    })
  }

  #serviceHealth(id: string) {
    const { name } = this.definitions.get(id) as ServiceDefinition
    const check = healthCheckFields.create({
      node: 'oracle',
      checkId: `service:${id}`,
      name: `Service '${name}' check`,
      status: 'critical',
      serviceId: id,
      serviceName: name,
      type: 'ttl',
    })
    return { service: { ...this.#agentService(id), contentHash: '' }, checks: [check] }
  }
}

async function* chunked(chunks: readonly string[]): AsyncGenerator<never> {
  for (const chunk of chunks) yield chunk as never
}
