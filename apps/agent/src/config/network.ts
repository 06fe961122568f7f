/** What configuration needs to know of the machine. */
import { readFileSync } from 'node:fs'
import os from 'node:os'

export interface InterfaceAddress {
  readonly name: string
  readonly address: string
  readonly prefixLength: number
  readonly isLoopback: boolean
  /** The interface of the default route. */
  readonly isDefault: boolean
}

export interface Host {
  hostname(): string
  /** Of interfaces that are up, in the order of the system. */
  interfaceAddresses(): readonly InterfaceAddress[]
}

export const systemHost: Host = {
  hostname: () => os.hostname(),
  interfaceAddresses: () => {
    const defaultName = defaultRouteInterface()
    return Object.entries(os.networkInterfaces()).flatMap(([name, addresses = []]) =>
      addresses.map((entry) => ({
        name,
        address: entry.address,
        prefixLength: Number(entry.cidr?.split('/')[1] ?? (entry.family === 'IPv4' ? 32 : 128)),
        isLoopback: entry.internal,
        isDefault: name === defaultName,
      })),
    )
  },
}

/** From Linux's routing table; undefined elsewhere. */
function defaultRouteInterface(): string | undefined {
  try {
    const rows = readFileSync('/proc/net/route', 'utf8').split('\n').slice(1)
    return rows.map((row) => row.split('\t')).find((columns) => columns[1] === '00000000')?.[0]
  } catch {
    return undefined
  }
}
