/** IP addresses as Go's net package reads and writes them. */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** The canonical text of an address, or undefined when it is none. IPv6 zones are refused; mapped IPv4 becomes IPv4. */
export function parseIp(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text) || text.includes('%')) return undefined
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1)
  const mapped = MAPPED.exec(text) ?? /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical)
  if (!mapped) return canonical
  if (mapped[2] === undefined) return mapped[1]
  const bytes = [mapped[1] as string, mapped[2]].flatMap((half) => [parseInt(half, 16) >> 8, parseInt(half, 16) & 255])
  return bytes.join('.')
}

export const isV4 = (ip: string): boolean => isIPv4(ip)

/** True for the addresses that mean "every interface"; also for texts that are not parsed yet. */
export const isAny = (text: string | undefined): boolean => text === '0.0.0.0' || text === '::' || text === '[::]'

export interface Cidr {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

export function parseCidr(text: string): Cidr | undefined {
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const address = parts?.[1] === undefined ? undefined : parseIp(parts[1])
  if (address === undefined) return undefined
  const family = isIPv4(address) ? 'ipv4' : 'ipv6'
  const prefix = Number(parts?.[2])
  return prefix <= (family === 'ipv4' ? 32 : 128) ? { address, prefix, family } : undefined
}

export function networkSet(cidrs: readonly Cidr[]): (ip: string) => boolean {
  const list = new BlockList()
  for (const { address, prefix, family } of cidrs) list.addSubnet(address, prefix, family)
  return (ip) => list.check(ip, isIPv4(ip) ? 'ipv4' : 'ipv6')
}

const cidrs = (...texts: string[]) => texts.map((text) => parseCidr(text) as Cidr)

/** What Consul counts as private when it looks for an address to advertise (RFC 1918, 6598, 3927, 4193 and others). */
export const isPrivate = networkSet(
  cidrs(
    ...['10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
    ...['192.0.2.0/24', '192.168.0.0/16', '::1/128', 'fe80::/10', 'fc00::/7', 'fec0::/10', '2001:db8::/32'],
  ),
)

/** Addresses of special purpose (RFC 6890), which address templates call private. */
export const isSpecialPurpose = networkSet(
  cidrs(
    ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
    ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
    ...['240.0.0.0/4', '255.255.255.255/32', '::1/128', '::/128', '64:ff9b::/96', '100::/64', '2001::/23'],
    ...['2001:db8::/32', '2002::/16', 'fc00::/7', 'fe80::/10'],
  ),
)

/** Addresses that no router passes on: loopback, link-local, multicast. */
const isNotForwardable = networkSet(
  cidrs('127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '255.255.255.255/32', '::1/128', 'fe80::/10', 'ff00::/8'),
)
export const isForwardable = (ip: string): boolean => !isNotForwardable(ip)
