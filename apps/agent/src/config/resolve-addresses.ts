/** From address settings, templates and the machine's interfaces to what to listen on and what to tell others. */
import { goQuote } from '@sd/cli/flags'
import { errorMessage } from '@sd/runtime'
import { expandTemplate } from './address-template'
import { ConfigError } from './config-error'
import type { RawConfig } from './config-schema'
import type { Faults } from './faults'
import { isAny, isPrivate, isV4, parseIp } from './ip-address'
import type { Host } from './network'

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

export interface TcpAddress {
  readonly host: string
  readonly port: number
}

export interface ResolvedAddresses {
  readonly bindAddr: string
  /** What other members use to reach this one. */
  readonly advertiseAddr: string
  readonly advertiseAddrWan: string
  /** lan, wan and their variants by family, for the catalog. */
  readonly taggedAddresses: Readonly<Record<string, string>>
  readonly clientAddrs: readonly string[]
  /** Where each server listens; empty when it is disabled. DNS is UDP and TCP on each. */
  readonly listen: {
    readonly dns: readonly ListenAddress[]
    readonly http: readonly ListenAddress[]
    readonly https: readonly ListenAddress[]
    readonly grpc: readonly ListenAddress[]
    readonly grpcTls: readonly ListenAddress[]
    readonly rpc: TcpAddress
    readonly serfLan: TcpAddress
    /** Absent when gossip between datacenters is disabled. */
    readonly serfWan: TcpAddress | undefined
  }
  readonly advertise: {
    readonly rpc: TcpAddress
    readonly serfLan: TcpAddress
    readonly serfWan: TcpAddress | undefined
  }
  readonly recursors: readonly string[]
  readonly retryJoin: readonly string[]
  readonly retryJoinWan: readonly string[]
  readonly primaryGateways: readonly string[]
}

export type Ports = { readonly [Name in keyof NonNullable<RawConfig['ports']>]-?: number }

type Address = { readonly ip: string } | { readonly unix: string }

export function resolveAddresses(
  raw: RawConfig,
  ports: Ports,
  host: Host,
  faults: Faults,
  warn: (text: string) => void,
): ResolvedAddresses {
  const read = new AddressReader(host, faults)
  const bindAddr = bindAddressOf(raw, read, faults)
  const advertiseLan = read.firstIp('advertise_addr', raw.advertise_addr)
  const advertiseAddr = detect(advertiseLan ?? bindAddr, host)
  const byFamily = (key: 'advertise_addr' | 'advertise_addr_wan', main: string) => {
    const v4 = read.firstIp(`${key}_ipv4`, raw[`${key}_ipv4`]) ?? (isV4(main) ? main : undefined)
    if (v4 && !isV4(v4)) throw new ConfigError(`${key}_ipv4 must be an ipv4 address`)
    const v6 = read.firstIp(`${key}_ipv6`, raw[`${key}_ipv6`]) ?? (isV4(main) ? undefined : main)
    if (v6 && isV4(v6)) throw new ConfigError(`${key}_ipv6 must be an ipv6 address`)
    return { v4, v6 }
  }
  const advertiseAddrLan = advertiseLan ?? advertiseAddr
  const lan = byFamily('advertise_addr', advertiseAddr)
  const advertiseAddrWan = read.firstIp('advertise_addr_wan', raw.advertise_addr_wan) ?? advertiseAddrLan
  const wan = byFamily('advertise_addr_wan', advertiseAddrWan)
  const tagged: Record<string, string> = Object.assign(Object.create(null), raw.tagged_addresses)
  const tags = {
    lan: advertiseAddrLan,
    lan_ipv4: lan.v4,
    lan_ipv6: lan.v6,
    wan: advertiseAddrWan,
    wan_ipv4: wan.v4,
    wan_ipv6: wan.v6,
  }
  for (const [name, value] of Object.entries(tags)) if (value !== undefined) tagged[name] = value

  const serfLan = { host: read.firstIp('serf_lan', raw.serf_lan) ?? bindAddr, port: ports.serf_lan }
  const hasWan = ports.serf_wan >= 0
  const serfWan = hasWan
    ? { host: read.firstIp('serf_wan', raw.serf_wan) ?? bindAddr, port: ports.serf_wan }
    : undefined

  const clientAddrs = read.ips('client_addr', raw.client_addr)
  if (clientAddrs.length === 0) {
    warn('client_addr is empty, client services (DNS, HTTP, HTTPS, GRPC) will not be listening for connections')
  }
  const listen = (name: 'dns' | 'http' | 'https' | 'grpc' | 'grpc_tls') => {
    const own = read.addresses(`addresses.${name}`, raw.addresses?.[name])
    return listeners(own.length > 0 ? own : clientAddrs.map((ip) => ({ ip })), ports[name])
  }
  return {
    bindAddr,
    advertiseAddr: advertiseAddrLan,
    advertiseAddrWan,
    taggedAddresses: tagged,
    clientAddrs,
    listen: {
      dns: listen('dns'),
      http: listen('http'),
      https: listen('https'),
      grpc: listen('grpc'),
      grpcTls: listen('grpc_tls'),
      rpc: { host: bindAddr, port: ports.server },
      serfLan,
      serfWan,
    },
    advertise: {
      rpc: { host: advertiseAddrLan, port: ports.server },
      serfLan: { host: advertiseAddrLan, port: ports.serf_lan },
      serfWan: hasWan ? { host: advertiseAddrWan, port: ports.serf_wan } : undefined,
    },
    recursors: recursorsOf(raw.recursors ?? [], read),
    retryJoin: read.optional('retry_join', raw.retry_join),
    retryJoinWan: read.optional('retry_join_wan', raw.retry_join_wan),
    primaryGateways: read.optional('primary_gateways', raw.primary_gateways),
  }
}

function bindAddressOf(raw: RawConfig, read: AddressReader, faults: Faults): string {
  const [first, second] = read.addresses('bind_addr', raw.bind_addr)
  faults.throwIfAny()
  if (first === undefined) throw new ConfigError('bind_addr cannot be empty')
  if (second !== undefined) {
    throw new ConfigError("bind_addr cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.")
  }
  if (!('ip' in first)) throw new ConfigError('bind_addr cannot be a unix socket')
  if (isAny(raw.advertise_addr)) throw new ConfigError('Advertise address cannot be 0.0.0.0, :: or [::]')
  if (isAny(raw.advertise_addr_wan)) throw new ConfigError('Advertise WAN address cannot be 0.0.0.0, :: or [::]')
  return first.ip
}

/** An address that others can use: itself, or for "every interface" the only private IPv4 (public IPv6) of the machine. */
function detect(address: string, host: Host): string {
  if (!isAny(address)) return address
  const wantsV4 = address === '0.0.0.0'
  const kind = wantsV4 ? 'private IPv4' : 'public IPv6'
  const all = host.interfaceAddresses()
  const outside = all.filter((one) => !one.isLoopback)
  const pool = wantsV4 && outside.length > 0 ? outside : all
  const found = pool.map((one) => one.address).filter((ip) => isV4(ip) === wantsV4 && isPrivate(ip) === wantsV4)
  if (found[0] === undefined) throw new ConfigError(`No ${kind} address found`)
  if (found.length > 1) {
    throw new ConfigError(`Multiple ${kind} addresses found. Please configure one with 'bind' and/or 'advertise'.`)
  }
  return found[0]
}

function listeners(addresses: readonly Address[], port: number): ListenAddress[] {
  if (port <= 0) return []
  return addresses.map((one) => ('ip' in one ? { kind: 'tcp', host: one.ip, port } : { kind: 'unix', path: one.unix }))
}

function recursorsOf(texts: readonly string[], read: AddressReader): string[] {
  const found = new Set<string>()
  for (const text of texts) {
    for (const address of read.words(text, (reason) => {
      throw new ConfigError(`Invalid DNS recursor template ${goQuote(text)}: ${reason}`)
    })) {
      if (address.startsWith('unix://')) throw new ConfigError(`DNS Recursors cannot be unix sockets: ${address}`)
      found.add(address)
    }
  }
  return [...found]
}

class AddressReader {
  readonly #host: Host
  readonly #faults: Faults

  constructor(host: Host, faults: Faults) {
    this.#host = host
    this.#faults = faults
  }

  words(text: string, onFault: (reason: string) => void): string[] {
    try {
      return expandTemplate(text, () => this.#host.interfaceAddresses())
        .split(/\s+/)
        .filter(Boolean)
    } catch (error) {
      onFault(errorMessage(error))
      return []
    }
  }

  /** IP addresses and unix sockets, separated by spaces. */
  addresses(name: string, text: string | undefined): Address[] {
    if (!text) return []
    const found: Address[] = []
    for (const word of this.#expand(name, text)) {
      if (word.startsWith('unix://')) {
        found.push({ unix: word.slice('unix://'.length) })
        continue
      }
      const ip = parseIp(word === '[::]' ? '::' : word)
      if (ip === undefined) {
        this.#faults.add(`${name}: invalid ip address: ${word}`)
        return []
      }
      found.push({ ip })
    }
    return found
  }

  ips(name: string, text: string | undefined): string[] {
    const found = this.addresses(name, text)
    if (found.some((one) => 'unix' in one)) {
      this.#faults.add(`${name} cannot be a unix socket`)
      return []
    }
    return found.map((one) => ('ip' in one ? one.ip : ''))
  }

  firstIp(name: string, text: string | undefined): string | undefined {
    const [first, ...others] = this.addresses(name, text)
    if (first === undefined) return undefined
    if (others.length > 0) {
      const all = [first, ...others].map((one) => ('ip' in one ? one.ip : one.unix))
      this.#faults.add(`${name}: multiple addresses found: ${all.join(' ')}`)
      return undefined
    }
    if ('ip' in first) return first.ip
    this.#faults.add(`${name} cannot be a unix socket`)
    return undefined
  }

  /** Addresses that are looked up later; only templates are replaced. */
  optional(name: string, texts: readonly string[] | undefined): string[] {
    return (texts ?? []).flatMap((text) => {
      if (text === '') return []
      return text.includes('{{') ? this.#expand(name, text) : [text]
    })
  }

  #expand(name: string, text: string): string[] {
    return this.words(text, (reason) => this.#faults.add(`${name}: error parsing ${goQuote(text)}: ${reason}`))
  }
}
