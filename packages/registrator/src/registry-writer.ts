/** Makes the registry agree with the desired services, and keeps it so. */
import { type Clock, errorMessage, isSdError, type Logger, type Random } from '@sd/runtime'
import { backoffDelayMs } from './backoff'
import type { DesiredServices } from './desired-services'
import { shortId } from './engine-follower'
import type { ResolvedOptions } from './options'
import { ownIds, planChanges, sameService } from './plan-changes'
import type { Registry } from './registry'
import { RetryQueue } from './retry-queue'
import type { RegisteredService } from './services-from-container'
import { WakeUp } from './wake-up'

export interface RegistryWriterPorts {
  registry: Registry
  desired: DesiredServices
  clock: Clock
  random: Random
  logger: Logger
}

/** Waiting for answers takes at most one tenth of the time, so that a registry under load is not asked more. */
const CHECK_SHARE = 10
/** The longest wait for a lost registry, in milliseconds: one small call that fails costs nothing, a late return does. */
const OUTAGE_RETRY_MAX_MS = 5_000

/** A service that this process has written, or is about to. */
interface Written {
  service: RegisteredService
  /** `uncertain`: the answer was lost or the service seems gone; it may or may not be there, so it is written or removed again. */
  state: 'writing' | 'confirmed' | 'uncertain'
  /** The writer's count of calls when this one ended. */
  sequence: number
}

export class RegistryWriter {
  readonly #written = new Map<string, Written>()
  readonly #queue: RetryQueue
  readonly #wakeUp: WakeUp
  readonly #isOwn: (id: string) => boolean
  /** Calls that ended, to tell what a listing cannot have seen yet. */
  #sequence = 0
  #isLost = false
  #outages = 0
  #triedAtMs = 0
  #retryAtMs = 0
  /** Until the first comparison, and after an outage, nothing is known for certain. */
  #needsFullCheck = true
  #needsCleanup = false

  constructor(
    private readonly ports: RegistryWriterPorts,
    private readonly options: ResolvedOptions,
  ) {
    this.#isOwn = ownIds(options.rules.hostname)
    this.#wakeUp = new WakeUp(ports.clock)
    this.#queue = new RetryQueue(
      {
        clock: ports.clock,
        random: ports.random,
        run: (id, { signal }) => this.#write(id, signal),
        failed: (id, error, { retryInMs }) => this.#onFailedWrite(id, error, retryInMs),
      },
      { ...options.backoff, concurrency: options.concurrency },
    )
  }

  changed(serviceIds: readonly string[]): void {
    if (serviceIds.length === 0) return
    for (const id of serviceIds) this.#queue.add(id)
    if (!this.#isLost) return
    // There is something to say now, so look at once, though not more often than after a first failure.
    this.#retryAtMs = Math.min(this.#retryAtMs, this.#triedAtMs + this.options.backoff.minMs)
    this.#wakeUp.wake()
  }

  /** From now on these services are neither written nor removed, unless a container claims them. */
  retained(serviceIds: readonly string[]): void {
    for (const id of serviceIds) {
      if (this.ports.desired.get(id)) this.#queue.add(id)
      else this.#written.delete(id)
    }
  }

  /** Compares everything soon; with `cleanup` also what former runs on this host left behind. */
  fullCheck({ cleanup }: { cleanup: boolean }): void {
    this.#needsFullCheck = true
    this.#needsCleanup ||= cleanup
    this.#wakeUp.wake()
  }

  /** Checks the registry now and then, until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.ports
    const { registryCheckIntervalMs } = this.options
    let pauseMs = registryCheckIntervalMs
    let lastTookMs = 0
    for (;;) {
      const waitMs = this.#isLost ? this.#retryAtMs - clock.monotonic() : pauseMs
      if (waitMs > 0) await this.#wakeUp.nap(waitMs, signal)
      if (signal.aborted) return
      if (this.#isLost && clock.monotonic() < this.#retryAtMs) continue
      const startedMs = (this.#triedAtMs = clock.monotonic())
      try {
        await this.#check(signal)
      } catch (error) {
        if (signal.aborted) return
        if (isUnreachable(error)) this.#onOutage(error)
        else logger.warn('checking the registry failed:', { error: errorMessage(error) })
      }
      const tookMs = clock.monotonic() - startedMs
      // One slow answer, as from a registry that is just starting, says nothing yet.
      pauseMs = Math.max(registryCheckIntervalMs, CHECK_SHARE * Math.min(tookMs, lastTookMs))
      lastTookMs = tookMs
    }
  }

  stop(): Promise<void> {
    return this.#queue.stop()
  }

  async #check(signal: AbortSignal): Promise<void> {
    const { registry, logger } = this.ports
    const needs = { isFull: this.#needsFullCheck, isCleanup: this.#needsCleanup, since: this.#sequence }
    this.#needsFullCheck = false
    this.#needsCleanup = false
    try {
      if (registry.services) this.#compare(await registry.services({ signal }), needs)
      else {
        await registry.ping({ signal })
        if (needs.isFull) this.#rewriteAll()
      }
    } catch (error) {
      this.#needsFullCheck ||= needs.isFull
      this.#needsCleanup ||= needs.isCleanup
      throw error
    }
    if (this.#isLost) logger.info('registry is back, comparing services')
    this.#isLost = false
    if (this.#queue.size === 0) this.#outages = 0
    this.#queue.resume()
  }

  #compare(actual: readonly RegisteredService[], needs: { isFull: boolean; isCleanup: boolean; since: number }): void {
    const { desired, registry, logger } = this.ports
    const changes = planChanges({
      desired,
      actual,
      registered: new Map(
        [...this.#written].map(([id, { service, state }]) => [id, state === 'confirmed' ? service : undefined]),
      ),
      isRetained: desired.isRetained,
      isOwn: needs.isCleanup ? this.#isOwn : undefined,
      rewritesAltered: needs.isFull,
      ...(registry.matches ? { matches: registry.matches.bind(registry) } : {}),
    })
    for (const { id } of changes.register) {
      const written = this.#written.get(id)
      // The listing is older than this call's answer: it proves nothing about it.
      if (written && (written.state === 'writing' || written.sequence > needs.since)) continue
      if (written) written.state = 'uncertain'
      this.#queue.add(id)
    }
    for (const service of changes.deregister) {
      if (!this.#written.has(service.id)) {
        logger.info('dangling:', { service: service.id })
        this.#written.set(service.id, { service, state: 'uncertain', sequence: 0 })
      }
      this.#queue.add(service.id)
    }
  }

  /** For a registry that cannot say what it has. */
  #rewriteAll(): void {
    for (const [id, written] of this.#written) {
      if (written.state === 'confirmed') written.state = 'uncertain'
      this.#queue.add(id)
    }
  }

  async #write(id: string, signal: AbortSignal): Promise<void> {
    const { desired, registry, logger } = this.ports
    const wanted = desired.get(id)
    const before = this.#written.get(id)
    if (wanted) {
      if (before?.state === 'confirmed' && sameService(before.service, wanted)) return
      await this.#call({ service: wanted, state: 'writing', sequence: 0 }, () => registry.register(wanted, { signal }))
      logger.info('added:', { container: shortId(wanted.origin.containerId), service: id })
    } else if (before && !desired.isRetained(id)) {
      await this.#call({ ...before, state: 'writing' }, () => registry.deregister(before.service, { signal }))
      this.#written.delete(id)
      logger.info('removed:', { service: id })
    }
  }

  /** Marks the service as uncertain unless the answer says that the call succeeded. */
  async #call(written: Written, call: () => Promise<void>): Promise<void> {
    this.#written.set(written.service.id, written)
    try {
      await call()
      written.state = 'confirmed'
    } catch (error) {
      written.state = 'uncertain'
      throw error
    } finally {
      written.sequence = ++this.#sequence
    }
  }

  #onFailedWrite(id: string, error: unknown, retryInMs: number): void {
    if (isUnreachable(error)) return this.#onOutage(error)
    this.ports.logger.warn(this.ports.desired.get(id) ? 'register failed:' : 'deregister failed:', {
      service: id,
      error: errorMessage(error),
      retryInMs: Math.round(retryInMs),
    })
  }

  /** Everything waits until a check succeeds; that check is a full one, since the registry may come back empty. */
  #onOutage(error: unknown): void {
    const { clock, random, logger } = this.ports
    const isLater = clock.monotonic() >= this.#retryAtMs
    this.#needsFullCheck = true
    this.#queue.pause()
    if (!this.#isLost) logger.warn('registry lost, trying again:', { error: errorMessage(error) })
    // Calls that were under way when the registry went fail together: that is one outage.
    if (!this.#isLost || isLater) {
      const { minMs, maxMs } = this.options.backoff
      const backoff = { minMs, maxMs: Math.min(maxMs, OUTAGE_RETRY_MAX_MS) }
      this.#retryAtMs = clock.monotonic() + backoffDelayMs(++this.#outages, backoff, random)
    }
    this.#isLost = true
    this.#wakeUp.wake()
  }
}

const isUnreachable = (error: unknown): boolean => isSdError(error, 'REGISTRATOR_REGISTRY_UNREACHABLE')
