import { type Clock, sleep } from '@sd/runtime'

/** A nap that can be cut short; a wake-up that comes while nobody sleeps ends the next nap at once. */
export class WakeUp {
  #isAwake = false
  #current: AbortController | undefined

  constructor(private readonly clock: Clock) {}

  wake(): void {
    this.#isAwake = true
    this.#current?.abort()
  }

  /** Resolves after `delayMs`, at a wake-up, or when `signal` aborts. */
  async nap(delayMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isAwake && !signal.aborted) {
      const current = (this.#current = new AbortController())
      const onAbort = () => current.abort()
      signal.addEventListener('abort', onAbort, { once: true })
      await sleep(this.clock, delayMs, { signal: current.signal }).catch(() => {})
      signal.removeEventListener('abort', onAbort)
    }
    this.#isAwake = false
  }
}
