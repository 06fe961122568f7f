import { type Flag, unsignedFlag } from '../../flags'

const WIDEST = 2n ** 64n - 1n

/** A whole number of up to 64 bits: a bigint when a number cannot hold it. */
export function wideFlag(usage: string): Flag<number | bigint> {
  const narrow = unsignedFlag(usage, 0)
  return {
    ...narrow,
    parse(text, previous) {
      if (/^\d{16,20}$/.test(text) && BigInt(text) <= WIDEST) {
        const wide = BigInt(text)
        return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide
      }
      return narrow.parse(text, typeof previous === 'number' ? previous : 0)
    },
  }
}
