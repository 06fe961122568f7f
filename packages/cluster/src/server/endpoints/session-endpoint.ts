/** Sessions: created and ended by command, kept alive by the leader's clock. */
import { getSession, listNodeSessions, listSessions, type CatalogTables, selectorsOf } from '@sd/catalog'
import { errorMessage, formatDuration, parseDuration, type Random, randomUuid } from '@sd/runtime'
import { type Session, sessionFields } from '@sd/model'
import { refused } from '../../errors'
import { arrange, filterOf } from '../arrange'
import type { Commands } from '../commands'
import type { SessionExpiry } from '../leader/session-expiry'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

/** Longest time to live of a session, in milliseconds. */
export const SESSION_TTL_MAX_MS = 86_400_000
/** Shortest, unless configured otherwise (Consul's session_ttl_min). */
export const SESSION_TTL_MIN_MS = 10_000

export interface SessionEndpointOptions {
  readonly sessionTtlMinMs?: number | undefined
}

export class SessionEndpoint {
  readonly #ttlMinMs: number

  constructor(
    private readonly pipeline: RequestPipeline,
    private readonly commands: Commands,
    private readonly expiry: SessionExpiry,
    private readonly random: Random,
    private readonly tables: () => CatalogTables,
    options: SessionEndpointOptions = {},
  ) {
    this.#ttlMinMs = options.sessionTtlMinMs ?? SESSION_TTL_MIN_MS
  }

  info(id: string, options: ReadCallOptions) {
    return this.pipeline.read<readonly Session[]>(
      {
        key: `session.info\u0000${id}`,
        query: (tables, watch) => {
          const { index, value } = getSession(tables, id, watch)
          return { index, value: value ? [value] : [] }
        },
        isMissing: (value) => value.length === 0,
      },
      options,
    )
  }

  list(options: ReadCallOptions) {
    const filter = filterOf(selectorsOf(sessionFields), options.filter)
    return this.pipeline.read<readonly Session[]>(
      { key: 'session.list', query: (tables, watch) => arrange(tables, listSessions(tables, watch), filter) },
      options,
    )
  }

  nodeSessions(node: string, options: ReadCallOptions) {
    const filter = filterOf(selectorsOf(sessionFields), options.filter)
    return this.pipeline.read<readonly Session[]>(
      {
        key: `session.node\u0000${node}`,
        query: (tables, watch) => arrange(tables, listNodeSessions(tables, node, watch), filter),
      },
      options,
    )
  }

  /** Returns the id of the new session. */
  async create(wanted: Session, datacenter?: string): Promise<string> {
    if (wanted.node === '') throw refused('Must provide Node')
    const behavior = wanted.behavior || 'release'
    if (behavior !== 'release' && behavior !== 'delete')
      throw refused(`Invalid Behavior setting '${behavior as string}'`)
    this.#requireTtl(wanted.ttl)
    const session = { ...wanted, behavior, id: this.#newId() }
    await this.commands.createSession(session, datacenter)
    return session.id
  }

  async destroy(id: string, datacenter?: string): Promise<void> {
    if (id === '') throw refused('Must provide ID')
    this.pipeline.requireHere(datacenter)
    if (!getSession(this.tables(), id).value) return
    await this.commands.destroySession(id, datacenter)
  }

  /** The session, its time to live begun anew; undefined when there is none. */
  renew(id: string, datacenter?: string): Session | undefined {
    this.pipeline.requireHere(datacenter)
    const session = getSession(this.tables(), id).value
    if (session) this.expiry.renew(session)
    return session
  }

  #newId(): string {
    let id = randomUuid(this.random)
    while (getSession(this.tables(), id).value) id = randomUuid(this.random)
    return id
  }

  #requireTtl(ttl: string): void {
    if (ttl === '') return
    let ttlMs: number
    try {
      ttlMs = parseDuration(ttl)
    } catch (error) {
      throw refused(`Session TTL '${ttl}' invalid: ${errorMessage(error)}`)
    }
    if (ttlMs === 0 || (ttlMs >= this.#ttlMinMs && ttlMs <= SESSION_TTL_MAX_MS)) return
    throw refused(
      `Invalid Session TTL '${Math.round(ttlMs * 1e6)}', must be between [${formatDuration(this.#ttlMinMs)}=${formatDuration(SESSION_TTL_MAX_MS)}]`,
    )
  }
}
