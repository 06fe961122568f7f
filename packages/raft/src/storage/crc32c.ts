/** A CRC-32C over `bytes[start..end)`, continuing from `seed`. */
export type Crc32c = (bytes: Uint8Array, start: number, end: number, seed: number) => number

/**
 * Makes a CRC-32C (Castagnoli, RFC 3720 appendix B.4), eight bytes per round.
 * Self-contained: its source text also runs in the disk worker.
 */
export function createCrc32c(): Crc32c {
  const table = new Int32Array(8 * 256)
  for (let i = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
    table[i] = value
  }
  for (let i = 0; i < 256; i++) {
    for (let slice = 1; slice < 8; slice++) {
      const before = table[(slice - 1) * 256 + i] as number
      table[slice * 256 + i] = (before >>> 8) ^ (table[before & 255] as number)
    }
  }
  const t = table as unknown as Record<number, number>
  return (bytes, start, end, seed) => {
    const b = bytes as unknown as Record<number, number>
    let crc = ~seed
    let at = start
    for (; at + 8 <= end; at += 8) {
      const low = crc ^ (b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24))
      crc =
        t[1792 + (low & 255)]! ^
        t[1536 + ((low >>> 8) & 255)]! ^
        t[1280 + ((low >>> 16) & 255)]! ^
        t[1024 + (low >>> 24)]! ^
        t[768 + b[at + 4]!]! ^
        t[512 + b[at + 5]!]! ^
        t[256 + b[at + 6]!]! ^
        t[b[at + 7]!]!
    }
    for (; at < end; at++) crc = (crc >>> 8) ^ t[(crc ^ b[at]!) & 255]!
    return ~crc >>> 0
  }
}

export const crc32c = createCrc32c()
