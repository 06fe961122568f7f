/** Which address of an instance or node answers a question, and the records made from it. Pure. */
import { addressBytes, addressHex } from './ip-address'
import type { NodeRecord, ServiceInstance } from './resolver'
import { TYPE } from './wire/constants'
import { toFqdn } from './wire/names'
import type { AddressRecord } from './wire/records'

export interface Translation {
  readonly datacenter: string
  readonly translateWanAddresses: boolean
}

type Tagged<T> = Readonly<Record<string, T>> | undefined

/** Prefers the tagged address of the family that was asked for; any other question prefers IPv6, then IPv4 (as Consul). */
function chooseAddress(
  type: number,
  own: string,
  isRemote: boolean,
  tagged: (tag: string) => string | undefined,
): string {
  const wan = (tag: string) => (isRemote ? tagged(tag) : undefined)
  const any = wan('wan') ?? own
  const v4 = wan('wan_ipv4') ?? tagged('lan_ipv4') ?? ''
  const v6 = wan('wan_ipv6') ?? tagged('lan_ipv6') ?? ''
  if (type !== TYPE.A && v6 !== '') return v6
  if (type !== TYPE.AAAA && v4 !== '') return v4
  return any
}

const isRemote = (datacenter: string, translation: Translation) =>
  translation.translateWanAddresses && translation.datacenter !== datacenter

export function nodeAddress(node: NodeRecord, type: number, translation: Translation): string {
  const tagged: Tagged<string> = node.taggedAddresses
  return chooseAddress(type, node.address, isRemote(node.datacenter, translation), (tag) => tagged?.[tag])
}

/** `datacenter` is the one of the lookup; empty for a peer's, which then counts as remote. */
export function serviceAddress(
  instance: ServiceInstance,
  type: number,
  datacenter: string,
  translation: Translation,
): string {
  const tagged = instance.taggedAddresses
  return chooseAddress(type, instance.address, isRemote(datacenter, translation), (tag) => tagged?.[tag]?.address)
}

export function servicePort(
  instance: ServiceInstance,
  port: number,
  datacenter: string,
  translation: Translation,
): number {
  const wan = isRemote(datacenter, translation) ? instance.taggedAddresses?.wan?.port : undefined
  return wan ? wan : port
}

/** The port marked as default, or the instance's only one. */
export const defaultPort = (instance: ServiceInstance): number =>
  instance.ports?.find((port) => port.default)?.port ?? instance.port

/** Questions that any address answers. TXT is among them: Consul answers it with the addresses. */
const ANY_FAMILY = new Set<number>([TYPE.SRV, TYPE.ANY, TYPE.NS, TYPE.TXT])

/** An A or AAAA record; undefined when the question is not for that family. */
export function addressRecord(type: number, name: string, address: Uint8Array, ttl: number): AddressRecord | undefined {
  const family = address.length === 4 ? TYPE.A : TYPE.AAAA
  return type === family || ANY_FAMILY.has(type) ? { type: family, name, ttl, address } : undefined
}

/** `web1.node.dc1.consul.` */
export const nodeFqdn = (node: NodeRecord, zone: string): string =>
  node.peer
    ? toFqdn(`${node.name}.node.${node.peer}.peer.${zone}`)
    : toFqdn(`${node.name}.node.${node.datacenter}.${zone}`)

/** `c0a86366.addr.dc1.consul.` */
export const addressFqdn = (address: Uint8Array, node: NodeRecord, zone: string): string =>
  node.peer ? `${addressHex(address)}.addr.${zone}` : toFqdn(`${addressHex(address)}.addr.${node.datacenter}.${zone}`)

/** What one instance offers to a question. */
export type InstanceTarget =
  /** An address of the node itself: SRV names the node. */
  | { readonly kind: 'node'; readonly address: Uint8Array }
  /** Another address: SRV names it in hexadecimal. */
  | { readonly kind: 'address'; readonly address: Uint8Array }
  /** A host name: answered by CNAME and what it resolves to. */
  | { readonly kind: 'name'; readonly name: string }

export function instanceTarget(
  instance: ServiceInstance,
  type: number,
  question: string,
  datacenter: string,
  translation: Translation,
): InstanceTarget | undefined {
  const ofService = serviceAddress(instance, type, datacenter, translation)
  const ofNode = nodeAddress(instance.node, type, translation)
  const nodeBytes = addressBytes(ofNode)
  if (ofService === '') {
    if (ofNode === '') return undefined
    if (!nodeBytes) return { kind: 'name', name: toFqdn(ofNode) }
    return { kind: instance.node.address === ofNode ? 'node' : 'address', address: nodeBytes }
  }
  const serviceBytes = addressBytes(ofService)
  if (serviceBytes) return { kind: 'address', address: serviceBytes }
  const name = toFqdn(ofService)
  // A service whose address is the very name that was asked for would point at itself.
  if (name === question && nodeBytes) return { kind: 'node', address: nodeBytes }
  return { kind: 'name', name }
}
