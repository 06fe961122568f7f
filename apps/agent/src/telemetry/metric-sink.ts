import type { MetricLabels } from '@sd/runtime'

/** Takes measurements whose names are complete ("consul.http.GET.v1.kv"). Must not throw and must not wait. */
export interface MetricSink {
  count(name: string, value: number, labels: MetricLabels | undefined): void
  gauge(name: string, value: number, labels: MetricLabels | undefined): void
  sample(name: string, value: number, labels: MetricLabels | undefined): void
}

/** One series: a name with its labels. */
export interface Series {
  readonly name: string
  readonly labels: readonly (readonly [name: string, value: string])[]
}

/** Keys by labels object and name: whoever measures often hands over the same object each time. */
const keys = new WeakMap<MetricLabels, { name: string; key: string }>()

/** Name and labels as one key; the order of labels is the order of the key. */
export function seriesKey(name: string, labels: MetricLabels | undefined): string {
  if (labels === undefined) return name
  const known = keys.get(labels)
  if (known?.name === name) return known.key
  let key = name
  for (const label in labels) key += `;${label}=${labels[label] as string}`
  keys.set(labels, { name, key })
  return key
}

export const seriesOf = (name: string, labels: MetricLabels | undefined): Series => ({
  name,
  labels: labels === undefined ? [] : Object.entries(labels),
})

/** How many series a sink keeps; beyond it new ones are dropped, so that names made of data can not fill the memory. */
export const SERIES_MAX = 20_000
