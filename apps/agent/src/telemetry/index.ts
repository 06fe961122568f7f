/** Where the agent's metrics go. */
export { MemorySink, type MemorySinkOptions } from './memory-sink'
export type { MetricSink } from './metric-sink'
export { PrometheusSink, type PrometheusSinkOptions } from './prometheus-text'
export { StatsdSink, type StatsdSinkOptions } from './statsd-sink'
export { Telemetry, type TelemetryOptions } from './telemetry'
export { createTelemetry, type RunningTelemetry } from './create-telemetry'
