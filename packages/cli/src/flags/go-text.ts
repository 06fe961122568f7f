/** The pieces of Go's fmt and strconv whose text users see in messages. */

/** Why Go refuses a number or a boolean: its text is wrong, or its value does not fit. */
export type NumberFault = 'invalid syntax' | 'value out of range'

const TRUE_TEXTS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE_TEXTS = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** `strconv.ParseBool`; undefined for a text it refuses. */
export function parseGoBoolean(text: string): boolean | undefined {
  if (TRUE_TEXTS.has(text)) return true
  return FALSE_TEXTS.has(text) ? false : undefined
}

const DECIMAL = /^[0-9]+$/
const PREFIXED =
  /^(?:0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|0[bB]_?[01]+(?:_[01]+)*|0[oO]?_?[0-7]+(?:_[0-7]+)*|0|[1-9][0-9]*(?:_[0-9]+)*)$/

/**
 * A whole number as `strconv.ParseInt` reads it. With `base: 0`, prefixes (0x, 0b, 0o, leading 0) and underscores count.
 * Values beyond 2^53 do not fit in a JavaScript number and are out of range.
 */
export function parseGoInteger(
  text: string,
  options: { base: 0 | 10; signed: boolean },
): { value: number } | { fault: NumberFault } {
  const negative = options.signed && text.startsWith('-')
  const digits = options.signed && /^[-+]/.test(text) ? text.slice(1) : text
  if (!(options.base === 10 ? DECIMAL : PREFIXED).test(digits)) return { fault: 'invalid syntax' }
  const plain = digits.replaceAll('_', '')
  const octal = options.base === 0 && /^0[0-7]+$/.test(plain)
  const magnitude = options.base === 10 ? Number(plain) : Number(octal ? `0o${plain.slice(1)}` : plain)
  if (!Number.isSafeInteger(magnitude)) return { fault: 'value out of range' }
  return { value: negative && magnitude !== 0 ? -magnitude : magnitude }
}
