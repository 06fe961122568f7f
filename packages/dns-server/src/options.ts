import type { HostPort } from '@sd/dgram-utils'
import { InvalidHostPortError, parseHostPort } from '@sd/dgram-utils'
import { InvalidDnsOptionError } from './errors'

/** How queries are answered; may be changed while the server runs. Names follow Consul's `dns_config`. */
export interface AnswerOptions {
  /**
   * The zone, such as `consul`.
   * @defaultValue 'consul'
   */
  domain?: string | undefined
  /**
   * A second zone with the same names.
   * @defaultValue none
   */
  altDomain?: string | undefined
  /**
   * The datacenter of names that say none.
   * @defaultValue 'dc1'
   */
  datacenter?: string | undefined
  /**
   * The `node` label of the metrics.
   * @defaultValue ''
   */
  nodeName?: string | undefined
  /**
   * Handed to each resolver call.
   * @defaultValue undefined
   */
  token?: string | undefined
  /**
   * Time to live of node answers. Raising it saves queries and delays what clients see.
   * @defaultValue 0
   */
  nodeTtlMs?: number | undefined
  /**
   * Time to live by service name; a key that ends in `*` stands for every name that begins so, the longest such key wins.
   * @defaultValue 0 for all
   */
  serviceTtlMs?: Readonly<Record<string, number>> | undefined
  /**
   * Leave out instances with a warning too, not only critical ones.
   * @defaultValue false
   */
  onlyPassing?: boolean | undefined
  /**
   * Most answers in a UDP reply to a client without EDNS (or with EDNS size 512), at most 8.
   * @defaultValue 3
   */
  udpAnswerLimit?: number | undefined
  /**
   * Most A, AAAA and ANY answers of a service; 0 for no limit.
   * @defaultValue 0
   */
  aRecordLimit?: number | undefined
  /**
   * Set the TC bit on answers that were cut, so that clients ask again by TCP.
   * @defaultValue false
   */
  enableTruncate?: boolean | undefined
  /**
   * Write every name in full.
   * @defaultValue false
   */
  disableCompression?: boolean | undefined
  /**
   * Add the node's metadata as TXT records to node and SRV answers.
   * @defaultValue true
   */
  enableAdditionalNodeMetaTxt?: boolean | undefined
  /**
   * Use `wan` tagged addresses for instances of other datacenters (Consul's `translate_wan_addrs`).
   * @defaultValue false
   */
  translateWanAddresses?: boolean | undefined
  /** The SOA record's timers, in seconds. */
  soa?: SoaOptions | undefined
  /**
   * Where to ask for names outside the zones: "host", "host:port" or "[ipv6]:port".
   * @defaultValue none: such names are refused
   */
  recursors?: readonly string[] | undefined
  /**
   * In the order given, or a random one for each query.
   * @defaultValue 'sequential'
   */
  recursorStrategy?: 'sequential' | 'random' | undefined
  /**
   * How long one recursor may take before the next is asked.
   * @defaultValue 2_000
   */
  recursorTimeoutMs?: number | undefined
}

export interface SoaOptions {
  /** @defaultValue 3_600 */
  refreshSeconds?: number | undefined
  /** @defaultValue 600 */
  retrySeconds?: number | undefined
  /** @defaultValue 86_400 */
  expireSeconds?: number | undefined
  /** Also how long clients remember that a name does not exist. @defaultValue 0 */
  minTtlSeconds?: number | undefined
}

export interface DnsServerOptions extends AnswerOptions {
  /**
   * Where to listen, each in UDP and TCP. Port 0 lets the system choose.
   * @defaultValue [{ host: '127.0.0.1', port: 8600 }]
   */
  listen?: readonly HostPort[] | undefined
  /**
   * Memory for encoded answers. 0 turns the cache off: every query asks the resolver.
   * @defaultValue 16_777_216
   */
  cacheBytesMax?: number | undefined
  /**
   * Queries that may wait for the resolver or a recursor at once; further UDP queries are dropped, as a full queue would.
   * @defaultValue 4_096
   */
  pendingQueriesMax?: number | undefined
  /** @defaultValue 1_024 */
  tcpConnectionsMax?: number | undefined
  /**
   * Queries on one TCP connection before it is closed.
   * @defaultValue 128 (Consul's)
   */
  tcpQueriesMax?: number | undefined
  /**
   * How long a TCP client may take for its first query.
   * @defaultValue 2_000 (Consul's)
   */
  tcpFirstQueryTimeoutMs?: number | undefined
  /**
   * How long a TCP client may stay silent between queries, or leave its answers unread.
   * @defaultValue 8_000 (Consul's)
   */
  tcpIdleTimeoutMs?: number | undefined
  /**
   * Kernel buffer for bursts of UDP queries.
   * @defaultValue the system's
   */
  receiveBufferBytes?: number | undefined
  /**
   * Log each query at debug level; costs a look at every packet.
   * @defaultValue false
   */
  logQueries?: boolean | undefined
  /**
   * How long `stop` waits for pending queries.
   * @defaultValue 1_000
   */
  stopTimeoutMs?: number | undefined
}

/** {@link AnswerOptions} with defaults filled in, validated, and names made canonical. */
export interface AnswerSettings {
  /** Lower case, with a closing dot. */
  readonly domain: string
  /** "." when there is none. */
  readonly altDomain: string
  readonly datacenter: string
  readonly nodeName: string
  readonly token: string | undefined
  readonly nodeTtlMs: number
  readonly serviceTtlMs: Readonly<Record<string, number>>
  readonly onlyPassing: boolean
  readonly udpAnswerLimit: number
  readonly aRecordLimit: number
  readonly enableTruncate: boolean
  readonly disableCompression: boolean
  readonly enableAdditionalNodeMetaTxt: boolean
  readonly translateWanAddresses: boolean
  readonly soa: Readonly<Required<{ [Key in keyof SoaOptions]: number }>>
  readonly recursors: readonly HostPort[]
  readonly recursorStrategy: 'sequential' | 'random'
  readonly recursorTimeoutMs: number
}

const RECURSOR_PORT = 53
/** First labels that a second zone may not have, since queries use them (as Consul). */
const RESERVED_ALT_LABELS = ['service', 'connect', 'node', 'query', 'addr']

/** @throws InvalidDnsOptionError (DNS_INVALID_OPTION), which names the option */
export function answerSettings(options: AnswerOptions): AnswerSettings {
  const datacenter = (options.datacenter ?? 'dc1').toLowerCase()
  return {
    domain: zone('domain', options.domain ?? 'consul'),
    altDomain: altZone(options.altDomain ?? '', datacenter),
    datacenter,
    nodeName: options.nodeName ?? '',
    token: options.token,
    nodeTtlMs: atLeastZero('nodeTtlMs', options.nodeTtlMs ?? 0),
    serviceTtlMs: serviceTtls(options.serviceTtlMs ?? {}),
    onlyPassing: options.onlyPassing ?? false,
    udpAnswerLimit: wholeNumber('udpAnswerLimit', options.udpAnswerLimit ?? 3),
    aRecordLimit: wholeNumber('aRecordLimit', options.aRecordLimit ?? 0),
    enableTruncate: options.enableTruncate ?? false,
    disableCompression: options.disableCompression ?? false,
    enableAdditionalNodeMetaTxt: options.enableAdditionalNodeMetaTxt ?? true,
    translateWanAddresses: options.translateWanAddresses ?? false,
    soa: {
      refreshSeconds: wholeNumber('soa.refreshSeconds', options.soa?.refreshSeconds ?? 3_600),
      retrySeconds: wholeNumber('soa.retrySeconds', options.soa?.retrySeconds ?? 600),
      expireSeconds: wholeNumber('soa.expireSeconds', options.soa?.expireSeconds ?? 86_400),
      minTtlSeconds: wholeNumber('soa.minTtlSeconds', options.soa?.minTtlSeconds ?? 0),
    },
    recursors: (options.recursors ?? []).map(recursorAddress),
    recursorStrategy: options.recursorStrategy ?? 'sequential',
    recursorTimeoutMs: atLeastZero('recursorTimeoutMs', options.recursorTimeoutMs ?? 2_000),
  }
}

function zone(option: string, text: string): string {
  const name = text.toLowerCase().replace(/\.$/, '')
  if (!/^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(name) || name.length > 200) {
    throw new InvalidDnsOptionError(option, text, 'expected a domain name such as "consul"')
  }
  return `${name}.`
}

function altZone(text: string, datacenter: string): string {
  if (text === '' || text === '.') return '.'
  const name = zone('altDomain', text)
  const [first = ''] = name.split('.')
  if ([...RESERVED_ALT_LABELS, datacenter].includes(first)) {
    throw new InvalidDnsOptionError('altDomain', text, `it must not begin with "${first}", which queries use`)
  }
  return name
}

function recursorAddress(text: string): HostPort {
  try {
    const address = parseHostPort(text, RECURSOR_PORT)
    if (['', '0.0.0.0', '::'].includes(address.host)) {
      throw new InvalidDnsOptionError('recursors', text, 'DNS recursor address cannot be 0.0.0.0, :: or [::]')
    }
    return address
  } catch (error) {
    if (!(error instanceof InvalidHostPortError)) throw error
    throw new InvalidDnsOptionError('recursors', text, error.message)
  }
}

function serviceTtls(ttls: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  for (const [service, ttlMs] of Object.entries(ttls)) atLeastZero(`serviceTtlMs[${JSON.stringify(service)}]`, ttlMs)
  return ttls
}

function atLeastZero(option: string, value: number): number {
  if (!(value >= 0) || !Number.isFinite(value)) {
    throw new InvalidDnsOptionError(option, value, 'expected a number of at least 0')
  }
  return value
}

function wholeNumber(option: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new InvalidDnsOptionError(option, value, 'expected a whole number of at least 0')
  }
  return value
}
