/** What the address of a service may look like. */
import { isIP } from 'node:net'

const PORT_END = /^(?:\[([^\]]*)\]|([^:]*)):([^:]*)$/

/** Why an address is refused; undefined when it is fine. Names are taken as they are. */
export function addressFault(address: string, options: { allowsPort: boolean }): string | undefined {
  if (address === '') return undefined
  const split = PORT_END.exec(address)
  const host = split ? (split[1] ?? split[2] ?? '') : address
  if (isIP(host) === 0) {
    if (isBrokenIp(host)) return `malformed IP address: ${host}`
    if (host.trim() === '') return 'address cannot be empty'
  }
  return !options.allowsPort && split?.[3] ? 'address should not contain port' : undefined
}

/** Text that was meant to be an IP address and is none. */
function isBrokenIp(host: string): boolean {
  if (host.includes('..') || host.includes(':::')) return true
  if (host.split('::').length > 2 || host.split(':').length > 8) return true
  const parts = host.split('.')
  return parts.length > 4 && parts.filter((part) => /^\d+$/.test(part)).length > 2
}
