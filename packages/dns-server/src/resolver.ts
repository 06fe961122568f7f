/**
 * The port through which the DNS server asks for facts. It returns addresses, ports, weights and TTL hints, never records.
 *
 * Names arrive in lower case, as DNS ignores case: compare services, tags and nodes without regard to it.
 * Every method may answer at once or through a promise. A plain value keeps the whole query synchronous, which is the fast path.
 * `undefined` means that the name does not exist (unknown datacenter or query): the client gets NXDOMAIN.
 * A throw or a rejection becomes SERVFAIL.
 */
export interface Resolver {
  /** Instances of a service. None: NXDOMAIN. Order does not matter, the server shuffles. */
  services(lookup: ServiceLookup, call: ResolverCall): MaybePromise<ServiceAnswer | undefined>
  /** One node by name. */
  node(lookup: NodeLookup, call: ResolverCall): MaybePromise<NodeAnswer | undefined>
  /** The node, or else the service, that has an address. */
  reverse(lookup: ReverseLookup, call: ResolverCall): MaybePromise<ReverseAnswer | undefined>
  /** Executes a prepared query. Without this method `<name>.query.<domain>` does not exist. */
  preparedQuery?(lookup: PreparedQueryLookup, call: ResolverCall): MaybePromise<PreparedQueryAnswer | undefined>
  /** The virtual address of a service in a mesh. Without this method `<name>.virtual.<domain>` has no records. */
  virtualAddress?(lookup: VirtualAddressLookup, call: ResolverCall): MaybePromise<VirtualAddressAnswer | undefined>
}

export type MaybePromise<T> = T | Promise<T>

/** What every call carries beside the lookup. */
export interface ResolverCall {
  /** The server's `token` option. */
  readonly token: string | undefined
  /** Aborts when the server stops. */
  readonly signal: AbortSignal
}

/**
 * Says whether an answer still holds. An answer that comes with one may be kept as an encoded packet and is sent
 * again, without asking the resolver, for as long as `changed` is false. The server reads `changed` before each
 * use, so a token that turns true is obeyed by the very next packet; it need not turn back.
 *
 * A plain object per watched name is enough (`token.changed = true` when an instance, check or permission
 * changes), or a getter that compares an index or a deadline. One token may be shared by many answers; names that do not exist
 * may all share one that turns when any name appears. An answer without a token is never kept.
 */
export interface ChangeToken {
  readonly changed: boolean
}

/** What an answer may say about itself. */
export interface Cacheable {
  readonly change?: ChangeToken | undefined
}

export interface ServiceLookup {
  /**
   * `service` for `<name>.service`; `connect` wants the proxies (or native instances) that speak for the service;
   * `ingress` wants the gateways that expose it.
   */
  readonly kind: 'service' | 'connect' | 'ingress'
  readonly service: string
  /** Only instances with this tag; may contain dots. */
  readonly tag: string | undefined
  /** Always set, to the server's own when the name has none; empty for a lookup in a peer. */
  readonly datacenter: string
  /** Name of a peered cluster. */
  readonly peer: string | undefined
  /** True: only instances with every check passing. False: all but those with a critical check. */
  readonly onlyPassing: boolean
}

export interface ServiceAnswer extends Cacheable {
  readonly instances: readonly ServiceInstance[]
  /** Time to live in milliseconds; wins over the `serviceTtlMs` option. */
  readonly ttlMs?: number | undefined
}

export interface ServiceInstance {
  readonly node: NodeRecord
  /** IPv4, IPv6 or host name; empty: the node's address. */
  readonly address: string
  readonly port: number
  /** Named ports, for `<name>.service.<port name>.port.<domain>`; the one with `default` takes the place of `port`. */
  readonly ports?: readonly NamedPort[] | undefined
  /** By Consul's tags: `lan_ipv4`, `lan_ipv6`, `wan`, `wan_ipv4`, `wan_ipv6`. */
  readonly taggedAddresses?: Readonly<Record<string, ServiceAddress>> | undefined
  /**
   * SRV weight for the instance's present status: its passing weight, or its warning weight when a check of the
   * service or of the node warns.
   * @defaultValue 1
   */
  readonly weight?: number | undefined
}

export interface ServiceAddress {
  readonly address: string
  readonly port: number
}

export interface NamedPort {
  readonly name: string
  readonly port: number
  readonly default?: boolean | undefined
}

export interface NodeRecord {
  /** As registered, with its case. */
  readonly name: string
  readonly datacenter: string
  /** IPv4, IPv6 or host name. */
  readonly address: string
  readonly taggedAddresses?: Readonly<Record<string, string>> | undefined
  /** Shown as TXT records. */
  readonly meta?: Readonly<Record<string, string>> | undefined
  /** Set for a node imported from a peer. */
  readonly peer?: string | undefined
}

export interface NodeLookup {
  /** May contain dots. */
  readonly node: string
  /** Always set, to the server's own when the name has none; empty for a lookup in a peer. */
  readonly datacenter: string
  readonly peer: string | undefined
}

export interface NodeAnswer extends Cacheable {
  /** Undefined: NXDOMAIN. */
  readonly node: NodeRecord | undefined
  /** Time to live in milliseconds; wins over the `nodeTtlMs` option. */
  readonly ttlMs?: number | undefined
}

export interface ReverseLookup {
  /** IPv4 dotted, or IPv6 in its canonical short form (RFC 5952). */
  readonly address: string
  readonly datacenter: string
}

export interface ReverseAnswer extends Cacheable {
  /** A node with this address wins over a service. Undefined: NXDOMAIN, or the recursors are asked. */
  readonly target:
    | { readonly kind: 'node'; readonly node: NodeRecord }
    | { readonly kind: 'service'; readonly service: string; readonly datacenter: string }
    | undefined
}

export interface PreparedQueryLookup {
  /** Name or ID. */
  readonly query: string
  readonly datacenter: string
  /** The client's address, or the one of its EDNS client subnet; for `near`. */
  readonly sourceAddress: string
}

export interface PreparedQueryAnswer {
  /** In the order of the answer: the server does not shuffle them. None: NXDOMAIN. */
  readonly instances: readonly ServiceInstance[]
  /** The service that was found; its `serviceTtlMs` applies when there is no `ttlMs`. */
  readonly service: string
  /** Where the instances are. */
  readonly datacenter: string
  readonly ttlMs?: number | undefined
}

export interface VirtualAddressLookup {
  readonly service: string
  readonly peer: string | undefined
}

export interface VirtualAddressAnswer extends Cacheable {
  /** IPv4 or IPv6; undefined: an empty answer. */
  readonly address: string | undefined
}
