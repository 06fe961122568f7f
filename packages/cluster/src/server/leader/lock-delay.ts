/** Locks that a lost session held stay closed for a while, by the leader's clock (Consul's lock-delay). */
import type { Clock } from '@sd/runtime'

export class LockDelays {
  readonly #untilMs = new Map<string, number>()

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.#untilMs.size
  }

  /** Closes `key` for `delayMs` from now. */
  delay(key: string, delayMs: number): void {
    if (delayMs <= 0) return
    const untilMs = this.clock.monotonic() + delayMs
    this.#untilMs.set(key, untilMs)
    this.clock.schedule(delayMs, () => {
      if (this.#untilMs.get(key) === untilMs) this.#untilMs.delete(key)
    })
  }

  isDelayed(key: string): boolean {
    const untilMs = this.#untilMs.get(key)
    return untilMs !== undefined && untilMs > this.clock.monotonic()
  }
}
