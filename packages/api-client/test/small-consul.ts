/** Keys, sessions and locks of a small in-process server, with blocking reads. */
import { EventEmitter, once } from 'node:events'
import { type Seen, sendJson, TestServer } from './http-server'
import type { ServerResponse } from 'node:http'

interface Entry {
  Key: string
  Value: string | null
  Flags: string
  Session?: string
  LockIndex: number
  CreateIndex: number
  ModifyIndex: number
}

export class SmallConsul implements AsyncDisposable {
  readonly entries = new Map<string, Entry>()
  readonly sessions = new Set<string>()
  index = 10
  renewals = 0
  /** When set, every request is answered with this status. */
  failWith = 0
  readonly #changed = new EventEmitter().setMaxListeners(0)
  server!: TestServer

  static async start(): Promise<SmallConsul> {
    const self = new SmallConsul()
    self.server = await TestServer.start((request, response) => self.#answer(request, response))
    return self
  }

  get address(): string {
    return this.server.address
  }

  /** Resolves at the next change. */
  changed(): Promise<unknown> {
    return once(this.#changed, 'change')
  }

  change(): void {
    this.index++
    this.#changed.emit('change')
  }

  endSession(id: string): void {
    this.sessions.delete(id)
    for (const entry of this.entries.values()) {
      if (entry.Session !== id) continue
      delete entry.Session
      entry.ModifyIndex = this.index + 1
    }
    this.change()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
  }

  async #answer({ method, url, body }: Seen, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(url, 'http://x')
    if (this.failWith) return void response.writeHead(this.failWith).end('No cluster leader')
    if (pathname === '/v1/session/create') {
      const id = `session-${this.sessions.size + 1}-${this.index}`
      this.sessions.add(id)
      return sendJson(response, { ID: id })
    }
    if (pathname.startsWith('/v1/session/renew/')) {
      this.renewals++
      const id = pathname.slice('/v1/session/renew/'.length)
      if (!this.sessions.has(id)) return sendJson(response, 'Session id not found', this.index, 404)
      return sendJson(response, [{ ID: id, TTL: '15s' }])
    }
    if (pathname.startsWith('/v1/session/destroy/')) {
      this.endSession(pathname.slice('/v1/session/destroy/'.length))
      return sendJson(response, true)
    }
    const key = decodeURIComponent(pathname.slice('/v1/kv/'.length))
    if (method === 'GET') return this.#get(key, Number(searchParams.get('index') ?? 0), response)
    if (method === 'DELETE') {
      this.entries.delete(key)
      this.change()
      return sendJson(response, true)
    }
    sendJson(response, this.#put(key, searchParams, body))
  }

  async #get(key: string, minIndex: number, response: ServerResponse): Promise<void> {
    while (minIndex >= this.index && !response.destroyed) await this.changed()
    const entry = this.entries.get(key)
    if (!entry) return sendJson(response, '', this.index, 404)
    const { Flags, ...rest } = entry
    sendJson(response, `[${JSON.stringify(rest).slice(0, -1)},"Flags":${Flags}}]`, this.index)
  }

  #put(key: string, query: URLSearchParams, body: string): boolean {
    const acquire = query.get('acquire')
    const release = query.get('release')
    const old = this.entries.get(key)
    if (acquire && (!this.sessions.has(acquire) || (old?.Session && old.Session !== acquire))) return false
    if (release && old?.Session !== release) return false
    this.entries.set(key, {
      Key: key,
      Value: body === '' ? null : Buffer.from(body).toString('base64'),
      Flags: query.get('flags') ?? '0',
      LockIndex: (old?.LockIndex ?? 0) + (acquire ? 1 : 0),
      CreateIndex: old?.CreateIndex ?? this.index + 1,
      ModifyIndex: this.index + 1,
      ...(acquire ? { Session: acquire } : {}),
    })
    this.change()
    return true
  }
}
