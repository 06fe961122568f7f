/** JSON as Go's encoding/json reads it: its error texts, 64-bit integers kept exact, nesting limited. */
import { SdError, goQuoteRune } from '@sd/runtime'

/** Deepest nesting that is read. Go allows 10,000; what we keep is walked by recursion later. */
export const JSON_DEPTH_MAX = 1_000

export class JsonSyntaxError extends SdError<'HTTP_JSON_SYNTAX'> {
  constructor(message: string) {
    super('HTTP_JSON_SYNTAX', message, { details: { status: 400 } })
  }
}

/** Numbers that a double may not hold. */
const LONG_NUMBER = /\d{16}/

/**
 * The first JSON value of `text`; what follows it is not looked at, as with Go's Decoder. Integers above 2^53 become
 * bigints. Throws {@link JsonSyntaxError} with Go's words.
 */
export function parseGoJson(text: string): unknown {
  // The engine's parser is many times faster; ours is for what it gets wrong and for the words of errors.
  if (!LONG_NUMBER.test(text) && !mayNestTooDeep(text)) {
    try {
      return JSON.parse(text)
    } catch {
      return new Parser(text).first()
    }
  }
  return new Parser(text).first()
}

function mayNestTooDeep(text: string): boolean {
  if (text.length < JSON_DEPTH_MAX) return false
  let openers = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if ((code === 0x5b || code === 0x7b) && ++openers > JSON_DEPTH_MAX) return true
  }
  return false
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** Where a plain run of string characters ends. */

const STRING_STOP = /["\\\u0000-\u001f]/g

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9'

class Parser {
  #at = 0
  #depth = 0

  constructor(readonly text: string) {}

  first(): unknown {
    this.#space()
    if (this.#at >= this.text.length) throw new JsonSyntaxError('EOF')
    return this.#value()
  }

  #value(): unknown {
    const character = this.text[this.#at]
    switch (character) {
      case '{':
        return this.#nested(() => this.#object())
      case '[':
        return this.#nested(() => this.#array())
      case '"':
        return this.#string()
      case 't':
        return this.#literal('true', true)
      case 'f':
        return this.#literal('false', false)
      case 'n':
        return this.#literal('null', null)
      default:
        if (character === '-' || isDigit(character)) return this.#number()
        throw this.#unexpected('looking for beginning of value')
    }
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > JSON_DEPTH_MAX) throw this.#unexpected('exceeded max depth')
    this.#at++
    const value = parse()
    this.#depth--
    return value
  }

  #object(): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null)
    this.#space()
    if (this.text[this.#at] === '}') {
      this.#at++
      return result
    }
    for (;;) {
      this.#space()
      if (this.text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string')
      const key = this.#string()
      this.#space()
      if (this.text[this.#at] !== ':') throw this.#unexpected('after object key')
      this.#at++
      this.#space()
      result[key] = this.#value()
      this.#space()
      const next = this.text[this.#at]
      if (next !== ',' && next !== '}') throw this.#unexpected('after object key:value pair')
      this.#at++
      if (next === '}') return result
    }
  }

  #array(): unknown[] {
    const result: unknown[] = []
    this.#space()
    if (this.text[this.#at] === ']') {
      this.#at++
      return result
    }
    for (;;) {
      this.#space()
      result.push(this.#value())
      this.#space()
      const next = this.text[this.#at]
      if (next !== ',' && next !== ']') throw this.#unexpected('after array element')
      this.#at++
      if (next === ']') return result
    }
  }

  #string(): string {
    let result = ''
    let start = ++this.#at
    for (;;) {
      STRING_STOP.lastIndex = this.#at
      const stop = STRING_STOP.exec(this.text)
      if (!stop) throw new JsonSyntaxError('unexpected EOF')
      this.#at = stop.index
      if (stop[0] === '"') break
      if (stop[0] !== '\\') throw this.#unexpected('in string literal')
      result += this.text.slice(start, this.#at++)
      result += this.#escape()
      start = this.#at
    }
    result += this.text.slice(start, this.#at++)
    return result.replace(LONE_SURROGATE, '\ufffd')
  }

  #escape(): string {
    const code = this.text[this.#at]
    if (code !== 'u') {
      const plain = code === undefined ? undefined : ESCAPES[code]
      if (plain === undefined) throw this.#unexpected('in string escape code')
      this.#at++
      return plain
    }
    this.#at++
    const start = this.#at
    for (; this.#at < start + 4; this.#at++) {
      if (!/[0-9a-fA-F]/.test(this.text[this.#at] ?? '')) throw this.#unexpected('in \\u hexadecimal character escape')
    }
    return String.fromCharCode(Number.parseInt(this.text.slice(start, this.#at), 16))
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      this.#at++
      if (this.text[this.#at] !== word[i]) throw this.#unexpected(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.#at++
    return value
  }

  #number(): number | bigint {
    const start = this.#at
    if (this.text[this.#at] === '-') {
      this.#at++
      if (!isDigit(this.text[this.#at])) throw this.#unexpected('in numeric literal')
    }
    if (this.text[this.#at] === '0') this.#at++
    else this.#digits()
    let isInteger = true
    if (this.text[this.#at] === '.') {
      isInteger = false
      this.#at++
      if (!isDigit(this.text[this.#at])) throw this.#unexpected('after decimal point in numeric literal')
      this.#digits()
    }
    if (this.text[this.#at] === 'e' || this.text[this.#at] === 'E') {
      isInteger = false
      this.#at++
      if (this.text[this.#at] === '+' || this.text[this.#at] === '-') this.#at++
      if (!isDigit(this.text[this.#at])) throw this.#unexpected('in exponent of numeric literal')
      this.#digits()
    }
    const literal = this.text.slice(start, this.#at)
    const value = Number(literal)
    // More digits than a 64-bit integer has cannot fit any field; a bigint of them would be slow to make.
    return isInteger && !Number.isSafeInteger(value) && literal.length <= 21 ? BigInt(literal) : value
  }

  #digits(): void {
    while (isDigit(this.text[this.#at])) this.#at++
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #unexpected(context: string): JsonSyntaxError {
    const code = this.text.codePointAt(this.#at)
    if (code === undefined) return new JsonSyntaxError('unexpected EOF')
    return new JsonSyntaxError(`invalid character ${quoteByte(code)} ${context}`)
  }
}

/** Go's scanner works on bytes, so it names the first byte of a longer character, as the rune of that value. */
function quoteByte(code: number): string {
  if (code === 0x27) return `'\\''`
  if (code === 0x22) return `'"'`
  const byte = code < 0x80 ? code : (Buffer.from(String.fromCodePoint(code))[0] as number)
  return goQuoteRune(String.fromCharCode(byte))
}

/** Compact JSON with Go's MarshalIndent: four spaces, empty lists and objects stay as they are. */
export function indentJson(compact: string): string {
  let result = ''
  let indent = '\n'
  let start = 0
  for (let i = 0; i < compact.length; i++) {
    const character = compact.charCodeAt(i)
    switch (character) {
      case 0x22: {
        i++
        while (compact.charCodeAt(i) !== 0x22) i += compact.charCodeAt(i) === 0x5c ? 2 : 1
        break
      }
      case 0x7b:
      case 0x5b: {
        const close = character + 2
        if (compact.charCodeAt(i + 1) === close) {
          i++
          break
        }
        indent += '    '
        result += compact.slice(start, i + 1) + indent
        start = i + 1
        break
      }
      case 0x7d:
      case 0x5d:
        indent = indent.slice(0, -4)
        result += compact.slice(start, i) + indent
        start = i
        break
      case 0x2c:
        result += compact.slice(start, i + 1) + indent
        start = i + 1
        break
      case 0x3a:
        result += `${compact.slice(start, i + 1)} `
        start = i + 1
        break
    }
  }
  return result + compact.slice(start)
}
