/** Which of this machine's addresses to tell others, as Consul chooses it. */
import { readFileSync } from 'node:fs'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import { SdError } from '@sd/runtime'

/** What `os.networkInterfaces()` returns; only interfaces that are up. */
export type NetworkInterfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>

/** No address, or more than one, fits. The message is Consul's. */
export class LocalAddressError extends SdError<'DGRAM_LOCAL_ADDRESS'> {
  constructor(message: string, candidates: readonly string[]) {
    super('DGRAM_LOCAL_ADDRESS', message, { details: { candidates } })
  }
}

/** Blocks that are not forwarded on the Internet, as Consul counts them (RFC 6890 and older ones it still honours). */
const PRIVATE_BLOCKS: readonly (readonly [network: string, prefix: number])[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fe80::', 10],
  ['fc00::', 7],
  ['fec0::', 10],
  ['2001:db8::', 32],
]

const privateBlocks = new BlockList()
for (const [network, prefix] of PRIVATE_BLOCKS) {
  privateBlocks.addSubnet(network, prefix, isIPv4(network) ? 'ipv4' : 'ipv6')
}

/** True for an address in a block that the Internet does not route. */
export const isPrivateAddress = (address: string): boolean =>
  privateBlocks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/** True for "0.0.0.0", "::", "[::]" and "". */
export const isAnyAddress = (address: string): boolean => ['', '0.0.0.0', '::', '[::]'].includes(address)

const entries = (interfaces: NetworkInterfaces): NetworkInterfaceInfo[] =>
  Object.values(interfaces).flatMap((addresses) => addresses ?? [])

/** Every private IPv4 address; those of loopback only when there is no other interface with an address. */
export function privateIpv4Addresses(interfaces: NetworkInterfaces = networkInterfaces()): string[] {
  const all = entries(interfaces)
  const outward = all.filter((entry) => !entry.internal)
  return (outward.length > 0 ? outward : all)
    .map((entry) => entry.address)
    .filter((address) => isIPv4(address) && isPrivateAddress(address))
}

/** Every IPv6 address that the Internet routes. */
export const publicIpv6Addresses = (interfaces: NetworkInterfaces = networkInterfaces()): string[] =>
  entries(interfaces)
    .map((entry) => entry.address.split('%')[0] as string)
    .filter((address) => isIPv6(address) && !isPrivateAddress(address))

/**
 * The address to advertise when `bindAddress` is bound: itself, or for "0.0.0.0" the only private IPv4 and for "::" the
 * only public IPv6 address.
 * @throws LocalAddressError (DGRAM_LOCAL_ADDRESS) when there is none or there are several
 */
export function advertiseAddress(bindAddress: string, interfaces: NetworkInterfaces = networkInterfaces()): string {
  if (!isAnyAddress(bindAddress)) return bindAddress
  const isIpv6 = bindAddress.includes(':')
  const found = isIpv6 ? publicIpv6Addresses(interfaces) : privateIpv4Addresses(interfaces)
  const kind = isIpv6 ? 'public IPv6' : 'private IPv4'
  if (found.length === 0) throw new LocalAddressError(`No ${kind} address found`, found)
  if (found.length > 1) {
    const message = `Multiple ${kind} addresses found. Please configure one with 'bind' and/or 'advertise'.`
    throw new LocalAddressError(message, found)
  }
  return found[0] as string
}

/**
 * The first private IPv4 address on the interface of the default route, or else on any; undefined when there is none.
 * This never refuses for ambiguity (go-sockaddr's GetPrivateIP, which memberlist uses).
 */
export function firstPrivateIpv4(
  interfaces: NetworkInterfaces = networkInterfaces(),
  defaultInterface: string | undefined = defaultRouteInterface(),
): string | undefined {
  const preferred = defaultInterface === undefined ? undefined : interfaces[defaultInterface]
  const ordered = [...(preferred ?? []), ...entries(interfaces).filter((entry) => !entry.internal)]
  return ordered.map((entry) => entry.address).find((address) => isIPv4(address) && isPrivateAddress(address))
}

/** The kernel's IPv4 route table as text; Linux only. */
const ROUTE_TABLE_PATH = '/proc/net/route'

/** The interface that the IPv4 default route leaves by; undefined without one, and on systems other than Linux. */
export function defaultRouteInterface(routeTablePath = ROUTE_TABLE_PATH): string | undefined {
  let text: string
  try {
    text = readFileSync(routeTablePath, 'utf8')
  } catch {
    return undefined
  }
  let best: { name: string; metric: number } | undefined
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, , , , , metric, mask] = line.trim().split(/\s+/)
    if (name === undefined || destination !== '00000000' || mask !== '00000000') continue
    if (!best || Number(metric) < best.metric) best = { name, metric: Number(metric) }
  }
  return best?.name
}
