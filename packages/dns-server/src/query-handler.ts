/** One request packet to one reply packet: the cache, the zones, or the recursors. */
import {
  type Clock,
  errorMessage,
  isSdError,
  type Logger,
  type MetricLabels,
  type Metrics,
  type Random,
} from '@sd/runtime'
import { type Answer, AnswerLookup } from './answer-lookup'
import { type FitLimits, fitResponse } from './fit-response'
import { formatAddress } from './ip-address'
import { chain } from './maybe-promise'
import { METRICS } from './metrics'
import type { AnswerSettings } from './options'
import { PacketCache } from './packet-cache'
import { FixedTemplate, type PacketTemplate, REPEATED_FLAGS, ShuffleTemplate } from './packet-template'
import { plainQueryEnd, questionKey, transportPrefix } from './question-key'
import { Recursor } from './recursor'
import type { MaybePromise, Resolver } from './resolver'
import { shuffleParts } from './shuffle-parts'
import { TtlPolicy } from './ttl-policy'
import { FLAG, HEADER_BYTES, OPCODE, RCODE, TYPE, typeName } from './wire/constants'
import { encodeClientSubnet, type Edns, type Query, readQuery } from './wire/read-query'
import type { DnsRecord, OptRecord, Question } from './wire/records'
import { writeAll, writeBare, writeMessage } from './wire/write-message'

export interface QueryHandlerPorts {
  readonly resolver: Resolver
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
  readonly signal: AbortSignal
}

export type Transport = 'udp' | 'tcp'

type Zone = 'domain' | 'reverse' | 'recurse' | 'refuse'

/** Labels are made once for each type of question. */
const TYPE_LABELS_MAX = 64

export class QueryHandler {
  readonly #ports: QueryHandlerPorts
  readonly #cache: PacketCache
  #settings: AnswerSettings
  #lookup: AnswerLookup
  #recursor: Recursor | undefined
  #nodeLabels: MetricLabels
  readonly #typeLabels = new Map<number, MetricLabels>()
  readonly #now: () => number

  constructor(ports: QueryHandlerPorts, settings: AnswerSettings, cacheBytesMax: number) {
    this.#ports = ports
    this.#cache = new PacketCache(cacheBytesMax)
    this.#now = () => ports.clock.now()
    this.#settings = settings
    this.#nodeLabels = { node: settings.nodeName }
    this.#recursor = this.#makeRecursor(settings)
    this.#lookup = this.#makeLookup(settings)
  }

  /** Takes effect for the next query; forgets every kept answer. */
  reload(settings: AnswerSettings): void {
    this.#settings = settings
    this.#nodeLabels = { node: settings.nodeName }
    this.#typeLabels.clear()
    this.#recursor = this.#makeRecursor(settings)
    this.#lookup = this.#makeLookup(settings)
    this.#cache.clear()
  }

  get cacheBytes(): number {
    return this.#cache.bytes
  }

  clearCache(): void {
    this.#cache.clear()
  }

  #makeRecursor(settings: AnswerSettings): Recursor | undefined {
    return settings.recursors.length > 0 ? new Recursor(this.#ports, settings) : undefined
  }

  #makeLookup(settings: AnswerSettings): AnswerLookup {
    const ports = { ...this.#ports, recursor: this.#recursor, now: this.#now }
    return new AnswerLookup(ports, settings, new TtlPolicy(settings.serviceTtlMs))
  }

  /** Undefined: no reply is sent. Never throws and never rejects. */
  handle(packet: Buffer, transport: Transport, clientAddress: string): MaybePromise<Buffer | undefined> {
    const startMs = this.#ports.clock.monotonic()
    const end = plainQueryEnd(packet)
    if (end > 0) {
      const key = transportPrefix(transport) + packet.toString('latin1', HEADER_BYTES, end)
      const kept = this.#cache.get(key)
      if (kept) {
        const typeAt = packet[11] === 0 ? end - 4 : end - 9
        const reply = this.#render(kept, packet)
        this.#measure(((packet[typeAt] as number) << 8) | (packet[typeAt + 1] as number), 'domain', startMs)
        return reply
      }
    }
    try {
      const reply = this.#handleFresh(packet, transport, clientAddress, startMs)
      return reply instanceof Promise ? reply.catch((error: unknown) => this.#fail(packet, error)) : reply
    } catch (error) {
      return this.#fail(packet, error)
    }
  }

  #render(template: PacketTemplate, packet: Buffer): Buffer {
    const id = ((packet[0] as number) << 8) | (packet[1] as number)
    const flags = ((packet[2] as number) << 8) | (packet[3] as number)
    return template.render(id, flags, this.#ports.random, this.#now)
  }

  #handleFresh(
    packet: Buffer,
    transport: Transport,
    clientAddress: string,
    startMs: number,
  ): MaybePromise<Buffer | undefined> {
    const read = readQuery(packet)
    if (read.kind === 'ignore') return undefined
    if (read.kind === 'reject') return writeBare(read.id, read.flags, read.question)
    const { query } = read
    const { question } = query
    const zone = question ? this.#zoneOf(question) : 'refuse'
    if (!question || zone === 'refuse') return this.#bare(query, RCODE.REFUSED, 0)
    const measured = (reply: Buffer | undefined) => {
      this.#measure(question.type, zone, startMs)
      return reply
    }
    if (zone === 'recurse') return this.#recurse(packet, query, question, transport).then(measured)
    const key = this.#keyOf(packet, query, question, transport)
    // Queries with other EDNS options than the subnet meet their kept answer only here.
    const kept = key === undefined ? undefined : this.#cache.get(key)
    if (kept) return measured(this.#render(kept, packet))
    if (zone === 'reverse') {
      return chain(this.#lookup.reverse(question), (answer) => {
        if (this.#recursor && (answer === undefined || answer.rcode === RCODE.NXDOMAIN)) {
          return this.#recurse(packet, query, question, transport).then(measured)
        }
        return measured(answer && this.#reply(packet, query, question, answer, transport, key, false))
      })
    }
    const subnet = query.edns?.subnet
    const client = {
      address: subnet && subnet.family !== 0 ? formatAddress(subnet.address) : clientAddress,
      hasEdns: query.edns !== undefined,
    }
    return chain(this.#lookup.answer(question, client), (answer) =>
      measured(this.#reply(packet, query, question, answer, transport, key, true)),
    )
  }

  /** Which part answers: the longest zone that the name is in. DS records belong to the zone above (RFC 4035). */
  #zoneOf({ name, type }: Question): Zone {
    const { domain, altDomain } = this.#settings
    const lower = name.toLowerCase()
    const isIn = (zone: string) => zone !== '.' && (lower === zone || lower.endsWith(`.${zone}`))
    const outside = this.#recursor ? 'recurse' : 'refuse'
    if (type === TYPE.DS && this.#recursor) return 'recurse'
    if (isIn(domain) || isIn(altDomain)) return 'domain'
    return isIn('arpa.') ? 'reverse' : outside
  }

  /** Undefined for questions that are not kept: only plain ones of opcode QUERY are. */
  #keyOf(packet: Buffer, query: Query, question: Question, transport: Transport): string | undefined {
    if (query.opcode !== OPCODE.QUERY) return undefined
    const bytes = writeBare(0, 0, question)
    if (!packet.subarray(HEADER_BYTES, bytes.length).equals(bytes.subarray(HEADER_BYTES))) return undefined
    const subnet = query.edns?.subnet && encodeClientSubnet(query.edns.subnet, 0)
    return questionKey(bytes.toString('latin1', HEADER_BYTES), query.edns?.udpSize, subnet, transport)
  }

  #reply(
    packet: Buffer,
    query: Query,
    question: Question,
    answer: Answer,
    transport: Transport,
    key: string | undefined,
    fits: boolean,
  ): Buffer {
    const settings = this.#settings
    const flags = this.#flags(query, answer.rcode) | FLAG.AA
    const tail = query.edns ? [optRecord(query.edns, answer)] : []
    const limits: FitLimits = {
      transport,
      ednsSize: query.edns?.udpSize,
      udpAnswerLimit: settings.udpAnswerLimit,
      compress: !settings.disableCompression,
    }
    const { change } = answer
    const isKept = key !== undefined && change !== undefined && !change.changed
    if (isKept && answer.units && answer.units.length > 1) {
      const { units } = answer
      const parts = shuffleParts({ question, units, tail, flags, limits, enableTruncate: settings.enableTruncate })
      if (parts) {
        const template = new ShuffleTemplate(parts)
        this.#cache.set(key, template, change)
        return this.#render(template, packet)
      }
    }
    const sections = { question, ...answer, additional: [...answer.additional, ...tail] }
    const fitted = fits ? fitResponse(sections, limits) : { ...sections, isCut: false }
    const truncated = fitted.isCut && settings.enableTruncate ? FLAG.TC : 0
    const message = { ...fitted, id: query.id, flags: flags | truncated }
    const writer = writeAll(message, limits)
    const reply = writer.finish()
    const isFixed = !answer.units || answer.units.length === 1
    if (isKept && isFixed) this.#cache.set(key, new FixedTemplate(reply, writer.serialOffsets), change)
    return reply
  }

  /** QR, opcode and what a reply repeats of its question; RA when there are recursors. */
  #flags(query: Query, rcode: number): number {
    const repeated = query.opcode === OPCODE.QUERY ? query.flags & REPEATED_FLAGS : 0
    return FLAG.QR | (query.opcode << 11) | repeated | (this.#recursor ? FLAG.RA : 0) | rcode
  }

  #bare(query: Query, rcode: number, flags: number): Buffer {
    return writeBare(query.id, (this.#flags(query, rcode) & ~FLAG.RA) | flags, query.question)
  }

  async #recurse(packet: Buffer, query: Query, question: Question, transport: Transport): Promise<Buffer> {
    const reply = await this.#recursor?.forward(packet, question, transport)
    if (reply) return reply
    const answer: Answer = { rcode: RCODE.SERVFAIL, answers: [], authority: [], additional: [] }
    const additional = query.edns ? [optRecord(query.edns, answer)] : []
    const flags = this.#flags(query, RCODE.SERVFAIL) | FLAG.RA
    return writeMessage({ ...answer, id: query.id, flags, question, additional }, { compress: false })
  }

  /** SERVFAIL for a resolver that failed, or for an answer that cannot be put on the wire. */
  #fail(packet: Buffer, error: unknown): Buffer | undefined {
    const read = readQuery(packet)
    if (read.kind !== 'query') return undefined
    const { query } = read
    const fields = {
      name: query.question?.name,
      error: errorMessage(error),
      code: isSdError(error) ? error.code : undefined,
    }
    this.#ports.logger.error('DNS query failed', fields)
    this.#ports.metrics.count(METRICS.failed, 1, this.#nodeLabels)
    const answer: Answer = { rcode: RCODE.SERVFAIL, answers: [], authority: [], additional: [] }
    const additional = query.edns ? [optRecord(query.edns, answer)] : []
    const flags = this.#flags(query, RCODE.SERVFAIL) | FLAG.AA
    return writeMessage({ ...answer, id: query.id, flags, question: query.question, additional }, { compress: false })
  }

  #measure(type: number, zone: Zone, startMs: number): void {
    if (zone === 'recurse') return
    const { metrics, clock } = this.#ports
    const elapsedMs = clock.monotonic() - startMs
    metrics.sample(zone === 'reverse' ? METRICS.reverse : METRICS.domain, elapsedMs, this.#nodeLabels)
    metrics.sample(METRICS.query, elapsedMs, this.#labelsOf(zone === 'reverse' ? TYPE.PTR : type))
  }

  #labelsOf(type: number): MetricLabels {
    let labels = this.#typeLabels.get(type)
    if (!labels) {
      labels = { node: this.#settings.nodeName, type: typeName(type) }
      if (this.#typeLabels.size < TYPE_LABELS_MAX) this.#typeLabels.set(type, labels)
    }
    return labels
  }
}

/** Codes for which a client subnet never has a scope (RFC 7871 section 7.2.1). */
const SCOPELESS = new Set<number>([RCODE.NXDOMAIN, RCODE.SERVFAIL, RCODE.REFUSED, RCODE.NOTIMP])

/** The client's size, and its subnet with the scope that the answer depends on. */
function optRecord(edns: Edns, answer: Pick<Answer, 'rcode' | 'isLocal'>): OptRecord & DnsRecord {
  const { udpSize, subnet } = edns
  const scope = subnet && answer.isLocal && !SCOPELESS.has(answer.rcode) ? subnet.sourcePrefix : 0
  const options = subnet ? encodeClientSubnet(subnet, scope) : new Uint8Array(0)
  return { type: TYPE.OPT, name: '.', ttl: 0, udpSize, options }
}
