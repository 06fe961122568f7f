import { type Session, type SessionBehavior, sessionFields, type SessionServiceCheck } from '@sd/model'
import { formatDuration } from '@sd/runtime'
import { decodeList, decodeOne, needObject, needText } from '../json'
import { escapeSegment } from '../query-string'
import type { QueryResult } from '../read-meta'
import { type CallOptions, parseAnswer, type ReadOptions, type Transport } from '../transport'

export interface SessionRequest {
  readonly name?: string
  /** @defaultValue the agent's node */
  readonly node?: string
  /** How long locks stay closed after the session was lost. @defaultValue 15_000 (the server's) */
  readonly lockDelayMs?: number
  /** @defaultValue "release" */
  readonly behavior?: SessionBehavior
  /** The session ends when it is not renewed for this long; absent: only by its checks. From 10_000 to 86_400_000. */
  readonly ttlMs?: number
  /** Node checks that end the session when critical; an empty list for none. @defaultValue ["serfHealth"] */
  readonly nodeChecks?: readonly string[]
  readonly serviceChecks?: readonly SessionServiceCheck[]
}

const sessionList = (value: unknown, path: string) => decodeList(sessionFields, value, path)

/** Sessions: who holds which locks. */
export class SessionArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The id of a new session. */
  async create(request: SessionRequest = {}, call?: CallOptions): Promise<string> {
    const path = '/v1/session/create'
    const body = JSON.stringify({
      Name: request.name,
      Node: request.node,
      LockDelay: request.lockDelayMs === undefined ? undefined : formatDuration(request.lockDelayMs),
      Behavior: request.behavior,
      TTL: request.ttlMs === undefined ? undefined : formatDuration(request.ttlMs),
      NodeChecks: request.nodeChecks,
      ServiceChecks: request.serviceChecks?.map(({ id, namespace }) => ({ ID: id, Namespace: namespace })),
    })
    const value = await this.#transport.json({ method: 'PUT', path, body, call })
    return needText(needObject(value, path).ID, path)
  }

  async destroy(id: string, call?: CallOptions): Promise<void> {
    await this.#transport.request({ method: 'PUT', path: `/v1/session/destroy/${escapeSegment(id)}`, call })
  }

  /** Restarts the session's time; undefined when it has ended. */
  async renew(id: string, call?: CallOptions): Promise<Session | undefined> {
    const path = `/v1/session/renew/${escapeSegment(id)}`
    const answer = await this.#transport.request({ method: 'PUT', path, call, accept: [404] })
    if (answer.status === 404) return undefined
    const value = parseAnswer(path, answer)
    return Array.isArray(value) && value.length > 0 ? decodeOne(sessionFields, value[0], path) : undefined
  }

  async info(id: string, options: ReadOptions = {}): Promise<QueryResult<Session | undefined>> {
    const path = `/v1/session/info/${escapeSegment(id)}`
    const { value, meta } = await this.#transport.read(path, options, sessionList)
    return { value: value[0], meta }
  }

  node(node: string, options: ReadOptions = {}): Promise<QueryResult<readonly Session[]>> {
    return this.#transport.read(`/v1/session/node/${escapeSegment(node)}`, options, sessionList)
  }

  list(options: ReadOptions = {}): Promise<QueryResult<readonly Session[]>> {
    return this.#transport.read('/v1/session/list', options, sessionList)
  }
}
