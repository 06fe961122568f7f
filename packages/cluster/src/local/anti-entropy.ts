/** Keeps the catalog at what this node claims: pushes changes as they come, compares everything now and then. */
import { type Clock, errorMessage, type Logger, type Random, type Timer } from '@sd/runtime'
import type { DeregisterRequest, RegisterRequest } from '@sd/model'
import type { LocalState } from './local-state'
import { type CatalogView, markDifferences, type NodeIdentity, planSync, type SyncStep } from './plan-sync'

/** The catalog as an agent sees it: in this process on a server, by RPC on a client. */
export interface CatalogAccess {
  register(request: RegisterRequest, token: string): Promise<void>
  deregister(request: DeregisterRequest, token: string): Promise<void>
  nodeView(node: string): Promise<CatalogView>
}

export interface AntiEntropyPorts {
  readonly state: LocalState
  readonly catalog: CatalogAccess
  readonly self: () => NodeIdentity
  /** Checks whose output is held back at the moment. */
  readonly deferred: () => ReadonlySet<string>
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Time between two full comparisons in a cluster of up to 128 nodes, in milliseconds (Consul's ae interval). */
const FULL_SYNC_INTERVAL_MS = 60_000
/** Pause after a failed full comparison, before jitter, in milliseconds. */
const RETRY_INTERVAL_MS = 15_000
/** Calls under way at once: enough for one flush of the log to serve many. */
const CALLS_MAX = 64

export class AntiEntropy {
  readonly #ports: AntiEntropyPorts
  #running: Promise<void> | undefined
  #next: Promise<void> | undefined
  #timer: Timer | undefined
  #stopped = true

  constructor(ports: AntiEntropyPorts) {
    this.#ports = ports
  }

  start(): void {
    this.#stopped = false
    void this.#fullSync()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    await this.#running?.catch(() => {})
  }

  /**
   * Pushes what is out of step now. Resolves after one attempt for everything claimed before the call; rejects when a call failed.
   * Calls that come while a push runs share the next one.
   */
  syncChanges(): Promise<void> {
    if (this.#running) {
      this.#next ??= this.#running.catch(() => {}).then(() => this.#push())
      return this.#next
    }
    return this.#push()
  }

  /** Pushes without anyone waiting; failures are logged and mended by the next full comparison. */
  trigger(): void {
    if (this.#stopped) return
    this.syncChanges().catch((error) =>
      this.#ports.logger.warn('failed to sync changes', { error: errorMessage(error) }),
    )
  }

  /** Compares everything with the catalog, then pushes. */
  async syncFull(): Promise<void> {
    const { state, catalog, self, deferred } = this.#ports
    const view = await catalog.nodeView(self().node)
    markDifferences(state, self(), view, deferred())
    await this.syncChanges()
  }

  async #fullSync(): Promise<void> {
    const { clock, random, logger } = this.#ports
    let delayMs = FULL_SYNC_INTERVAL_MS + random.next() * FULL_SYNC_INTERVAL_MS * 0.1
    try {
      await this.syncFull()
    } catch (error) {
      logger.error('failed to sync remote state', { error: errorMessage(error) })
      delayMs = RETRY_INTERVAL_MS * (1 + random.next() * 0.2)
    }
    if (this.#stopped) return
    this.#timer = clock.schedule(delayMs, () => void this.#fullSync())
  }

  #push(): Promise<void> {
    this.#next = undefined
    const run = this.#pushAll().finally(() => {
      if (this.#running === run) this.#running = undefined
    })
    this.#running = run
    return run
  }

  async #pushAll(): Promise<void> {
    const { state, self } = this.#ports
    const steps = planSync(state, self())
    // The node first: the rest may leave it alone then.
    const [first, ...rest] = steps
    if (!first) return
    const errors: unknown[] = []
    if (first.kind === 'node') await this.#take(first)
    const queue = first.kind === 'node' ? rest : steps
    let position = 0
    const worker = async () => {
      for (let step = queue[position++]; step; step = queue[position++]) {
        await this.#take(step).catch((error: unknown) => errors.push(error))
      }
    }
    await Promise.all(Array.from({ length: Math.min(CALLS_MAX, queue.length) }, worker))
    if (errors.length > 0) throw errors[0]
  }

  /** Makes one call. A claim that changed meanwhile stays out of step. */
  async #take(step: SyncStep): Promise<void> {
    const { state, catalog, logger } = this.#ports
    switch (step.kind) {
      case 'node':
        await catalog.register(step.request, '')
        state.nodeInSync = true
        logger.info('Synced node info')
        return
      case 'service': {
        const service = state.service(step.id)
        const checks = step.checkIds.map((id) => [id, state.check(id)] as const)
        await catalog.register(step.request, step.token)
        if (state.service(step.id) === service) state.unsyncedServices.delete(step.id)
        for (const [id, check] of checks) if (state.check(id) === check) state.unsyncedChecks.delete(id)
        logger.info('Synced service', { service: step.id })
        return
      }
      case 'check': {
        const check = state.check(step.id)
        await catalog.register(step.request, step.token)
        if (state.check(step.id) === check) state.unsyncedChecks.delete(step.id)
        logger.info('Synced check', { check: step.id })
        return
      }
      case 'removeService':
        await catalog.deregister(step.request, '')
        if (!state.service(step.id)) state.removedServices.delete(step.id)
        logger.info('Deregistered service', { service: step.id })
        return
      case 'removeCheck':
        await catalog.deregister(step.request, '')
        if (!state.check(step.id)) state.removedChecks.delete(step.id)
        logger.info('Deregistered check', { check: step.id })
        return
    }
  }
}
