/** Labels of a name to what it asks for, by Consul's rules. Pure. */
import { TYPE } from './wire/constants'
import { splitLabels } from './wire/names'

/** Where to look: a datacenter or a peer, and for SRV a named port. */
export interface Locality {
  readonly datacenter: string | undefined
  readonly peer: string | undefined
  readonly portName: string | undefined
  /** `.<label>` without saying which: a datacenter, or a peer where only a peer makes sense. */
  readonly peerOrDatacenter: string | undefined
}

export type QueryName =
  | {
      readonly kind: 'service' | 'connect' | 'ingress'
      readonly service: string
      readonly tag: string | undefined
      readonly locality: Locality
    }
  | { readonly kind: 'node'; readonly node: string; readonly locality: Locality }
  | { readonly kind: 'virtual'; readonly service: string; readonly locality: Locality }
  | { readonly kind: 'query'; readonly query: string; readonly datacenter: string | undefined }
  | { readonly kind: 'address'; readonly address: Uint8Array }

export interface Zones {
  readonly domain: string
  /** "." for none. */
  readonly altDomain: string
}

/** Undefined: a name that cannot exist. `name` is lower case with a closing dot. */
export function parseQueryName(name: string, type: number, zones: Zones): QueryName | undefined {
  const labels = splitLabels(trimZone(name, zones))
  // From the right, the first keyword decides; an underscore label stands for "service" in SRV queries (RFC 2782).
  for (let index = labels.length - 1; index >= 0; index--) {
    const label = labels[index] as string
    const before = labels.slice(0, index)
    const after = labels.slice(index + 1)
    switch (label) {
      case 'service':
        return serviceName(before, after)
      case 'connect':
      case 'ingress':
      case 'virtual':
        return meshName(label, before, after)
      case 'node':
        return nodeName(before, after)
      case 'query':
        return preparedQueryName(before, after)
      case 'addr':
        return addressName(before)
    }
    if (type === TYPE.SRV && label.startsWith('_')) return serviceName([...before, label], after)
  }
  return undefined
}

/** The name without its zone; the longer zone is tried first, as one may be inside the other. */
function trimZone(name: string, { domain, altDomain }: Zones): string {
  const [longer, shorter] = altDomain.length > domain.length ? [altDomain, domain] : [domain, altDomain]
  if (name.endsWith(`.${longer}`)) return name.slice(0, -longer.length)
  return name.endsWith(shorter) ? name.slice(0, -shorter.length) : name
}

/** `tag.web`, `a.b.web` (tag "a.b") or `_web._tag` (RFC 2782, where "_tcp" means no tag). */
function serviceName(parts: readonly string[], suffix: readonly string[]): QueryName | undefined {
  const locality = parseLocality(suffix)
  const last = parts.at(-1)
  if (!locality || last === undefined) return undefined
  const [first = ''] = parts
  if (parts.length === 2 && first.startsWith('_') && last.startsWith('_')) {
    const tag = last.slice(1)
    return { kind: 'service', service: first.slice(1), tag: tag === 'tcp' || tag === '' ? undefined : tag, locality }
  }
  const tag = parts.slice(0, -1).join('.')
  return { kind: 'service', service: last, tag: tag === '' ? undefined : tag, locality }
}

function meshName(
  kind: 'connect' | 'ingress' | 'virtual',
  parts: readonly string[],
  suffix: readonly string[],
): QueryName | undefined {
  const locality = parseLocality(suffix)
  const service = parts.at(-1)
  if (!locality || service === undefined) return undefined
  return kind === 'virtual' ? { kind, service, locality } : { kind, service, tag: undefined, locality }
}

function nodeName(parts: readonly string[], suffix: readonly string[]): QueryName | undefined {
  const locality = parseLocality(suffix)
  if (!locality || parts.length === 0) return undefined
  return { kind: 'node', node: parts.join('.'), locality }
}

/** `name`, or `_name._proto`; names may contain dots. */
function preparedQueryName(parts: readonly string[], suffix: readonly string[]): QueryName | undefined {
  if (parts.length === 0 || suffix.length > 1) return undefined
  const isRfc2782 = parts.length >= 2 && parts[0]?.startsWith('_') === true && parts.at(-1)?.startsWith('_') === true
  const query = isRfc2782 ? parts.slice(0, -1).join('.').slice(1) : parts.join('.')
  return { kind: 'query', query, datacenter: suffix[0] }
}

/** `c0a86366`: the bytes of an address in hexadecimal. What follows "addr" is not looked at. */
function addressName(parts: readonly string[]): QueryName | undefined {
  const [hex = ''] = parts
  if (parts.length !== 1 || !/^([0-9a-f]{8}|[0-9a-f]{32})$/.test(hex)) return undefined
  return { kind: 'address', address: Uint8Array.from(Buffer.from(hex, 'hex')) }
}

const NOWHERE: Locality = { datacenter: undefined, peer: undefined, portName: undefined, peerOrDatacenter: undefined }

/** Nothing, `dc1`, or up to three pairs `dc1.dc`, `east.peer`, `http.port`; not both a datacenter and a peer. */
function parseLocality(suffix: readonly string[]): Locality | undefined {
  if (suffix.length === 0) return NOWHERE
  if (suffix.length === 1) return { ...NOWHERE, peerOrDatacenter: suffix[0] }
  if (suffix.length > 6 || suffix.length % 2 === 1) return undefined
  let { datacenter, peer, portName }: { -readonly [Key in keyof Locality]: Locality[Key] } = NOWHERE
  for (let index = 0; index < suffix.length; index += 2) {
    const value = suffix[index]
    const kind = suffix[index + 1]
    if (kind === 'dc') datacenter = value
    else if (kind === 'peer') peer = value
    else if (kind === 'port') portName = value
    else return undefined
  }
  if (datacenter !== undefined && peer !== undefined) return undefined
  return { datacenter, peer, portName, peerOrDatacenter: undefined }
}

/** The zone of `questionName` with the letters as the client wrote them; the main zone for a name outside. */
export function responseZone(questionName: string, { domain, altDomain }: Zones): string {
  const lower = questionName.toLowerCase()
  // The longest match wins, so that a zone inside the other is answered as itself.
  const zones = [domain, altDomain].filter((zone) => zone !== '.' && (lower === zone || lower.endsWith(`.${zone}`)))
  const longest = Math.max(0, ...zones.map((zone) => zone.length))
  return longest === 0 ? domain : questionName.slice(-longest)
}
