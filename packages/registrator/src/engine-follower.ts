/** Keeps the desired services in step with the engine: every hint, and every reconnection, ends in an inspection. */
import { type Clock, errorMessage, type Logger, type Random } from '@sd/runtime'
import type { Container } from './container'
import type { DesiredServices } from './desired-services'
import type { DeregisterPolicy, ResolvedOptions } from './options'
import { RetryQueue } from './retry-queue'
import { servicesFromContainer } from './services-from-container'
import type { ContainerSource, EngineEvent } from './source'

export interface EngineFollowerPorts {
  source: ContainerSource
  desired: DesiredServices
  clock: Clock
  random: Random
  logger: Logger
  /** The desired state of these services may have changed. */
  changed: (serviceIds: readonly string[]) => void
  /** These services stay registered although their container ended. */
  retained: (serviceIds: readonly string[]) => void
  /** Every container of one complete listing has been looked at. */
  synced: () => void
}

/** The queue's key of a complete listing; container ids never look like it. */
const LISTING = '*'

export class EngineFollower {
  readonly #queue: RetryQueue
  /** Containers of the latest listing that are still to be looked at; `undefined` when there is none under way. */
  #unseen: Set<string> | undefined

  constructor(
    private readonly ports: EngineFollowerPorts,
    private readonly options: ResolvedOptions,
  ) {
    this.#queue = new RetryQueue(
      {
        clock: ports.clock,
        random: ports.random,
        run: (key, call) => (key === LISTING ? this.#list(call.signal) : this.#look(key, call.signal)),
        failed: (key, error, { retryInMs }) =>
          ports.logger.warn(key === LISTING ? 'listing containers failed:' : 'inspecting failed:', {
            ...(key === LISTING ? {} : { container: shortId(key) }),
            error: errorMessage(error),
            retryInMs: Math.round(retryInMs),
          }),
      },
      { ...options.backoff, concurrency: options.concurrency },
    )
    this.#queue.pause()
  }

  /** Follows until `signal` aborts. `listening` is called whenever the event stream is up. */
  async follow(signal: AbortSignal, listening: () => void): Promise<void> {
    for await (const event of this.ports.source.events({ signal })) this.#onEvent(event, listening)
  }

  /** Looks at every container again. */
  resync(): void {
    this.#queue.add(LISTING)
  }

  stop(): Promise<void> {
    return this.#queue.stop()
  }

  #onEvent(event: EngineEvent, listening: () => void): void {
    switch (event.kind) {
      case 'connected':
        listening()
        this.#queue.resume()
        return this.resync()
      case 'disconnected':
        // Whatever is queued would fail as well; the listing after the reconnection finds it again.
        this.#queue.pause()
        return this.ports.logger.warn('Docker event stream lost, trying again:', {
          error: errorMessage(event.error),
          retryInMs: Math.round(event.retryInMs),
        })
      case 'changed':
        return this.#queue.add(event.containerId)
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const running = await this.ports.source.listRunning({ signal })
    this.ports.logger.info(`Syncing services on ${running.length} containers`)
    const unseen = new Set([...running, ...this.ports.desired.containerIds])
    this.#unseen = unseen
    for (const id of unseen) this.#queue.add(id)
    this.#finishListing()
  }

  async #look(containerId: string, signal: AbortSignal): Promise<void> {
    const container = await this.ports.source.inspect(containerId, { signal })
    this.#apply(containerId, container)
    if (this.#unseen?.delete(containerId)) this.#finishListing()
  }

  #finishListing(): void {
    if (this.#unseen?.size !== 0) return
    this.#unseen = undefined
    this.ports.synced()
  }

  #apply(containerId: string, container: Container | undefined): void {
    const { desired, logger } = this.ports
    switch (fateOf(container, this.options.deregister)) {
      case 'up': {
        const services = servicesFromContainer(container as Container, this.options.rules)
        if (services.length === 0)
          logger.debug('ignored:', { container: shortId(containerId), reason: 'no published ports' })
        return this.ports.changed(desired.set(containerId, services))
      }
      case 'keep': {
        const ids = desired.retain(containerId)
        if (ids.length > 0) logger.info('not removing, it failed:', { container: shortId(containerId) })
        return this.ports.retained(ids)
      }
      case 'remove':
        return this.ports.changed(desired.delete(containerId))
    }
  }
}

/** Exit codes with this bit say that a signal ended the container (128 + signal). */
const SIGNALLED = 128

/** What an inspection means for a container's services. */
export function fateOf(
  container: Pick<Container, 'isUp' | 'exitCode'> | undefined,
  policy: DeregisterPolicy,
): 'up' | 'keep' | 'remove' {
  if (!container) return 'remove'
  if (container.isUp) return 'up'
  if (policy === 'always') return 'remove'
  return container.exitCode === 0 || (container.exitCode & SIGNALLED) !== 0 ? 'remove' : 'keep'
}

/** As Docker prints ids. */
export const shortId = (containerId: string): string => containerId.slice(0, 12)
