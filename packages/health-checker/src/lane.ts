/** A bounded number of places; who finds none waits in order. */
export class Lane {
  #busy = 0
  readonly #waiting: (() => void)[] = []
  #head = 0

  constructor(readonly places: number) {}

  get busy(): number {
    return this.#busy
  }

  get waiting(): number {
    return this.#waiting.length - this.#head
  }

  /** Resolves with the function that gives the place back; rejects with the signal's reason when it aborts first. */
  enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) return Promise.reject(signal.reason)
    if (this.#busy < this.places) {
      this.#busy++
      return Promise.resolve(this.#leaveOnce())
    }
    return new Promise((resolve, reject) => {
      let isWaiting = true
      const onAbort = () => {
        isWaiting = false
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#waiting.push(() => {
        if (!isWaiting) return this.#handOn()
        signal.removeEventListener('abort', onAbort)
        resolve(this.#leaveOnce())
      })
    })
  }

  #leaveOnce(): () => void {
    let isInside = true
    return () => {
      if (!isInside) return
      isInside = false
      this.#handOn()
    }
  }

  /** Gives the place to the next in line, or frees it. */
  #handOn(): void {
    const next = this.#waiting[this.#head]
    if (!next) {
      this.#waiting.length = this.#head = 0
      this.#busy--
      return
    }
    this.#head++
    if (this.#head > 1_024) {
      this.#waiting.splice(0, this.#head)
      this.#head = 0
    }
    next()
  }
}
