/** Metrics since the start, as Prometheus reads them (`/v1/agent/metrics?format=prometheus`). */
import type { Clock, MetricLabels } from '@sd/runtime'
import { type MetricSink, seriesKey, SERIES_MAX } from './metric-sink'

export interface PrometheusSinkOptions {
  /** Series that were not written for so long disappear; 0 keeps all. @defaultValue 0 */
  retentionMs?: number
  /** Texts for `# HELP`, by complete name. @defaultValue the name as Prometheus has it */
  help?: ReadonlyMap<string, string>
}

/** Quantiles look back this far, and at most at this many samples. */
const WINDOW_MS = 10_000
const WINDOW_SAMPLES_MAX = 512
const QUANTILES = [0.5, 0.9, 0.99]

type Kind = 'counter' | 'gauge' | 'summary'

interface Entry {
  readonly kind: Kind
  readonly name: string
  readonly help: string
  /** `{a="1",b="2"}`, or nothing. */
  readonly labels: readonly string[]
  updatedAt: number
  /** Of a counter or gauge; the sum of a summary. */
  value: number
  count: number
  readonly window: { at: number; value: number }[]
  /** Where the next sample goes once the window is full. */
  next: number
}

export class PrometheusSink implements MetricSink {
  readonly #clock: Clock
  readonly #retentionMs: number
  readonly #help: ReadonlyMap<string, string>
  readonly #entries = new Map<string, Entry>()

  constructor(ports: { clock: Clock }, options: PrometheusSinkOptions = {}) {
    this.#clock = ports.clock
    this.#retentionMs = options.retentionMs ?? 0
    this.#help = options.help ?? new Map()
  }

  count(name: string, value: number, labels: MetricLabels | undefined): void {
    const entry = this.#entry('counter', name, labels)
    if (entry) entry.value += value
  }

  gauge(name: string, value: number, labels: MetricLabels | undefined): void {
    const entry = this.#entry('gauge', name, labels)
    if (entry) entry.value = value
  }

  sample(name: string, value: number, labels: MetricLabels | undefined): void {
    const entry = this.#entry('summary', name, labels)
    if (!entry) return
    entry.value += value
    entry.count++
    entry.window[entry.next] = { at: entry.updatedAt, value }
    entry.next = (entry.next + 1) % WINDOW_SAMPLES_MAX
  }

  toText(): string {
    const now = this.#clock.monotonic()
    const families = new Map<string, Entry[]>()
    for (const [key, entry] of this.#entries) {
      if (this.#retentionMs > 0 && now - entry.updatedAt > this.#retentionMs) {
        this.#entries.delete(key)
        continue
      }
      const family = families.get(entry.name) ?? []
      if (family.length === 0) families.set(entry.name, family)
      // A name has one kind; what comes under the same name as another kind is left out, as Prometheus would refuse it.
      if (family.length === 0 || family[0]?.kind === entry.kind) family.push(entry)
    }
    const names = [...families.keys()].sort()
    return names.map((name) => familyText(name, families.get(name) as Entry[], now)).join('')
  }

  #entry(kind: Kind, name: string, labels: MetricLabels | undefined): Entry | undefined {
    const key = `${kind} ${seriesKey(name, labels)}`
    const known = this.#entries.get(key)
    if (known) {
      known.updatedAt = this.#clock.monotonic()
      return known
    }
    if (this.#entries.size >= SERIES_MAX) return undefined
    const flatName = name.replace(/[^a-zA-Z0-9_:]/g, '_')
    const entry: Entry = {
      kind,
      name: flatName,
      help: this.#help.get(name) ?? flatName,
      labels: Object.entries(labels ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([label, value]) => `${label.replace(/[^a-zA-Z0-9_]/g, '_')}="${escapeLabel(value)}"`),
      updatedAt: this.#clock.monotonic(),
      value: 0,
      count: 0,
      window: [],
      next: 0,
    }
    this.#entries.set(key, entry)
    return entry
  }
}

const escapeLabel = (value: string) => value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')
const escapeHelp = (value: string) => value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')

function familyText(name: string, entries: readonly Entry[], now: number): string {
  const first = entries[0] as Entry
  const head = `# HELP ${name} ${escapeHelp(first.help)}\n# TYPE ${name} ${first.kind}\n`
  const ordered = [...entries].sort((a, b) => (a.labels.join() < b.labels.join() ? -1 : 1))
  return head + ordered.map((entry) => entryText(entry, now)).join('')
}

function entryText(entry: Entry, now: number): string {
  const line = (name: string, labels: readonly string[], value: number) =>
    `${name}${labels.length > 0 ? `{${labels.join(',')}}` : ''} ${numberText(value)}\n`
  if (entry.kind !== 'summary') return line(entry.name, entry.labels, entry.value)
  const recent = entry.window
    .filter((sample) => now - sample.at <= WINDOW_MS)
    .map((sample) => sample.value)
    .sort((a, b) => a - b)
  const rows = QUANTILES.map((quantile) => {
    const value = recent[Math.max(0, Math.ceil(quantile * recent.length) - 1)] ?? NaN
    return line(entry.name, [...entry.labels, `quantile="${quantile}"`], value)
  })
  return `${rows.join('')}${line(`${entry.name}_sum`, entry.labels, entry.value)}${line(`${entry.name}_count`, entry.labels, entry.count)}`
}

/** Go's shortest form: exponents from 1e+21 and below 1e-4. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  return String(value)
}
