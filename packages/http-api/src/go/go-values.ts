/** Small values in Go's grammar and with Go's error texts. */

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u
const ASCII_PRINTABLE = /^[\x20-\x7e]*$/
const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}
const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** True when Go's unicode.IsPrint holds for every rune. */
export const isPrintable = (text: string): boolean => ASCII_PRINTABLE.test(text) || PRINTABLE.test(text)

/** `strconv.ParseBool`; undefined when it would fail. */
export const parseGoBool = (text: string): boolean | undefined =>
  Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined

/** A rune inside quotes, escaped as `strconv.Quote` does. */
function escapeRune(rune: string, quote: string): string {
  if (rune === quote || rune === '\\') return `\\${rune}`
  if (isPrintable(rune)) return rune
  const short = SHORT_ESCAPES[rune]
  if (short !== undefined) return short
  const code = rune.codePointAt(0) as number
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}

/** `strconv.Quote`, the `%q` of strings. */
export function quoteGo(text: string): string {
  let result = '"'
  for (const rune of text) result += escapeRune(rune, '"')
  return `${result}"`
}

/** `strconv.QuoteRune`, the `%q` of runes. */
export const quoteGoRune = (rune: string): string => `'${escapeRune(rune, "'")}'`

export type ParsedUint = { readonly value: bigint } | { readonly error: string }

/** `strconv.ParseUint(text, 10, 64)`, with its error text. */
export function parseGoUint(text: string): ParsedUint {
  const failure = (reason: string) => ({ error: `strconv.ParseUint: parsing ${quoteGo(text)}: ${reason}` })
  if (!/^\d+$/.test(text)) return failure('invalid syntax')
  if (text.replace(/^0+/, '').length > 20) return failure('value out of range')
  const value = BigInt(text)
  return value < 1n << 64n ? { value } : failure('value out of range')
}

/** A 64-bit index as a number. Above 2^53 it is more than any index we will ever have, so precision does not matter. */
export const clampIndex = (value: bigint): number =>
  value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value)
