/** Instances of a service to records. Pure: host names were resolved before. */
import {
  addressFqdn,
  addressRecord,
  defaultPort,
  type InstanceTarget,
  instanceTarget,
  nodeFqdn,
  serviceAddress,
  servicePort,
  type Translation,
} from './address-records'
import { metaRecords } from './node-records'
import type { ServiceInstance } from './resolver'
import { TYPE } from './wire/constants'
import type { DnsRecord, SrvRecord } from './wire/records'

/** What one instance adds to the answer and additional sections. */
export interface AnswerUnit {
  readonly answers: readonly DnsRecord[]
  readonly additional: readonly DnsRecord[]
}

export interface ServiceQuestion {
  /** As the client wrote it. */
  readonly name: string
  readonly type: number
  /** The zone with the client's letters. */
  readonly zone: string
  /** Seconds. */
  readonly ttl: number
  /** The lookup's datacenter; empty for a peer. */
  readonly datacenter: string
  readonly portName: string | undefined
  readonly enableAdditionalNodeMetaTxt: boolean
  readonly translation: Translation
}

/** An instance with the place it points to. */
export interface PlacedInstance {
  readonly instance: ServiceInstance
  readonly target: InstanceTarget
}

export const placeInstances = (instances: readonly ServiceInstance[], question: ServiceQuestion): PlacedInstance[] =>
  instances.flatMap((instance) => {
    const target = instanceTarget(instance, question.type, question.name, question.datacenter, question.translation)
    return target ? [{ instance, target }] : []
  })

/** Records of a host name: CNAME, A and AAAA, with the answer's TTL. */
export type ResolvedNames = ReadonlyMap<string, readonly DnsRecord[]>

/**
 * Host names that must be resolved before the records can be made. Address questions use a host name only when no
 * instance has an address, and then only the first one.
 */
export function namesToResolve(placed: readonly PlacedInstance[], question: ServiceQuestion): string[] {
  const names = placed.flatMap(({ target }) => (target.kind === 'name' ? [target.name] : []))
  if (question.type === TYPE.SRV) return [...new Set(names)]
  return hasAddressAnswer(placed, question) ? [] : names.slice(0, 1)
}

const hasAddressAnswer = (placed: readonly PlacedInstance[], question: ServiceQuestion) =>
  placed.some(
    ({ target }) => target.kind !== 'name' && addressRecord(question.type, '', target.address, 0) !== undefined,
  )

/** A, AAAA and ANY: one unit for each distinct address, or else the first host name. */
export function addressUnits(
  placed: readonly PlacedInstance[],
  question: ServiceQuestion,
  resolved: ResolvedNames,
): AnswerUnit[] {
  const units = new Map<string, AnswerUnit>()
  for (const { target } of placed) {
    if (target.kind === 'name') continue
    const record = addressRecord(question.type, question.name, target.address, question.ttl)
    const key = target.address.join('.')
    if (record && !units.has(key)) units.set(key, { answers: [record], additional: [] })
  }
  if (units.size > 0) return [...units.values()]
  for (const { target } of placed) {
    if (target.kind !== 'name') continue
    const { name, ttl } = question
    const alias: DnsRecord = { type: TYPE.CNAME, name, ttl, target: target.name }
    return [{ answers: [alias, ...(resolved.get(target.name) ?? [])], additional: [] }]
  }
  return []
}

/** SRV: one unit for each distinct node, address and port. Undefined when an instance lacks the named port. */
export function srvUnits(
  placed: readonly PlacedInstance[],
  question: ServiceQuestion,
  resolved: ResolvedNames,
): AnswerUnit[] | undefined {
  const units = new Map<string, AnswerUnit>()
  for (const { instance, target } of placed) {
    const { node } = instance
    const named = question.portName
      ? instance.ports?.find((candidate) => candidate.name === question.portName)?.port
      : defaultPort(instance)
    if (named === undefined) return undefined
    const port = servicePort(instance, named, question.datacenter, question.translation)
    const address = serviceAddress(instance, TYPE.SRV, question.datacenter, question.translation)
    const key = `${node.name} ${address} ${port}`
    if (units.has(key)) continue
    const additional: DnsRecord[] = []
    let fqdn: string
    if (target.kind === 'name') {
      fqdn = target.name
      additional.push(...(resolved.get(fqdn) ?? []))
    } else {
      fqdn = target.kind === 'node' ? nodeFqdn(node, question.zone) : addressFqdn(target.address, node, question.zone)
      const record = addressRecord(TYPE.SRV, fqdn, target.address, question.ttl)
      if (record) additional.push(record)
    }
    if (question.enableAdditionalNodeMetaTxt)
      additional.push(...metaRecords(nodeFqdn(node, question.zone), node, question.ttl))
    units.set(key, { answers: [srvRecord(question, instance, port, fqdn)], additional })
  }
  return [...units.values()]
}

const srvRecord = (question: ServiceQuestion, instance: ServiceInstance, port: number, target: string): SrvRecord => ({
  type: TYPE.SRV,
  name: question.name,
  ttl: question.ttl,
  priority: 1,
  weight: (instance.weight ?? 1) & 0xffff,
  port: port & 0xffff,
  target,
})
