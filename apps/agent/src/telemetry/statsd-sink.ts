/** Metrics to a statsd or DogStatsD server by UDP, several in one datagram. */
import { createSocket, type Socket } from 'node:dgram'
import type { Clock, MetricLabels, Timer } from '@sd/runtime'
import type { MetricSink } from './metric-sink'

export interface StatsdSinkOptions {
  /** Labels as DogStatsD tags instead of parts of the name. @defaultValue false */
  useTags?: boolean
  /** Tags of every metric (`dogstatsd_tags`). @defaultValue none */
  tags?: readonly string[]
  /** How long a metric may wait for others. @defaultValue 100 ms */
  flushIntervalMs?: number
}

/** Fits an Ethernet frame. */
const DATAGRAM_BYTES_MAX = 1400
/** Datagrams that may be on their way; a resolver or a kernel that does not take more must not fill the memory. */
const IN_FLIGHT_MAX = 256
/** How long the last datagrams may take when the sink stops. */
const DRAIN_MS_MAX = 1_000
const DEFAULT_PORT = 8125

export class StatsdSink implements MetricSink {
  readonly #clock: Clock
  readonly #host: string
  readonly #port: number
  readonly #useTags: boolean
  readonly #tags: readonly string[]
  readonly #flushIntervalMs: number
  #socket: Socket | undefined
  #lines: string[] = []
  #bytes = 0
  #timer: Timer | undefined
  #inFlight = 0
  #onSent: (() => void) | undefined
  #dropped = 0

  /** `address` is "host:port"; the port may be left out. */
  constructor(ports: { clock: Clock }, address: string, options: StatsdSinkOptions = {}) {
    this.#clock = ports.clock
    const parts = /^(?:udp:\/\/)?(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(address)
    this.#host = parts?.[1] ?? parts?.[2] ?? address
    this.#port = Number(parts?.[3] ?? DEFAULT_PORT)
    this.#useTags = options.useTags ?? false
    this.#tags = options.tags ?? []
    this.#flushIntervalMs = options.flushIntervalMs ?? 100
  }

  /** Metrics that were not sent. */
  get dropped(): number {
    return this.#dropped
  }

  start(): Promise<void> {
    const socket = createSocket(this.#host.includes(':') ? 'udp6' : 'udp4')
    // Nobody listening is no fault of ours.
    socket.on('error', () => {})
    socket.unref()
    this.#socket = socket
    return Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#flush()
    const socket = this.#socket
    this.#socket = undefined
    await this.#sent()
    if (socket) await new Promise<void>((resolve) => socket.close(() => resolve()))
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    this.#push(name, value, 'c', labels)
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    this.#push(name, value, 'g', labels)
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    this.#push(name, value, 'ms', labels)
  }

  /** Resolves when every datagram is out, or after a moment: a resolver that hangs must not hold up the end. */
  #sent(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = this.#clock.schedule(DRAIN_MS_MAX, resolve)
      this.#onSent = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  #push(name: string, value: number, kind: string, labels: MetricLabels | undefined): void {
    if (!this.#socket) return
    const line = this.#useTags ? this.#tagged(name, value, kind, labels) : plainLine(name, value, kind, labels)
    const bytes = Buffer.byteLength(line)
    if (this.#bytes + bytes > DATAGRAM_BYTES_MAX) this.#flush()
    this.#lines.push(line)
    this.#bytes += bytes
    this.#timer ??= this.#clock.schedule(this.#flushIntervalMs, () => this.#flush())
  }

  #tagged(name: string, value: number, kind: string, labels: MetricLabels | undefined): string {
    const own = Object.entries(labels ?? {}).map(([label, text]) =>
      text === '' ? clean(label) : `${clean(label)}:${clean(text)}`,
    )
    const tags = [...this.#tags, ...own]
    const amount = kind === 'c' ? String(Math.trunc(value)) : value.toFixed(6)
    return `${clean(name)}:${amount}|${kind}${tags.length > 0 ? `|#${tags.join(',')}` : ''}\n`
  }

  #flush(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    if (this.#lines.length === 0) return
    const lines = this.#lines
    this.#lines = []
    this.#bytes = 0
    if (!this.#socket || this.#inFlight >= IN_FLIGHT_MAX) {
      this.#dropped += lines.length
      return
    }
    this.#inFlight++
    this.#socket.send(lines.join(''), this.#port, this.#host, (error) => {
      if (--this.#inFlight === 0) this.#onSent?.()
      if (error) this.#dropped += lines.length
    })
  }
}

/** Characters that have a meaning in the protocol. */
const clean = (text: string) => text.replace(/[: \n|]/g, '_')

function plainLine(name: string, value: number, kind: string, labels: MetricLabels | undefined): string {
  const parts = labels === undefined ? name : [name, ...Object.values(labels)].join('.')
  return `${clean(parts)}:${value.toFixed(6)}|${kind}\n`
}
