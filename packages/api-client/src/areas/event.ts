import { type UserEvent, userEventFields } from '@sd/model'
import { decodeList, decodeOne } from '../json'
import { escapeSegment, readParameters } from '../query-string'
import { type QueryResult, readMeta } from '../read-meta'
import { type CallOptions, parseAnswer, type ReadOptions, type Transport } from '../transport'

/** Whom an event is for: regular expressions over node names, service names and tags. */
export interface EventFilters {
  readonly node?: string
  readonly service?: string
  readonly tag?: string
}

/** How many exact indexes are kept: more than watches of events that run at a time. */
const WIDE_INDEXES_MAX = 64

/** User events, by gossip. */
export class EventArea {
  readonly #transport: Transport
  readonly #wideIndexes = new Map<number, string>()
  constructor(transport: Transport) {
    this.#transport = transport
  }

  async fire(
    name: string,
    options: { payload?: string | Uint8Array; filters?: EventFilters } & CallOptions = {},
  ): Promise<UserEvent> {
    const path = `/v1/event/fire/${escapeSegment(name)}`
    const { payload, filters = {} } = options
    const query = {
      node: filters.node || undefined,
      service: filters.service || undefined,
      tag: filters.tag || undefined,
    }
    const body = payload === undefined ? {} : { body: payload }
    return decodeOne(
      userEventFields,
      await this.#transport.json({ method: 'PUT', path, query, call: options, ...body }),
      path,
    )
  }

  /** The latest events this agent saw (256 at most). The index is made from the last event's id, so it may go back. */
  async list(options: { name?: string } & ReadOptions = {}): Promise<QueryResult<readonly UserEvent[]>> {
    const path = '/v1/event/list'
    const parameters = readParameters(options)
    const index = this.#wideIndexes.get(options.minIndex ?? 0) ?? parameters.index
    const query = { ...parameters, index, name: options.name || undefined }
    const answer = await this.#transport.request({ path, query, call: options })
    const value = decodeList(userEventFields, parseAnswer(path, answer), path)
    return {
      value,
      meta: { ...readMeta(answer.headers), index: this.#narrow(String(answer.headers['x-consul-index'])) },
    }
  }

  /** The index has 64 bits here: a number stands for it, and the exact text is kept for the next call. */
  #narrow(text: string): number {
    if (!/^\d{1,20}$/.test(text)) return 0
    const narrow = Number(BigInt.asUintN(52, BigInt(text)))
    this.#wideIndexes.delete(narrow)
    this.#wideIndexes.set(narrow, text)
    const oldest = this.#wideIndexes.keys().next().value
    if (this.#wideIndexes.size > WIDE_INDEXES_MAX && oldest !== undefined) this.#wideIndexes.delete(oldest)
    return narrow
  }
}
