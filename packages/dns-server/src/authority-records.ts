/** SOA and NS records of the zone. Pure. */
import { addressRecord, nodeAddress, type Translation } from './address-records'
import { addressBytes } from './ip-address'
import type { AnswerSettings } from './options'
import type { ServiceInstance } from './resolver'
import { TYPE } from './wire/constants'
import type { AddressRecord, SoaRecord, TargetRecord } from './wire/records'
import { toFqdn } from './wire/names'

/** Name servers told to a client, and the answer they come with. */
const NAME_SERVERS_MAX = 3
/** Node names with other characters than these cannot be host names. */
const INVALID_HOST_NAME = /[^A-Za-z0-9\\-]/

/** The serial is the present second, so that no secondary ever holds a stale zone. */
export function soaRecord(settings: AnswerSettings, questionName: string, nowMs: number): SoaRecord {
  const { soa, altDomain } = settings
  const zone = altDomain !== '.' && questionName.endsWith(`.${altDomain}`) ? altDomain : settings.domain
  return {
    type: TYPE.SOA,
    name: zone,
    ttl: soa.minTtlSeconds,
    primary: `ns.${zone}`,
    mailbox: `hostmaster.${zone}`,
    serial: soaSerial(nowMs),
    refresh: soa.refreshSeconds,
    retry: soa.retrySeconds,
    expire: soa.expireSeconds,
    minTtl: soa.minTtlSeconds,
  }
}

export const soaSerial = (nowMs: number): number => Math.floor(nowMs / 1_000) >>> 0

/** NS records for the servers among `instances`, with the addresses of their names where they are IP addresses. */
export function nameServerRecords(
  instances: readonly ServiceInstance[],
  zone: string,
  ttl: number,
  translation: Translation,
): { servers: TargetRecord[]; glue: AddressRecord[] } {
  const servers: TargetRecord[] = []
  const glue: AddressRecord[] = []
  for (const { node } of instances) {
    if (servers.length === NAME_SERVERS_MAX) break
    if (INVALID_HOST_NAME.test(node.name)) continue
    const target = toFqdn(`${node.name}.node.${node.datacenter}.${zone}`.toLowerCase())
    servers.push({ type: TYPE.NS, name: zone, ttl, target })
    const bytes = addressBytes(nodeAddress(node, TYPE.ANY, translation))
    const record = bytes && addressRecord(TYPE.ANY, target, bytes, ttl)
    if (record) glue.push(record)
  }
  return { servers, glue }
}
