/** Keys of the tables: strings whose order by code unit is the order of Go's byte strings. */

const ABOVE_PLAIN = /[\ud800-\uffff]/
const EACH_ABOVE_PLAIN = /[\ud800-\uffff]/g

/**
 * Orders by UTF-8 bytes. UTF-16 puts surrogates (code points from U+10000) before U+E000 to U+FFFF, UTF-8 after them,
 * so the two ranges change places. Prefixes stay prefixes.
 */
export function keyOrder(text: string): string {
  if (!ABOVE_PLAIN.test(text)) return text
  return text.replace(EACH_ABOVE_PLAIN, (unit) => {
    const code = unit.charCodeAt(0)
    return String.fromCharCode(code < 0xe000 ? code + 0x2000 : code - 0x800)
  })
}

const NOT_ASCII = /[^\0-\x7f]/

/** Go's `strings.ToLower`: one code point at a time, so without JavaScript's rules that look at the neighbours. */
export function lower(text: string): string {
  if (!NOT_ASCII.test(text)) return text.toLowerCase()
  let result = ''
  for (const point of text) {
    const small = point.toLowerCase()
    result += small.length === point.length ? small : point === '\u0130' ? 'i' : point
  }
  return result
}

/** Go's `strings.EqualFold` for names: equal without regard to case. */
export const equalFold = (a: string, b: string): boolean => a === b || lower(a) === lower(b)

/** One part of a compound key: without regard to case, ended so that it is no prefix of a longer name. */
export const part = (text: string): string => `${keyOrder(lower(text))}\0`

/** One part of a compound key that keeps its case. */
export const exactPart = (text: string): string => `${keyOrder(text)}\0`
