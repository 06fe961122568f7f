/** The server: sockets, lifecycle, and the count of what is under way. */
import { bindUdpTcpPair, formatHostPort, type HostPort, type UdpTcpPair } from '@sd/dgram-utils'
import {
  type Clock,
  type Logger,
  type Metrics,
  noMetrics,
  type Random,
  type Service,
  type ServiceState,
  silentLogger,
  sleep,
  systemClock,
  systemRandom,
} from '@sd/runtime'
import { DnsServerStateError } from './errors'
import { METRICS } from './metrics'
import { type AnswerOptions, answerSettings, type DnsServerOptions } from './options'
import { QueryHandler } from './query-handler'
import type { Resolver } from './resolver'
import { TcpListener } from './tcp-listener'
import { UdpListener } from './udp-listener'
import { describeQuestion } from './wire/read-query'

export interface DnsServerPorts {
  readonly resolver: Resolver
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly metrics: Metrics
}

interface Listener {
  readonly pair: UdpTcpPair
  readonly udp: UdpListener
  readonly tcp: TcpListener
}

const LISTEN_DEFAULT: readonly HostPort[] = [{ host: '127.0.0.1', port: 8600 }]

export class DnsServer implements Service {
  readonly #ports: DnsServerPorts
  readonly #options: DnsServerOptions
  readonly #handler: QueryHandler
  readonly #abort = new AbortController()
  readonly #pending = new Set<Promise<unknown>>()
  #listeners: Listener[] = []
  #state: ServiceState = 'new'
  #stopping: Promise<void> | undefined

  /** @throws InvalidDnsOptionError (DNS_INVALID_OPTION) */
  constructor(ports: DnsServerPorts, options: DnsServerOptions = {}) {
    this.#ports = { ...ports, logger: ports.logger.child('dns') }
    this.#options = options
    const signal = this.#abort.signal
    const cacheBytesMax = options.cacheBytesMax ?? 16 * 1024 * 1024
    this.#handler = new QueryHandler({ ...this.#ports, signal }, answerSettings(options), cacheBytesMax)
  }

  get state(): ServiceState {
    return this.#state
  }

  /** Where it listens, with the ports that the system chose; empty unless running. */
  get addresses(): readonly HostPort[] {
    return this.#listeners.map(({ pair }) => ({ host: pair.host, port: pair.port }))
  }

  /**
   * Binds every address, or none.
   * @throws AddressInUseError (DGRAM_ADDRESS_IN_USE), BindError (DGRAM_BIND_FAILED), DnsServerStateError (DNS_SERVER_STATE)
   */
  async start(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    if (this.#state !== 'new') throw new DnsServerStateError(this.#state)
    this.#state = 'starting'
    const { receiveBufferBytes } = this.#options
    const pairs: UdpTcpPair[] = []
    try {
      for (const { host, port } of this.#options.listen ?? LISTEN_DEFAULT) {
        options.signal?.throwIfAborted()
        pairs.push(await bindUdpTcpPair({ host, port, receiveBufferBytes }))
        this.#listeners.push(this.#listen(pairs.at(-1) as UdpTcpPair))
      }
      options.signal?.throwIfAborted()
    } catch (error) {
      this.#listeners = []
      await Promise.all(pairs.map((pair) => pair.close()))
      this.#state = 'failed'
      throw error
    }
    this.#state = 'running'
    const addresses = this.addresses.map(({ host, port }) => formatHostPort(host, port))
    this.#ports.logger.info('Started DNS server', { addresses })
  }

  /**
   * Other answers from the next query on, without closing a socket. What is not given gets its default.
   * @throws InvalidDnsOptionError (DNS_INVALID_OPTION), and nothing has changed then
   */
  reload(options: AnswerOptions): void {
    this.#handler.reload(answerSettings(options))
  }

  /** Forgets every kept answer, for changes that no change token tells. */
  clearCache(): void {
    this.#handler.clearCache()
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop())
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping'
    const listeners = this.#listeners
    for (const { udp, tcp } of listeners) {
      udp.stop()
      tcp.drain()
    }
    const patience = new AbortController()
    await Promise.race([
      Promise.allSettled(this.#pending),
      sleep(this.#ports.clock, this.#options.stopTimeoutMs ?? 1_000, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    this.#abort.abort(new Error('the DNS server stops'))
    for (const { tcp } of listeners) tcp.destroy()
    await Promise.all(listeners.map(({ pair }) => pair.close()))
    this.#listeners = []
    this.#handler.clearCache()
    this.#state = 'stopped'
  }

  #listen(pair: UdpTcpPair): Listener {
    const { clock, logger, metrics } = this.#ports
    const options = this.#options
    const pendingMax = options.pendingQueriesMax ?? 4_096
    const udp = new UdpListener({
      socket: pair.udp,
      logger,
      handle: (packet, address) => this.#handle(packet, 'udp', address),
      admit: () => {
        if (this.#pending.size < pendingMax) return true
        metrics.count(METRICS.dropped, 1)
        return false
      },
      pending: (reply) => this.#track(reply),
    })
    const tcp = new TcpListener(
      {
        server: pair.tcp,
        clock,
        handle: (packet, address) => {
          const reply = this.#handle(packet, 'tcp', address)
          if (reply instanceof Promise) this.#track(reply)
          return reply
        },
      },
      {
        connectionsMax: options.tcpConnectionsMax ?? 1_024,
        queriesMax: options.tcpQueriesMax ?? 128,
        firstQueryTimeoutMs: options.tcpFirstQueryTimeoutMs ?? 2_000,
        idleTimeoutMs: options.tcpIdleTimeoutMs ?? 8_000,
      },
    )
    return { pair, udp, tcp }
  }

  #handle(packet: Buffer, transport: 'udp' | 'tcp', clientAddress: string) {
    if (this.#options.logQueries) {
      const fields = { ...describeQuestion(packet), client: clientAddress, clientNetwork: transport }
      this.#ports.logger.debug('DNS request', fields)
    }
    return this.#handler.handle(packet, transport, clientAddress)
  }

  #track(reply: Promise<unknown>): void {
    const tracked: Promise<unknown> = reply.finally(() => this.#pending.delete(tracked))
    this.#pending.add(tracked)
  }
}

/** A server with the system's clock and randomness, and no logs or metrics unless given. */
export const createDnsServer = (
  ports: Pick<DnsServerPorts, 'resolver'> & Partial<DnsServerPorts>,
  options: DnsServerOptions = {},
): DnsServer =>
  new DnsServer(
    { clock: systemClock, random: systemRandom, logger: silentLogger, metrics: noMetrics, ...ports },
    options,
  )
