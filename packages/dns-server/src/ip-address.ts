/** IP addresses as bytes. */
import { isIPv4, isIPv6 } from 'node:net'

/** 4 or 16 bytes; undefined when the text is no IP address. An IPv4 address mapped into IPv6 counts as IPv4. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  if (!isIPv6(text) || text.includes('%')) return undefined
  const [head = '', tail] = text.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const words = [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff
  const bytes = Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]))
  return isMapped ? bytes.slice(12) : bytes
}

const groups = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap((group) => {
        if (!group.includes('.')) return [parseInt(group, 16)]
        const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
        return [(a << 8) | b, (c << 8) | d]
      })

/** Dotted IPv4, or IPv6 in its canonical short form (RFC 5952). */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0))
  let runStart = -1
  let runLength = 1
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && words[start + length] === 0) length++
    if (length > runLength) [runStart, runLength] = [start, length]
  }
  const hex = (part: number[]) => part.map((word) => word.toString(16)).join(':')
  if (runStart < 0) return hex(words)
  return `${hex(words.slice(0, runStart))}::${hex(words.slice(runStart + runLength))}`
}

/** "c0a86366" for 192.168.99.102. */
export const addressHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
