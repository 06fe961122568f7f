/** Options of a registrator, with their defaults. */
import type { Backoff } from './backoff'
import { InvalidOptionError } from './errors'
import type { ServiceRules } from './services-from-container'

export type DeregisterPolicy = 'always' | 'on-success'

export interface RegistratorOptions extends ServiceRules {
  /**
   * `on-success` keeps the services of a container that failed: one that ended with an exit code other than 0 and not by a
   * signal (bit 128). A container that is removed is always deregistered.
   * @defaultValue `'always'`
   */
  deregister?: DeregisterPolicy
  /** Also removes services that a former run on this host left behind, at start and at each resync. @defaultValue false */
  cleanup?: boolean
  /** Every so many milliseconds all containers and services are compared anew; 0 is never. @defaultValue 0 */
  resyncIntervalMs?: number
  /** Every so many milliseconds {@link Registry.refresh} is called for each service; 0 is never. @defaultValue 0 */
  refreshIntervalMs?: number
  /** How often a first connection is tried again before `start` gives up; -1 is for ever. @defaultValue 0 */
  startRetries?: number
  /** Between these tries, in milliseconds. @defaultValue 2_000 */
  startRetryIntervalMs?: number
  /**
   * How often the registry is asked whether it still has everything, in milliseconds. Lower finds a registry that lost its
   * data sooner; a slow answer stretches the interval, so that this takes at most 5 % of the time.
   * @defaultValue 5_000
   */
  registryCheckIntervalMs?: number
  /** After failed calls. @defaultValue 250 ms to 30 s */
  backoff?: Backoff
  /** Containers looked at, and services written, at once. @defaultValue 8 */
  concurrency?: number
}

export type ResolvedOptions = Required<Omit<RegistratorOptions, keyof ServiceRules>> & { rules: ServiceRules }

export function resolveOptions(options: RegistratorOptions): ResolvedOptions {
  const {
    startRetryIntervalMs = 2_000,
    deregister = 'always',
    concurrency = 8,
    ttlSeconds = 0,
    refreshIntervalMs = 0,
  } = options
  if (deregister !== 'always' && deregister !== 'on-success') {
    throw new InvalidOptionError('deregister', `must be "always" or "on-success", not ${JSON.stringify(deregister)}`)
  }
  if (!(startRetryIntervalMs > 0)) throw new InvalidOptionError('startRetryIntervalMs', 'must be greater than 0')
  if (!(concurrency >= 1)) throw new InvalidOptionError('concurrency', 'must be at least 1')
  if (ttlSeconds > 0 !== refreshIntervalMs > 0) {
    throw new InvalidOptionError(
      'ttlSeconds',
      'a time to live and a refresh interval belong together: give both or neither',
    )
  }
  if (ttlSeconds > 0 && ttlSeconds * 1_000 <= refreshIntervalMs) {
    throw new InvalidOptionError('ttlSeconds', 'must be longer than the refresh interval')
  }
  return {
    rules: options,
    deregister,
    cleanup: options.cleanup ?? false,
    resyncIntervalMs: options.resyncIntervalMs ?? 0,
    refreshIntervalMs,
    startRetries: options.startRetries ?? 0,
    startRetryIntervalMs,
    registryCheckIntervalMs: options.registryCheckIntervalMs ?? 5_000,
    backoff: options.backoff ?? { minMs: 250, maxMs: 30_000 },
    concurrency,
  }
}
