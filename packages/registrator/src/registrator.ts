/** Event or resync -> desired services -> changes -> calls: the parts put together, with one lifecycle. */
import {
  type Clock,
  errorMessage,
  type Logger,
  type Random,
  type Service,
  type ServiceState,
  silentLogger,
  sleep,
} from '@sd/runtime'
import { DesiredServices } from './desired-services'
import { EngineFollower } from './engine-follower'
import { type RegistratorOptions, type ResolvedOptions, resolveOptions } from './options'
import type { Registry } from './registry'
import { RegistryWriter } from './registry-writer'
import type { ContainerSource } from './source'
import { refreshServices } from './ttl-refresh'

export interface RegistratorPorts {
  source: ContainerSource
  registry: Registry
  clock: Clock
  random: Random
  logger?: Logger
}

/**
 * Keeps a registry in step with the containers of one engine. Neither a lost engine nor a lost registry ends it: both are
 * waited out and compared anew. `stop` deregisters nothing.
 */
export class Registrator implements Service {
  readonly #ports: Required<RegistratorPorts>
  readonly #options: ResolvedOptions
  readonly #desired = new DesiredServices()
  readonly #follower: EngineFollower
  readonly #writer: RegistryWriter
  readonly #abort = new AbortController()
  #loops: Promise<unknown> = Promise.resolve()
  #state: ServiceState = 'new'

  /** @throws InvalidOptionError */
  constructor(ports: RegistratorPorts, options: RegistratorOptions) {
    const { logger = silentLogger } = ports
    this.#ports = { ...ports, logger }
    this.#options = resolveOptions(options)
    const shared = { ...this.#ports, desired: this.#desired }
    this.#writer = new RegistryWriter(shared, this.#options)
    this.#follower = new EngineFollower(
      {
        ...shared,
        changed: (ids) => this.#writer.changed(ids),
        retained: (ids) => this.#writer.retained(ids),
        synced: () => this.#writer.fullCheck({ cleanup: this.#options.cleanup }),
      },
      this.#options,
    )
  }

  get state(): ServiceState {
    return this.#state
  }

  /** Ids of the services that should be registered now. */
  get serviceIds(): string[] {
    return [...this.#desired].map(({ id }) => id)
  }

  /** Resolves once registry and engine have answered and events are listened to; containers follow at once. */
  async start(options: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    this.#state = 'starting'
    const signal = options.signal ? AbortSignal.any([options.signal, this.#abort.signal]) : this.#abort.signal
    try {
      await this.#reach('backend', signal, async (call) => {
        const answer = await this.#ports.registry.ping(call)
        if (answer) this.#ports.logger.info(`registry: ${answer}`)
      })
      await this.#reach('container engine', signal, (call) => this.#ports.source.ping(call))
      await this.#run(signal)
      this.#state = 'running'
    } catch (error) {
      await this.stop()
      this.#state = 'failed'
      throw error
    }
  }

  /** Looks at all containers and services again. */
  resync(): void {
    this.#follower.resync()
  }

  async stop(): Promise<void> {
    this.#state = 'stopping'
    this.#abort.abort()
    await Promise.all([this.#loops, this.#follower.stop(), this.#writer.stop()])
    this.#state = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Starts all loops; resolves when the first event stream is up. */
  #run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#ports
    const isStopped = this.#abort.signal
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      const listening = () => {
        logger.info('Listening for Docker events ...')
        resolve()
      }
      const follow = this.#follower.follow(isStopped, listening)
      follow.catch(reject)
      this.#loops = Promise.allSettled([
        follow,
        this.#writer.watch(isStopped),
        refreshServices({ ...this.#ports, desired: this.#desired }, this.#options.refreshIntervalMs, isStopped),
        this.#resyncNowAndThen(clock, isStopped),
      ])
    })
  }

  async #resyncNowAndThen(clock: Clock, signal: AbortSignal): Promise<void> {
    const { resyncIntervalMs } = this.#options
    if (resyncIntervalMs <= 0) return
    while (!signal.aborted) {
      await sleep(clock, resyncIntervalMs, { signal }).catch(() => {})
      if (!signal.aborted) this.#follower.resync()
    }
  }

  /** The first connection: tried `startRetries` times more, then given up, so that a wrong address is noticed. */
  async #reach(
    what: string,
    signal: AbortSignal,
    ping: (call: { signal: AbortSignal }) => Promise<void>,
  ): Promise<void> {
    const { clock, logger } = this.#ports
    const { startRetries, startRetryIntervalMs } = this.#options
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted()
      logger.info(`Connecting to ${what} (${attempt}/${startRetries})`)
      try {
        return await ping({ signal })
      } catch (error) {
        if (signal.aborted || (startRetries >= 0 && attempt >= startRetries)) throw error
        logger.warn('no answer, trying again:', { error: errorMessage(error), retryInMs: startRetryIntervalMs })
        await sleep(clock, startRetryIntervalMs, { signal })
      }
    }
  }
}
