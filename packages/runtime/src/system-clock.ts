import type { Clock, Timer } from './clock'

/** Longest delay that a Node timer takes, in milliseconds; longer ones are chained. */
const TIMER_DELAY_MAX_MS = 2 ** 31 - 1

/** The machine's clock. Its timers are unreferenced. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback): Timer {
    let handle: NodeJS.Timeout
    let remainingMs = Math.max(0, delayMs)
    const arm = () => {
      const stepMs = Math.min(remainingMs, TIMER_DELAY_MAX_MS)
      remainingMs -= stepMs
      handle = setTimeout(() => (remainingMs > 0 ? arm() : callback()), stepMs)
      handle.unref()
    }
    arm()
    return { cancel: () => clearTimeout(handle) }
  },
}
