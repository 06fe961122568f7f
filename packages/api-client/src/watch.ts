/** Blocking queries as an async iterator: one value per change, for as long as the reader wants. */
import { type Clock, isSdError, type Random, sleep, systemClock, systemRandom } from '@sd/runtime'
import type { QueryResult } from './read-meta'
import type { ReadOptions } from './transport'

export interface WatchOptions {
  signal?: AbortSignal | undefined
  /**
   * Longest wait of one query, in milliseconds. A longer one asks less often; the server's limit is 10 minutes.
   * @defaultValue 300_000 (the server's default)
   */
  waitMs?: number
  /**
   * First wait after a failure, in milliseconds; doubled with each failure in a row, with up to half of it as jitter.
   * @defaultValue 200
   */
  retryMinMs?: number
  /** @defaultValue 30_000 */
  retryMaxMs?: number
  /**
   * Whether to go on after an error; the others end the iteration by throwing.
   * @defaultValue errors marked retryable: no answer, 5xx, 429
   */
  isRetryable?: (error: unknown) => boolean
  /** Told of every error that is retried. */
  onRetry?: (error: unknown, delayMs: number) => void
  clock?: Clock
  random?: Random
}

const WAIT_MS = 300_000
const RETRY_MIN_MS = 200
const RETRY_MAX_MS = 30_000

/**
 * Yields what `read` answers: at once, and then whenever its index has changed. Ends without an error when `signal` aborts.
 * An index that goes back (a restored or a new cluster) or that is missing starts over (Consul's rules for blocking queries).
 */
export async function* watch<T>(
  read: (options: ReadOptions) => Promise<QueryResult<T>>,
  options: WatchOptions = {},
): AsyncGenerator<QueryResult<T>, void, undefined> {
  const { signal, clock = systemClock, random = systemRandom, waitMs = WAIT_MS } = options
  const { retryMinMs = RETRY_MIN_MS, retryMaxMs = RETRY_MAX_MS, isRetryable = isRetryableError } = options
  let minIndex = 0
  let lastYielded: number | undefined
  let failures = 0
  while (!signal?.aborted) {
    const askedAtMs = clock.monotonic()
    let result: QueryResult<T> | undefined
    try {
      result = await read(minIndex > 0 ? { minIndex, maxWaitMs: waitMs, signal } : { signal })
    } catch (error) {
      if (signal?.aborted) return
      if (!isRetryable(error)) throw error
      const ceilingMs = Math.min(retryMaxMs, retryMinMs * 2 ** failures++)
      const delayMs = ceilingMs * (1 - random.next() / 2)
      options.onRetry?.(error, delayMs)
      if (await wasAborted(clock, delayMs, signal)) return
      continue
    }
    failures = 0
    const { index } = result.meta
    const isReset = index < minIndex
    minIndex = isReset ? 0 : index
    const isUnchanged = !isReset && index === lastYielded
    if (!isUnchanged) {
      lastYielded = index
      yield result
    }
    // A server that gives no index, or does not wait for a change, must not be asked in a busy loop.
    const isBusy = isUnchanged && clock.monotonic() - askedAtMs < retryMinMs
    if ((index === 0 || isBusy) && (await wasAborted(clock, retryMinMs, signal))) return
  }
}

const isRetryableError = (error: unknown): boolean => isSdError(error) && error.retryable

async function wasAborted(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await sleep(clock, delayMs, { signal })
    return false
  } catch {
    return true
  }
}
