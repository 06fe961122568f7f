/** The process around an agent, as the HTTP API shows and steers it. The app implements it. */
import type { JsonValue } from '@sd/model'
import type { LogLevel } from '@sd/runtime'

export interface AgentProcess {
  /** The object of `/v1/agent/self` but for `Coord` and `Member`, which the cluster adds. */
  self(): {
    readonly config: JsonValue
    readonly debugConfig: JsonValue
    readonly stats: JsonValue
    readonly meta: JsonValue
  }
  host(): Promise<JsonValue>
  metrics(): JsonValue
  prometheusMetrics(): string | undefined
  monitor(request: { readonly level: LogLevel; readonly json: boolean }, signal: AbortSignal): AsyncIterable<string>
  reload(): Promise<void>
  leave(): Promise<void>
}
