/**
 * Breaks a paragraph into lines so that the sum of squared slack is smallest (Knuth and Plass's idea; the last line is free).
 * Consul's help is broken this way, so its lines are not filled greedily.
 */

/** Added for a line that is longer than allowed, which only a single long word can force. */
const OVERLONG_PENALTY = 100_000

export function wrapText(text: string, width: number): string[] {
  const words = text.trim().replaceAll('\n', ' ').split(' ')
  const lengths = words.map((word) => Buffer.byteLength(word))
  const count = words.length
  const cost = new Array<number>(count + 1).fill(0)
  const nextBreak = new Array<number>(count).fill(count)
  let remaining = -1
  for (let first = count - 1; first >= 0; first--) {
    remaining += (lengths[first] as number) + 1
    if (remaining <= width || first === count - 1) continue
    cost[first] = Infinity
    let lineLength = -1
    for (let end = first + 1; end < count; end++) {
      lineLength += (lengths[end - 1] as number) + 1
      const slack = width - lineLength
      const total = slack * slack + (cost[end] as number) + (slack < 0 ? OVERLONG_PENALTY : 0)
      if (total < (cost[first] as number)) {
        cost[first] = total
        nextBreak[first] = end
      }
    }
  }
  const lines: string[] = []
  for (let at = 0; at < count; at = nextBreak[at] as number) lines.push(words.slice(at, nextBreak[at]).join(' '))
  return lines
}
