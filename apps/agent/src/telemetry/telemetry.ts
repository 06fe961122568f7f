/** The agent's metrics: completes names, filters them, and hands them to every sink. */
import type { MetricLabels, Metrics } from '@sd/runtime'
import type { MetricSink } from './metric-sink'

export interface TelemetryOptions {
  /** @defaultValue 'consul' */
  prefix?: string
  /** Put between prefix and name of gauges; empty for none (`disable_hostname`). @defaultValue '' */
  hostname?: string
  /** Prefixes of complete names that are kept, resp. dropped; the longer one decides. @defaultValue none */
  allowed?: readonly string[]
  blocked?: readonly string[]
  /** What happens to names that match neither. @defaultValue true */
  filterDefault?: boolean
}

interface Route {
  /** Complete names, or undefined when filtered out. */
  readonly plain: string | undefined
  readonly gauge: string | undefined
}

/** Names seen before are looked up instead of built; more than this are forgotten together. */
const ROUTES_MAX = 10_000

export class Telemetry implements Metrics {
  readonly #sinks: readonly MetricSink[]
  readonly #prefix: string
  readonly #gaugePrefix: string
  readonly #routes = new Map<string, Route>()
  #allowed: readonly string[]
  #blocked: readonly string[]
  readonly #filterDefault: boolean

  constructor(sinks: readonly MetricSink[], options: TelemetryOptions = {}) {
    this.#sinks = sinks
    const prefix = options.prefix ?? 'consul'
    this.#prefix = prefix === '' ? '' : `${prefix}.`
    this.#gaugePrefix = options.hostname ? `${this.#prefix}${options.hostname}.` : this.#prefix
    this.#allowed = options.allowed ?? []
    this.#blocked = options.blocked ?? []
    this.#filterDefault = options.filterDefault ?? true
  }

  count(name: string, value = 1, labels?: MetricLabels): void {
    const full = this.#route(name).plain
    if (full !== undefined) for (const sink of this.#sinks) sink.count(full, value, labels)
  }

  gauge(name: string, value: number, labels?: MetricLabels): void {
    const full = this.#route(name).gauge
    if (full !== undefined) for (const sink of this.#sinks) sink.gauge(full, value, labels)
  }

  sample(name: string, value: number, labels?: MetricLabels): void {
    const full = this.#route(name).plain
    if (full !== undefined) for (const sink of this.#sinks) sink.sample(full, value, labels)
  }

  /** As a reload does (`prefix_filter`). */
  setFilter(filter: { allowed: readonly string[]; blocked: readonly string[] }): void {
    this.#allowed = filter.allowed
    this.#blocked = filter.blocked
    this.#routes.clear()
  }

  #route(name: string): Route {
    const known = this.#routes.get(name)
    if (known) return known
    const plain = this.#prefix + name
    const gauge = this.#gaugePrefix + name
    const route = { plain: this.#passes(plain) ? plain : undefined, gauge: this.#passes(gauge) ? gauge : undefined }
    if (this.#routes.size >= ROUTES_MAX) this.#routes.clear()
    this.#routes.set(name, route)
    return route
  }

  #passes(name: string): boolean {
    const longest = (prefixes: readonly string[]) =>
      prefixes.reduce((length, prefix) => (name.startsWith(prefix) ? Math.max(length, prefix.length) : length), -1)
    const allowed = longest(this.#allowed)
    const blocked = longest(this.#blocked)
    if (allowed < 0 && blocked < 0) return this.#filterDefault
    return allowed >= blocked
  }
}
