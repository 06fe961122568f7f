/** Randomness as a port, so that a run can be replayed from its seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number
}

/** A whole number in [0, limit). */
export const randomInteger = (random: Random, limit: number): number => Math.floor(random.next() * limit)

/** Shuffles `items` in place (Fisher-Yates) and returns them. */
export function shuffle<T>(random: Random, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInteger(random, i + 1)
    const held = items[i] as T
    items[i] = items[j] as T
    items[j] = held
  }
  return items
}

/** A version 4 UUID made from `random` (RFC 9562 section 5.4). Not for secrets: use `node:crypto` there. */
export function randomUuid(random: Random): string {
  const hex = (digits: number) => {
    let text = ''
    while (text.length < digits) text += randomInteger(random, 16).toString(16)
    return text
  }
  const variant = (8 + randomInteger(random, 4)).toString(16)
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`
}
