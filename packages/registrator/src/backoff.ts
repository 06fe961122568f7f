/** Growing delays between tries. */
import type { Random } from '@sd/runtime'

export interface Backoff {
  /** First delay, in milliseconds. */
  minMs: number
  /** No delay is longer, in milliseconds. */
  maxMs: number
}

/** Doubles with every failure up to `maxMs`; then between half and all of that, so that many hosts do not return at once. */
export function backoffDelayMs(failures: number, { minMs, maxMs }: Backoff, random: Random): number {
  const fullMs = Math.min(maxMs, minMs * 2 ** Math.min(Math.max(failures - 1, 0), 30))
  return fullMs * (0.5 + random.next() / 2)
}
