/** The content of a quoted string. Escapes are Go's; with `interpolation`, `${...}` is left as it is. */

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
}
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** Undefined when the text is not a well-formed string. */
export function unquote(quoted: string, options: { interpolation: boolean }): string | undefined {
  if (quoted.length < 2 || !quoted.startsWith('"') || !quoted.endsWith('"')) return undefined
  const text = quoted.slice(1, -1)
  if (!/[\\"\n$]/.test(text)) return text
  const pieces = new Pieces()
  let at = 0
  while (at < text.length) {
    if (options.interpolation && text.startsWith('${', at)) {
      const end = endOfInterpolation(text, at)
      if (end === undefined) return undefined
      pieces.text(text.slice(at, end))
      at = end
      continue
    }
    const character = text[at] as string
    if (character === '\n' || character === '"') return undefined
    if (character !== '\\') {
      pieces.text(character)
      at++
      continue
    }
    const escape = readEscape(text, at + 1)
    if (!escape) return undefined
    if (typeof escape.value === 'number') pieces.byte(escape.value)
    else pieces.text(escape.value)
    at = escape.end
  }
  return pieces.toString()
}

function endOfInterpolation(text: string, start: number): number | undefined {
  let braces = 1
  for (let at = start + 2; at < text.length; at++) {
    if (text[at] === '{') braces++
    if (text[at] === '}' && --braces === 0) return at + 1
  }
  return undefined
}

/** A number is a single byte (`\x..`, octal), which with its neighbours may form one character. */
function readEscape(text: string, at: number): { value: string | number; end: number } | undefined {
  const kind = text[at]
  if (kind === undefined) return undefined
  const simple = Object.hasOwn(SIMPLE, kind) ? SIMPLE[kind] : undefined
  if (simple !== undefined) return { value: simple, end: at + 1 }
  const octal = /^[0-7]{3}/.exec(text.slice(at, at + 3))
  if (octal) {
    const value = parseInt(octal[0], 8)
    return value > 255 ? undefined : { value, end: at + 3 }
  }
  const count = Object.hasOwn(HEX_DIGITS, kind) ? HEX_DIGITS[kind] : undefined
  if (count === undefined) return undefined
  const digits = text.slice(at + 1, at + 1 + count)
  if (digits.length !== count || !/^[0-9a-fA-F]+$/.test(digits)) return undefined
  const value = parseInt(digits, 16)
  if (kind === 'x') return { value, end: at + 3 }
  if (value > 0x10ffff) return undefined
  const isSurrogate = value >= 0xd800 && value <= 0xdfff
  return { value: isSurrogate ? '\ufffd' : String.fromCodePoint(value), end: at + 1 + count }
}

class Pieces {
  #text = ''
  readonly #chunks: Buffer[] = []

  text(text: string): void {
    this.#text += text
  }

  byte(value: number): void {
    if (value < 0x80) {
      this.#text += String.fromCharCode(value)
      return
    }
    this.#chunks.push(Buffer.from(this.#text), Buffer.from([value]))
    this.#text = ''
  }

  toString(): string {
    if (this.#chunks.length === 0) return this.#text
    return Buffer.concat([...this.#chunks, Buffer.from(this.#text)]).toString('utf8')
  }
}
