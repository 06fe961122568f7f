/** A question inside the zones to records: asks the resolver, then makes them. */
import { type Logger, type Random, shuffle } from '@sd/runtime'
import { addressRecord, nodeAddress } from './address-records'
import { nameServerRecords, soaRecord } from './authority-records'
import { addressBytes } from './ip-address'
import { chain } from './maybe-promise'
import { metaRecords } from './node-records'
import type { AnswerSettings } from './options'
import { type Locality, parseQueryName, type QueryName, responseZone } from './parse-query-name'
import type { Recursor } from './recursor'
import type { ChangeToken, MaybePromise, NodeRecord, Resolver, ResolverCall, ServiceInstance } from './resolver'
import { addressOfReverseName, pointerRecord } from './reverse-records'
import {
  addressUnits,
  type AnswerUnit,
  namesToResolve,
  placeInstances,
  type ServiceQuestion,
  srvUnits,
} from './service-records'
import { toSeconds, type TtlPolicy } from './ttl-policy'
import { RCODE, TYPE } from './wire/constants'
import { toFqdn } from './wire/names'
import type { DnsRecord, Question } from './wire/records'

/** A host name in an answer may lead to another name of the zone, and so on, this often. */
const ALIAS_DEPTH_MAX = 3
/** Records taken from the resolution of a host name for a client without EDNS. */
const ALIAS_RECORDS_MAX = 5
/** Distinct host names that one answer may resolve. */
const ALIAS_NAMES_MAX = 64
/** The service that name servers are instances of. */
const SERVER_SERVICE = 'consul'

/** What never changes: names that cannot exist, and addresses written in the name. */
const FOREVER: ChangeToken = { changed: false }

export interface Answer {
  readonly rcode: number
  readonly answers: readonly DnsRecord[]
  readonly authority: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
  /** The answers by instance, when their order is free. */
  readonly units?: readonly AnswerUnit[] | undefined
  /** Until when the answer may be kept. */
  readonly change?: ChangeToken | undefined
  /** The answer depends on where the client is. */
  readonly isLocal?: boolean | undefined
}

export interface Client {
  /** The client's IP address, or the one of its EDNS client subnet. */
  readonly address: string
  readonly hasEdns: boolean
}

export interface AnswerLookupPorts {
  readonly resolver: Resolver
  readonly random: Random
  readonly recursor: Recursor | undefined
  readonly logger: Logger
  readonly now: () => number
  readonly signal: AbortSignal
}

const NO_RECORDS = { answers: [], authority: [], additional: [] }
const empty = (change?: ChangeToken): Answer => ({ rcode: RCODE.NOERROR, ...NO_RECORDS, change })

export class AnswerLookup {
  readonly #call: ResolverCall

  constructor(
    private readonly ports: AnswerLookupPorts,
    private readonly settings: AnswerSettings,
    private readonly ttlPolicy: TtlPolicy,
  ) {
    this.#call = { token: settings.token, signal: ports.signal }
  }

  /** Anything in the zones. */
  answer(question: Question, client: Client): MaybePromise<Answer> {
    switch (question.type) {
      case TYPE.SOA:
        return chain(this.#nameServers(question), ({ servers, glue }) => ({
          ...empty(),
          answers: [this.#soa(question)],
          authority: servers,
          additional: glue,
        }))
      case TYPE.NS:
        return chain(this.#nameServers(question), ({ servers, glue }) => ({
          ...empty(),
          answers: servers,
          additional: glue,
        }))
      case TYPE.AXFR:
        return { rcode: RCODE.NOTIMP, ...NO_RECORDS, change: FOREVER }
      default:
        return this.#dispatch(question, client, ALIAS_DEPTH_MAX)
    }
  }

  /** Names under arpa. Undefined: nobody has the address. */
  reverse(question: Question): MaybePromise<Answer | undefined> {
    const soa = question.type === TYPE.SOA ? [this.#soa(question)] : []
    const nobody = (change?: ChangeToken): Answer => ({
      rcode: RCODE.NXDOMAIN,
      ...NO_RECORDS,
      authority: [...soa, this.#soa(question)],
      change,
    })
    const address = addressOfReverseName(question.name.toLowerCase())
    if (address === undefined) return nobody(FOREVER)
    const found = this.ports.resolver.reverse({ address, datacenter: this.settings.datacenter }, this.#call)
    return chain(found, (reply) => {
      if (!reply?.target) return nobody(reply?.change)
      const pointer = pointerRecord(question.name, reply.target, this.settings.domain)
      return { ...empty(reply.change), answers: [pointer], authority: soa }
    })
  }

  #soa(question: Question): DnsRecord {
    return soaRecord(this.settings, question.name, this.ports.now())
  }

  /** The name exists, but has no such records. */
  #noData(question: Question, change?: ChangeToken): Answer {
    return { ...empty(change), authority: [this.#soa(question)] }
  }

  #notFound(question: Question, change?: ChangeToken): Answer {
    return { ...this.#noData(question, change), rcode: RCODE.NXDOMAIN }
  }

  #nameServers(question: Question) {
    const { settings, ports } = this
    const lookup = {
      kind: 'service' as const,
      service: SERVER_SERVICE,
      tag: undefined,
      datacenter: settings.datacenter,
      peer: undefined,
      onlyPassing: settings.onlyPassing,
    }
    return chain(ports.resolver.services(lookup, this.#call), (reply) => {
      const instances = shuffle(ports.random, [...(reply?.instances ?? [])])
      const zone = responseZone(question.name, settings)
      return nameServerRecords(instances, zone, toSeconds(settings.nodeTtlMs), settings)
    })
  }

  #dispatch(question: Question, client: Client, depth: number): MaybePromise<Answer> {
    const name = parseQueryName(question.name.toLowerCase(), question.type, this.settings)
    if (!name) return this.#notFound(question, FOREVER)
    switch (name.kind) {
      case 'node':
        return this.#node(name, question, depth)
      case 'virtual':
        return this.#virtual(name, question)
      case 'query':
        return this.#preparedQuery(name, question, client, depth)
      case 'address': {
        const record = this.#ownRecord(question, name.address)
        return this.#answerOrAdditional(question, record, FOREVER)
      }
      default:
        return this.#service(name, question, client, depth)
    }
  }

  #datacenter({ datacenter, peerOrDatacenter }: Locality): string {
    return datacenter ?? peerOrDatacenter ?? this.settings.datacenter
  }

  #service(
    name: Extract<QueryName, { kind: 'service' | 'connect' | 'ingress' }>,
    question: Question,
    client: Client,
    depth: number,
  ): MaybePromise<Answer> {
    const { kind, service, tag, locality } = name
    // Meshes of peers are not looked at: only plain services take a peer's name.
    const peer = kind === 'service' ? locality.peer : undefined
    const datacenter = peer === undefined ? this.#datacenter(locality) : ''
    const lookup = { kind, service, tag, datacenter, peer, onlyPassing: this.settings.onlyPassing }
    return chain(this.ports.resolver.services(lookup, this.#call), (reply) => {
      if (!reply || reply.instances.length === 0) return this.#notFound(question, reply?.change)
      const instances = shuffle(this.ports.random, [...reply.instances])
      const ttl = this.ttlPolicy.serviceSeconds(service, reply.ttlMs)
      const portName = kind === 'service' ? locality.portName : undefined
      return this.#instances(question, instances, { ttl, datacenter, portName }, client, depth, reply.change)
    })
  }

  #preparedQuery(
    name: Extract<QueryName, { kind: 'query' }>,
    question: Question,
    client: Client,
    depth: number,
  ): MaybePromise<Answer> {
    const local = (answer: Answer): Answer => ({ ...answer, units: undefined, change: undefined, isLocal: true })
    const { resolver } = this.ports
    if (!resolver.preparedQuery) return local(this.#notFound(question))
    const lookup = {
      query: name.query,
      datacenter: name.datacenter ?? this.settings.datacenter,
      sourceAddress: client.address,
    }
    return chain(resolver.preparedQuery(lookup, this.#call), (reply) => {
      if (!reply || reply.instances.length === 0) return local(this.#notFound(question))
      const ttl = this.ttlPolicy.serviceSeconds(reply.service, reply.ttlMs)
      const place = { ttl, datacenter: reply.datacenter, portName: undefined }
      return chain(this.#instances(question, reply.instances, place, client, depth, undefined), local)
    })
  }

  #instances(
    question: Question,
    instances: readonly ServiceInstance[],
    place: Pick<ServiceQuestion, 'ttl' | 'datacenter' | 'portName'>,
    client: Client,
    depth: number,
    change: ChangeToken | undefined,
  ): MaybePromise<Answer> {
    const { settings } = this
    const zone = responseZone(question.name, settings)
    const asked: ServiceQuestion = {
      ...question,
      ...place,
      zone,
      enableAdditionalNodeMetaTxt: settings.enableAdditionalNodeMetaTxt,
      translation: settings,
    }
    const placed = placeInstances(instances, asked)
    const names = namesToResolve(placed, asked).slice(0, ALIAS_NAMES_MAX)
    return chain(this.#resolveAll(names, place.ttl, client, depth), (resolved) => {
      const isSrv = question.type === TYPE.SRV
      const all = isSrv ? srvUnits(placed, asked, resolved) : addressUnits(placed, asked, resolved)
      if (!all) return this.#notFound(question)
      const limit = settings.aRecordLimit
      const units = !isSrv && limit > 0 ? all.slice(0, limit) : all
      const answers = units.flatMap((unit) => unit.answers)
      const additional = units.flatMap((unit) => unit.additional)
      // Other names may change without a notice, and a limit makes the choice part of the answer.
      const kept = names.length === 0 ? change : undefined
      if (answers.length === 0) return { ...this.#noData(question, kept), additional }
      if (units.length < all.length) return { ...empty(), answers, additional }
      return { ...empty(kept), answers, additional, units }
    })
  }

  /** Records of host names, all with the answer's TTL. */
  #resolveAll(
    names: readonly string[],
    ttl: number,
    client: Client,
    depth: number,
  ): MaybePromise<ReadonlyMap<string, readonly DnsRecord[]>> {
    if (names.length === 0) return new Map()
    const limit = client.hasEdns ? Number.POSITIVE_INFINITY : ALIAS_RECORDS_MAX
    const resolutions = names.map((name) =>
      chain(this.#resolveAlias(name, client, depth), (records): [string, DnsRecord[]] => [
        name,
        records
          .filter(isAliasRecord)
          .slice(0, limit)
          .map((record) => ({ ...record, ttl })),
      ]),
    )
    const isReady = (all: typeof resolutions): all is [string, DnsRecord[]][] =>
      all.every((resolution) => !(resolution instanceof Promise))
    return isReady(resolutions) ? new Map(resolutions) : Promise.all(resolutions).then((pairs) => new Map(pairs))
  }

  /** A name of our own zones is looked up here, others by the recursors. */
  #resolveAlias(name: string, client: Client, depth: number): MaybePromise<readonly DnsRecord[]> {
    const lower = name.toLowerCase()
    const { domain, altDomain } = this.settings
    const isOurs = lower.endsWith(`.${domain}`) || (altDomain !== '.' && lower.endsWith(`.${altDomain}`))
    if (!isOurs) return this.ports.recursor?.addresses(name) ?? []
    if (depth < 1) {
      this.ports.logger.error('Host names point at each other, not following further', { name })
      return []
    }
    const question: Question = { name, type: TYPE.ANY, class: 1 }
    return chain(this.#dispatch(question, client, depth - 1), (answer) => answer.answers)
  }

  #node(name: Extract<QueryName, { kind: 'node' }>, question: Question, depth: number): MaybePromise<Answer> {
    const { type } = question
    if (type !== TYPE.A && type !== TYPE.AAAA && type !== TYPE.ANY && type !== TYPE.TXT) return empty(FOREVER)
    const { peer } = name.locality
    const datacenter = peer === undefined ? this.#datacenter(name.locality) : ''
    return chain(this.ports.resolver.node({ node: name.node, datacenter, peer }, this.#call), (reply) => {
      if (!reply?.node) return this.#notFound(question, reply?.change)
      const ttl = toSeconds(reply.ttlMs ?? this.settings.nodeTtlMs)
      return this.#nodeAnswer(question, reply.node, ttl, depth, reply.change)
    })
  }

  #nodeAnswer(
    question: Question,
    node: NodeRecord,
    ttl: number,
    depth: number,
    change: ChangeToken | undefined,
  ): MaybePromise<Answer> {
    const { name, type } = question
    const meta = metaRecords(name, node, ttl)
    if (type === TYPE.TXT) return { ...empty(change), answers: meta }
    const finish = (records: readonly DnsRecord[], kept: ChangeToken | undefined): Answer =>
      type === TYPE.ANY
        ? { ...empty(kept), answers: [...records, ...meta] }
        : { ...empty(kept), answers: records, additional: this.settings.enableAdditionalNodeMetaTxt ? meta : [] }
    const bytes = addressBytes(nodeAddress(node, type, this.settings))
    if (bytes) {
      const record = addressRecord(type, name, bytes, ttl)
      return finish(record ? [record] : [], change)
    }
    const target = toFqdn(node.address)
    const alias: DnsRecord = { type: TYPE.CNAME, name, ttl, target }
    const client: Client = { address: '', hasEdns: true }
    return chain(this.#resolveAlias(target, client, depth), (records) => finish([alias, ...records], undefined))
  }

  #virtual(name: Extract<QueryName, { kind: 'virtual' }>, question: Question): MaybePromise<Answer> {
    const { resolver } = this.ports
    if (!resolver.virtualAddress) return empty(FOREVER)
    const { service, locality } = name
    const lookup = { service, peer: locality.peer ?? locality.peerOrDatacenter }
    return chain(resolver.virtualAddress(lookup, this.#call), (reply) => {
      const bytes = reply?.address === undefined ? undefined : addressBytes(reply.address)
      return bytes
        ? this.#answerOrAdditional(question, this.#ownRecord(question, bytes), reply?.change)
        : empty(reply?.change)
    })
  }

  /** A record for a name that stands for one address; the zone keeps the client's letters, the rest is lower case. */
  #ownRecord(question: Question, address: Uint8Array): DnsRecord {
    const zone = responseZone(question.name, this.settings)
    const name = question.name.slice(0, -zone.length).toLowerCase() + zone
    const type = address.length === 4 ? TYPE.A : TYPE.AAAA
    return { type, name, ttl: toSeconds(this.settings.nodeTtlMs), address }
  }

  /** Other types than the record's get it as additional information. */
  #answerOrAdditional(question: Question, record: DnsRecord, change: ChangeToken | undefined): Answer {
    const isAsked = question.type === record.type || question.type === TYPE.ANY
    return isAsked ? { ...empty(change), answers: [record] } : { ...empty(change), additional: [record] }
  }
}

const isAliasRecord = (record: DnsRecord) =>
  record.type === TYPE.CNAME || record.type === TYPE.A || record.type === TYPE.AAAA
