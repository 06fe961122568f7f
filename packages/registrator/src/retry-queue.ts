/** Work by key: coalesced, bounded in parallel, tried again until it succeeds. */
import type { Clock, Random, Timer } from '@sd/runtime'
import { type Backoff, backoffDelayMs } from './backoff'

export interface RetryQueuePorts {
  clock: Clock
  random: Random
  run: (key: string, options: { signal: AbortSignal }) => Promise<void>
  failed: (key: string, error: unknown, next: { failures: number; retryInMs: number }) => void
}

export interface RetryQueueOptions extends Backoff {
  /** How many keys may run at once. */
  concurrency: number
}

interface Entry {
  isRunning: boolean
  /** Added again while it ran: what it saw may be old. */
  isStale: boolean
  failures: number
  timer?: Timer
}

/**
 * A key runs at most once at a time, and once more after every {@link RetryQueue.add} that came while it ran.
 * The queue holds one entry per key, so it never grows beyond what there is to look after.
 */
export class RetryQueue {
  readonly #entries = new Map<string, Entry>()
  readonly #ready = new Set<string>()
  readonly #abort = new AbortController()
  readonly #running = new Set<Promise<void>>()
  #isPaused = false

  constructor(
    private readonly ports: RetryQueuePorts,
    private readonly options: RetryQueueOptions,
  ) {}

  /** Keys that wait, run or are to be tried again. */
  get size(): number {
    return this.#entries.size
  }

  add(key: string): void {
    if (this.#abort.signal.aborted) return
    const entry = this.#entries.get(key)
    if (!entry) this.#entries.set(key, { isRunning: false, isStale: false, failures: 0 })
    else if (entry.isRunning) entry.isStale = true
    else entry.timer?.cancel()
    if (!entry?.isRunning) this.#ready.add(key)
    this.#pump()
  }

  /** Starts nothing more until {@link RetryQueue.resume}; what runs goes on. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#pump()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    for (const entry of this.#entries.values()) entry.timer?.cancel()
    this.#ready.clear()
    await Promise.all(this.#running)
    this.#entries.clear()
  }

  #pump(): void {
    for (const key of this.#ready) {
      if (this.#isPaused || this.#running.size >= this.options.concurrency) return
      this.#ready.delete(key)
      const entry = this.#entries.get(key) as Entry
      const run = this.#run(key, entry).finally(() => {
        this.#running.delete(run)
        this.#pump()
      })
      this.#running.add(run)
    }
  }

  async #run(key: string, entry: Entry): Promise<void> {
    entry.isRunning = true
    entry.isStale = false
    const { signal } = this.#abort
    try {
      await this.ports.run(key, { signal })
      entry.failures = 0
      if (!entry.isStale) this.#entries.delete(key)
    } catch (error) {
      if (signal.aborted) return
      entry.failures++
      const retryInMs = backoffDelayMs(entry.failures, this.options, this.ports.random)
      if (!entry.isStale) entry.timer = this.ports.clock.schedule(retryInMs, () => this.add(key))
      this.ports.failed(key, error, { failures: entry.failures, retryInMs })
    } finally {
      entry.isRunning = false
      if (entry.isStale && !signal.aborted) this.#ready.add(key)
    }
  }
}
