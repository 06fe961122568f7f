/** Runs a query, and again when what it looked at changes, until its index is above the caller's or time is up. */
import type { Clock, Random } from '@sd/runtime'
import type { CachedRead } from './read-cache'

/** Longest wait that a caller may ask for, in milliseconds (Consul's max_query_time). */
export const WAIT_MAX_MS = 600_000
/** The wait when the caller names none, in milliseconds (Consul's default_query_time). */
export const WAIT_DEFAULT_MS = 300_000
/** Up to this part of the wait is added, so that callers do not come back all at once (Consul's JitterFraction). */
const JITTER_FRACTION = 16

export interface BlockingReadPorts {
  readonly clock: Clock
  readonly random: Random
}

export interface BlockingReadOptions {
  readonly minIndex: number
  readonly maxWaitMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** How long a caller waits at most, jitter included. */
export function waitLimitMs(random: Random, maxWaitMs: number | undefined): number {
  const waitMs = Math.min(maxWaitMs && maxWaitMs > 0 ? maxWaitMs : WAIT_DEFAULT_MS, WAIT_MAX_MS)
  return waitMs + (random.next() * waitMs) / JITTER_FRACTION
}

/**
 * `isMissing` tells a result that found nothing: its index may move for reasons of others, so a second one in a row does not
 * end the wait (Consul's ErrNotFound rule). Time up or the signal end the wait with the newest result.
 */
export async function blockingRead<T>(
  ports: BlockingReadPorts,
  options: BlockingReadOptions,
  read: () => CachedRead<T> | Promise<CachedRead<T>>,
  isMissing: (value: T) => boolean = () => false,
): Promise<CachedRead<T>> {
  const deadlineMs = ports.clock.monotonic() + waitLimitMs(ports.random, options.maxWaitMs)
  let { minIndex } = options
  let wasMissing = false
  for (;;) {
    const current = await read()
    const { index, value } = current.result
    if (isMissing(value)) {
      if (wasMissing) minIndex = index
      wasMissing = true
    }
    if (index > minIndex || options.signal?.aborted) return current
    const leftMs = deadlineMs - ports.clock.monotonic()
    if (leftMs <= 0 || !(await changed(ports.clock, current, leftMs, options.signal))) return current
  }
}

/** True when the result went out of date, false when time was up or the caller gave up. */
function changed(
  clock: Clock,
  read: CachedRead<unknown>,
  waitMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (result: boolean) => {
      timer.cancel()
      forget()
      signal?.removeEventListener('abort', giveUp)
      resolve(result)
    }
    const giveUp = () => end(false)
    const timer = clock.schedule(waitMs, giveUp)
    let forget = () => {}
    signal?.addEventListener('abort', giveUp, { once: true })
    forget = read.onChange(() => end(true))
  })
}
