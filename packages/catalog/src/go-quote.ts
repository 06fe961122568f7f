/** Go's `%q`: how Consul's messages show a string. */
const PLAIN = /^[ !#-[\]-~]*$/
const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u

export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  let result = '"'
  for (const point of text) result += quoted(point)
  return `${result}"`
}

function quoted(point: string): string {
  const short = SHORT[point]
  if (short !== undefined) return short
  if (point === ' ' || PRINTABLE.test(point)) return point
  const code = point.codePointAt(0) as number
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

const hex = (code: number, length: number): string => code.toString(16).padStart(length, '0')
