import type { Clock, Timer } from '@sd/runtime'

/** Wakes the core when it asked to be; one timer, moved only when it would ring too late. */
export class Ticker {
  readonly #clock: Clock
  readonly #wake: () => void
  #timer: Timer | undefined
  #timerAtMs = Infinity
  #wantedAtMs = Infinity

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  /** `atMs` is on the monotonic clock; undefined: not at all. */
  set(atMs: number | undefined): void {
    this.#wantedAtMs = atMs ?? Infinity
    if (this.#wantedAtMs >= this.#timerAtMs || this.#wantedAtMs === Infinity) return
    this.#arm()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timerAtMs = this.#wantedAtMs = Infinity
  }

  #arm(): void {
    this.#timer?.cancel()
    this.#timerAtMs = this.#wantedAtMs
    this.#timer = this.#clock.schedule(this.#timerAtMs - this.#clock.monotonic(), () => {
      this.#timerAtMs = Infinity
      if (this.#wantedAtMs === Infinity) return
      // An early timer (heard from the leader since) is only put off; fractions of a millisecond are not worth another.
      if (this.#wantedAtMs - this.#clock.monotonic() > 1) this.#arm()
      else this.#wake()
    })
  }
}
