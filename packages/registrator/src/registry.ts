/** Where services are announced: the port that every back end implements. */
import type { ContainerService, RegisteredService } from './services-from-container'

export interface CallOptions {
  signal?: AbortSignal | undefined
}

/**
 * A back end. Every method rejects with an error whose code is `REGISTRATOR_REGISTRY_UNREACHABLE` when nobody answered
 * (everything then waits for the back end to return); any other error concerns that one call, which is tried again later.
 */
export interface Registry {
  /** Resolves when the back end answers; what it says (a leader's address) is only logged. */
  ping(options?: CallOptions): Promise<string>
  /** Adds the service, or replaces the one of the same id. */
  register(service: ContainerService, options?: CallOptions): Promise<void>
  /** Removes the service; resolves also when it is not there. */
  deregister(service: RegisteredService, options?: CallOptions): Promise<void>
  /** Everything that is registered, by whomever. Without it lost services are only put back after an outage was seen. */
  services?(options?: CallOptions): Promise<RegisteredService[]>
  /** True when `actual` is what {@link Registry.register} makes of `wanted`. @defaultValue `sameService` */
  matches?(actual: RegisteredService, wanted: RegisteredService): boolean
  /** Renews the service's time to live. Absent where the back end has none, as in Consul. */
  refresh?(service: ContainerService, options?: CallOptions): Promise<void>
}
