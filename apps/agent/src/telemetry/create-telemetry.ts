/** The sinks that a configuration asks for, behind one `Metrics`. */
import { hostname } from 'node:os'
import type { Clock } from '@sd/runtime'
import type { RuntimeConfig } from '../config/index'
import { MemorySink } from './memory-sink'
import { PrometheusSink } from './prometheus-text'
import { StatsdSink } from './statsd-sink'
import { Telemetry } from './telemetry'

export interface RunningTelemetry {
  readonly metrics: Telemetry
  readonly memory: MemorySink
  /** Absent unless a retention time is set, as in Consul. */
  readonly prometheus: PrometheusSink | undefined
  start(): Promise<void>
  stop(): Promise<void>
}

export function createTelemetry(config: RuntimeConfig, clock: Clock): RunningTelemetry {
  const { telemetry, metricFilter } = config
  const memory = new MemorySink({ clock })
  const retentionMs = telemetry.prometheusRetentionTimeMs
  const prometheus = retentionMs > 0 ? new PrometheusSink({ clock }, { retentionMs }) : undefined
  const statsd = [
    ...(telemetry.statsdAddress ? [new StatsdSink({ clock }, telemetry.statsdAddress)] : []),
    ...(telemetry.dogstatsdAddr
      ? [new StatsdSink({ clock }, telemetry.dogstatsdAddr, { useTags: true, tags: telemetry.dogstatsdTags })]
      : []),
  ]
  const metrics = new Telemetry([memory, ...(prometheus ? [prometheus] : []), ...statsd], {
    prefix: telemetry.metricsPrefix,
    hostname: telemetry.disableHostname ? '' : hostname(),
    filterDefault: telemetry.filterDefault,
    ...metricFilter,
  })
  return {
    metrics,
    memory,
    prometheus,
    start: async () => void (await Promise.all(statsd.map((sink) => sink.start()))),
    stop: async () => void (await Promise.all(statsd.map((sink) => sink.stop()))),
  }
}
