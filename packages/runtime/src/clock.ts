/** Time as a port, so that everything above it can be simulated. */

/** A scheduled callback that has not run yet. */
export interface Timer {
  /** Prevents the callback from running. Harmless after it ran or was cancelled. */
  cancel(): void
}

export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch. May jump; use it for display and stored timestamps only. */
  now(): number
  /** Milliseconds from an arbitrary origin, never going back. Use it for every interval and deadline. */
  monotonic(): number
  /**
   * Runs `callback` once, `delayMs` milliseconds from now.
   * System timers do not keep the process alive: what is listening does.
   */
  schedule(delayMs: number, callback: () => void): Timer
}

/** Waits `delayMs` on `clock`; rejects with the signal's reason when it aborts first. */
export function sleep(
  clock: Clock,
  delayMs: number,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<void> {
  const { signal } = options
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const onAbort = () => {
      timer.cancel()
      reject(signal?.reason)
    }
    const timer = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
