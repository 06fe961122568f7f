/** Names under in-addr.arpa and ip6.arpa, and their PTR records. Pure. */
import { nodeFqdn } from './address-records'
import { formatAddress } from './ip-address'
import type { ReverseAnswer } from './resolver'
import { TYPE } from './wire/constants'
import { splitLabels, toFqdn } from './wire/names'
import type { TargetRecord } from './wire/records'

/** The address that a reverse name (lower case) stands for; undefined when it is none (RFC 1035 section 3.5, RFC 3596). */
export function addressOfReverseName(name: string): string | undefined {
  const labels = splitLabels(name)
  if (labels.pop() !== 'arpa') return undefined
  const kind = labels.pop()
  labels.reverse()
  if (kind === 'in-addr' && labels.length === 4 && labels.every(isOctet)) return labels.join('.')
  if (kind === 'ip6' && labels.length === 32 && labels.every((label) => /^[0-9a-f]$/.test(label))) {
    const bytes = Uint8Array.from(Buffer.from(labels.join(''), 'hex'))
    return formatAddress(bytes)
  }
  return undefined
}

const isOctet = (label: string) => /^(0|[1-9]\d{0,2})$/.test(label) && Number(label) <= 255

export function pointerRecord(name: string, target: NonNullable<ReverseAnswer['target']>, zone: string): TargetRecord {
  const fqdn =
    target.kind === 'node'
      ? nodeFqdn(target.node, zone)
      : toFqdn(`${target.service}.service.${target.datacenter}.${zone}`)
  return { type: TYPE.PTR, name, ttl: 0, target: fqdn }
}
