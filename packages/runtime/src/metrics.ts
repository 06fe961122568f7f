/** Metrics as a port. Names are Consul's, without the "consul." prefix, which the sink adds: "http.GET.v1.kv". */

export type MetricLabels = Readonly<Record<string, string>>

export interface Metrics {
  /** Adds to a counter. */
  count(name: string, value?: number, labels?: MetricLabels): void
  /** Sets a gauge. */
  gauge(name: string, value: number, labels?: MetricLabels): void
  /** Records one sample, a duration in milliseconds unless the name says otherwise. */
  sample(name: string, value: number, labels?: MetricLabels): void
}

const nothing = () => {}

/** The default of every library: records nothing. */
export const noMetrics: Metrics = { count: nothing, gauge: nothing, sample: nothing }
