/** Strict JSON with the error texts of Go's encoding/json, which Consul prints for `.json` files. */
import { HclError, type Position } from './hcl-error'
import { emptyObject, type HclObject, type HclValue } from './to-object'

/** How deep JSON may nest. Go allows 10,000; the stack of JavaScript does not. */
export const JSON_NESTING_MAX = 1_000

/** Throws {@link HclError}. Of a repeated key the last one counts. Objects have no prototype. */
export function parseJson(text: string): HclValue {
  return new JsonParser(text).document()
}

/** Like {@link parseJson}, for a text that must be an object; `null` is an empty one, as in Go. */
export function parseJsonObject(text: string): HclObject {
  const value = parseJson(text)
  if (value === null) return emptyObject()
  if (typeof value === 'object' && !Array.isArray(value)) return value
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw new HclError(
    'HCL_VALUE',
    `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    positionAt(text, text.search(/\S/)),
  )
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const BLANK = /[ \t\r\n]*/y
const PLAIN = /[^"\\\u0000-\u001f]*/y

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

class JsonParser {
  readonly #text: string
  #at = 0
  /** Go checks the whole text before it looks at values, so a faulty value is only reported for a well-formed text. */
  #valueFault: HclError | undefined

  constructor(text: string) {
    this.#text = text
  }

  document(): HclValue {
    const value = this.#value(0)
    this.#skipBlanks()
    if (this.#at < this.#text.length) throw this.#invalid('after top-level value')
    if (this.#valueFault) throw this.#valueFault
    return value
  }

  #value(depth: number): HclValue {
    this.#skipBlanks()
    if (depth > JSON_NESTING_MAX) throw this.#fail('exceeded max depth')
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth + 1)
      case '[':
        return this.#array(depth + 1)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default:
        return this.#number()
    }
  }

  #object(depth: number): HclObject {
    const object = emptyObject()
    this.#at++
    this.#skipBlanks()
    if (this.#take('}')) return object
    for (;;) {
      this.#skipBlanks()
      if (this.#text[this.#at] !== '"') throw this.#invalid('looking for beginning of object key string')
      const key = this.#string()
      this.#skipBlanks()
      if (!this.#take(':')) throw this.#invalid('after object key')
      object[key] = this.#value(depth)
      this.#skipBlanks()
      if (this.#take('}')) return object
      if (!this.#take(',')) throw this.#invalid('after object key:value pair')
    }
  }

  #array(depth: number): HclValue[] {
    const array: HclValue[] = []
    this.#at++
    this.#skipBlanks()
    if (this.#take(']')) return array
    for (;;) {
      array.push(this.#value(depth))
      this.#skipBlanks()
      if (this.#take(']')) return array
      if (!this.#take(',')) throw this.#invalid('after array element')
    }
  }

  #string(): string {
    this.#at++
    let content = ''
    for (;;) {
      PLAIN.lastIndex = this.#at
      content += (PLAIN.exec(this.#text) as RegExpExecArray)[0]
      this.#at = PLAIN.lastIndex
      const character = this.#text[this.#at]
      if (character !== '"' && character !== '\\') throw this.#invalid('in string literal')
      this.#at++
      if (character === '"') return content.replace(/\p{Surrogate}/gu, '\ufffd')
      content += this.#escape()
    }
  }

  #escape(): string {
    const kind = this.#text[this.#at] ?? ''
    if (kind === 'u') {
      this.#at++
      const start = this.#at
      while (this.#at < start + 4) {
        if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) {
          throw this.#invalid('in \\u hexadecimal character escape')
        }
        this.#at++
      }
      return String.fromCharCode(parseInt(this.#text.slice(start, this.#at), 16))
    }
    const character = Object.hasOwn(ESCAPES, kind) ? ESCAPES[kind] : undefined
    if (character === undefined) throw this.#invalid('in string escape code')
    this.#at++
    return character
  }

  #word<T>(word: string, value: T): T {
    for (const expected of word) {
      if (this.#text[this.#at] !== expected) throw this.#invalid(`in literal ${word} (expecting '${expected}')`)
      this.#at++
    }
    return value
  }

  #number(): number {
    const start = this.#at
    NUMBER.lastIndex = start
    const found = NUMBER.exec(this.#text)
    if (!found) {
      if (this.#text[start] !== '-') throw this.#invalid('looking for beginning of value')
      this.#at++
      throw this.#invalid('in numeric literal')
    }
    this.#at = NUMBER.lastIndex
    this.#refuseUnfinished(found[0])
    const value = Number(found[0])
    if (!Number.isFinite(value)) {
      this.#valueFault ??= new HclError(
        'HCL_VALUE',
        `json: cannot unmarshal number ${found[0]} into Go value of type float64`,
        positionAt(this.#text, start),
      )
    }
    return value
  }

  /** "1." and "1e" stop the pattern early; Go says what was missing. */
  #refuseUnfinished(number: string): void {
    const next = this.#text[this.#at]
    if (next === '.' && !/[.eE]/.test(number)) {
      this.#at++
      throw this.#invalid('after decimal point in numeric literal')
    }
    if ((next === 'e' || next === 'E') && !/[eE]/.test(number)) {
      this.#at++
      if (/^[-+]$/.test(this.#text[this.#at] ?? '')) this.#at++
      throw this.#invalid('in exponent of numeric literal')
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #skipBlanks(): void {
    BLANK.lastIndex = this.#at
    BLANK.exec(this.#text)
    this.#at = BLANK.lastIndex
  }

  #invalid(context: string): HclError {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) return this.#fail('unexpected end of JSON input')
    return this.#fail(`invalid character ${quoteByte(code)} ${context}`)
  }

  #fail(message: string): HclError {
    return new HclError('HCL_SYNTAX', message, positionAt(this.#text, this.#at))
  }
}

/** Go looks at bytes: of a character beyond ASCII it shows the first one. */
function quoteByte(code: number): string {
  if (code === 0x27) return `'\\''`
  if (code === 0x22) return `'"'`
  const byte = code < 0x80 ? code : (Buffer.from(String.fromCodePoint(code))[0] as number)
  const named: Readonly<Record<number, string>> = {
    7: '\\a',
    8: '\\b',
    9: '\\t',
    10: '\\n',
    11: '\\v',
    12: '\\f',
    13: '\\r',
    92: '\\\\',
  }
  if (named[byte]) return `'${named[byte]}'`
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  return `'${String.fromCharCode(byte)}'`
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, Math.max(0, offset))
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(lineStart)].length + 1 }
}
