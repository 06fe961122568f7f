/** Where containers come from: the port that an engine implements. */
import type { Container } from './container'
import type { CallOptions } from './registry'

/** An event is only a hint that a container should be looked at. */
export type EngineEvent =
  /** The stream is up; whatever happened before it has to be listed. */
  | { kind: 'connected' }
  /** The stream ended and will be opened again in `retryInMs`. */
  | { kind: 'disconnected'; error: unknown; retryInMs: number }
  | { kind: 'changed'; containerId: string }

export interface ContainerSource {
  /** Resolves when the engine answers. */
  ping(options?: CallOptions): Promise<void>
  /** Ids of running containers. */
  listRunning(options?: CallOptions): Promise<string[]>
  /** `undefined` when there is no such container (any more). */
  inspect(containerId: string, options?: CallOptions): Promise<Container | undefined>
  /** Events for ever: it reconnects by itself and ends only when `signal` aborts. */
  events(options: { signal: AbortSignal }): AsyncIterable<EngineEvent>
}
