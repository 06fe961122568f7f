/** Text in quotes as Go's strconv writes it, which is how Consul's messages show what they speak of. */

/** Everything of it stands for itself: the usual case, found by one look. */
const PLAIN = /^[ !#-[\]-~]*$/
/** Go's unicode.IsPrint. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const SHORT: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** `%q` of a string (strconv.Quote): double quotes, Go's escapes, printable characters as they are. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  let result = '"'
  for (const rune of text) result += escaped(rune, '"')
  return `${result}"`
}

/** `%q` of one character (strconv.QuoteRune): single quotes. */
export const goQuoteRune = (rune: string): string => `'${escaped(rune, "'")}'`

function escaped(rune: string, quote: string): string {
  if (rune === quote || rune === '\\') return `\\${rune}`
  if (PRINTABLE.test(rune)) return rune
  const short = SHORT[rune]
  if (short !== undefined) return short
  const code = rune.codePointAt(0) as number
  // Half of a surrogate pair is no character: Go has its replacement there.
  if (code >= 0xd800 && code <= 0xdfff) return '\ufffd'
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')
