/** The last minute of metrics in intervals of ten seconds, for /v1/agent/metrics. */
import { jsonMap, jsonNumber, jsonString } from '@sd/model'
import type { Clock, MetricLabels } from '@sd/runtime'
import { type MetricSink, type Series, seriesKey, seriesOf, SERIES_MAX } from './metric-sink'

export interface MemorySinkOptions {
  /** @defaultValue 10 seconds (Consul's) */
  intervalMs?: number
  /** @defaultValue 1 minute (Consul's) */
  retainMs?: number
}

class Aggregate {
  count = 0
  sum = 0
  sumOfSquares = 0
  min = 0
  max = 0

  constructor(readonly series: Series) {}

  add(value: number): void {
    this.count++
    this.sum += value
    this.sumOfSquares += value * value
    if (value < this.min || this.count === 1) this.min = value
    if (value > this.max || this.count === 1) this.max = value
  }

  get mean(): number {
    return this.count === 0 ? 0 : this.sum / this.count
  }

  get deviation(): number {
    const divisor = this.count * (this.count - 1)
    if (divisor === 0) return 0
    return Math.sqrt(Math.max(0, this.count * this.sumOfSquares - this.sum ** 2) / divisor)
  }
}

interface Interval {
  readonly startMs: number
  readonly gauges: Map<string, { series: Series; value: number }>
  readonly counters: Map<string, Aggregate>
  readonly samples: Map<string, Aggregate>
}

export class MemorySink implements MetricSink {
  readonly #clock: Clock
  readonly #intervalMs: number
  readonly #intervalsMax: number
  readonly #intervals: Interval[] = []

  constructor(ports: { clock: Clock }, options: MemorySinkOptions = {}) {
    this.#clock = ports.clock
    this.#intervalMs = options.intervalMs ?? 10_000
    this.#intervalsMax = Math.max(1, Math.floor((options.retainMs ?? 60_000) / this.#intervalMs))
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    add(this.#current().counters, name, value, labels)
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    const { gauges } = this.#current()
    const key = seriesKey(name, labels)
    const known = gauges.get(key)
    if (known) known.value = value
    else if (gauges.size < SERIES_MAX) gauges.set(key, { series: seriesOf(name, labels), value })
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    add(this.#current().samples, name, value, labels)
  }

  /** The last finished interval as JSON, or the current one while there is no other. */
  toJson(): string {
    this.#current()
    const interval = (this.#intervals.at(-2) ?? this.#intervals.at(-1)) as Interval
    const gauges = sorted(interval.gauges).map(
      ({ series, value }) =>
        `{"Name":${jsonString(series.name)},"Value":${singleText(value)},"Labels":${labelsJson(series)}}`,
    )
    const parts = [
      `"Timestamp":"${timestamp(interval.startMs)}"`,
      `"Gauges":[${gauges.join(',')}]`,
      '"Points":[]',
      `"Counters":[${this.#aggregates(interval.counters)}]`,
      `"Samples":[${this.#aggregates(interval.samples)}]`,
    ]
    return `{${parts.join(',')}}`
  }

  #aggregates(all: Map<string, Aggregate>): string {
    const seconds = this.#intervalMs / 1_000
    return sorted(all)
      .map((one) => {
        const numbers = {
          Count: one.count,
          Rate: one.sum / seconds,
          Sum: one.sum,
          Min: one.min,
          Max: one.max,
          Mean: one.mean,
          Stddev: one.deviation,
        }
        const text = Object.entries(numbers).map(([name, value]) => `"${name}":${jsonNumber(value)}`)
        return `{"Name":${jsonString(one.series.name)},${text.join(',')},"Labels":${labelsJson(one.series)}}`
      })
      .join(',')
  }

  #current(): Interval {
    const startMs = Math.floor(this.#clock.now() / this.#intervalMs) * this.#intervalMs
    const last = this.#intervals.at(-1)
    // A clock that was set back goes on in the interval it is in.
    if (last && last.startMs >= startMs) return last
    const interval: Interval = { startMs, gauges: new Map(), counters: new Map(), samples: new Map() }
    this.#intervals.push(interval)
    if (this.#intervals.length > this.#intervalsMax) this.#intervals.shift()
    return interval
  }
}

function add(all: Map<string, Aggregate>, name: string, value: number, labels: MetricLabels | undefined): void {
  const key = seriesKey(name, labels)
  let aggregate = all.get(key)
  if (aggregate === undefined) {
    if (all.size >= SERIES_MAX) return
    aggregate = new Aggregate(seriesOf(name, labels))
    all.set(key, aggregate)
  }
  aggregate.add(value)
}

const sorted = <T>(all: Map<string, T>): T[] =>
  [...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value)

const labelsJson = (series: Series): string => jsonMap(Object.fromEntries(series.labels), jsonString)

/** Go keeps gauges in single precision and writes the shortest text that gives it back. */
function singleText(value: number): string {
  const single = Math.fround(value)
  if (!Number.isFinite(single)) return '0'
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(single.toPrecision(digits))
    if (Math.fround(short) === single) return jsonNumber(short)
  }
  return jsonNumber(single)
}

/** Go's Time.String: "2026-11-23 13:20:40 +0000 UTC". */
const timestamp = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`
