/**
 * The lenient JSON that HCL reads when a text starts with '{': no closing brace or comma is insisted on,
 * and objects of objects become labelled blocks. Policies and `.hcl` files written as JSON come this way.
 */
import { HclError, NESTING_MAX, positionText, tooDeep } from './hcl-error'
import { scanDecimals, scanExponent, scanFractionOrExponent, scanString } from './scan-parts'
import type { Item, Key, ListValue, LiteralValue, ObjectValue, Value } from './syntax-tree'
import { END, isBlank, isDecimal, isDigit, isLetter, TextReader } from './text-reader'
import { type Token, tokenText, type TokenType } from './token'
import { unquote } from './unquote'

/** Throws {@link HclError}. */
export function parseJsonDialect(text: string): readonly Item[] {
  const reader = new TextReader(text)
  let outcome: { items: readonly Item[] } | { error: unknown }
  try {
    outcome = { items: new JsonDialectParser(reader).root() }
  } catch (error) {
    outcome = { error }
  }
  if (reader.fault) {
    const { position, reason } = reader.fault
    throw new HclError('HCL_SYNTAX', `${positionText(position)}: ${reason}`, position)
  }
  if ('error' in outcome) throw outcome.error
  return flatten(outcome.items)
}

const code = (character: string) => character.charCodeAt(0)

const SIGNS = new Map<number, TokenType>([
  [code('['), 'LBRACK'],
  [code(']'), 'RBRACK'],
  [code('{'), 'LBRACE'],
  [code('}'), 'RBRACE'],
  [code(','), 'COMMA'],
  [code(':'), 'COLON'],
])

const LITERALS: Partial<Record<TokenType, LiteralValue['kind']>> = {
  BOOL: 'boolean',
  NUMBER: 'integer',
  FLOAT: 'float',
  STRING: 'string',
  NULL: 'string',
}

/** The text has no more tokens where one is needed; HCL takes what it has read so far. */
class EndOfText extends Error {}

const refuse = (token: Token, reason: string) => new HclError('HCL_SYNTAX', reason, token.position)

class JsonDialectParser {
  readonly #reader: TextReader
  #token: Token = { type: 'EOF', text: '', position: { line: 1, column: 0 } }

  constructor(reader: TextReader) {
    this.#reader = reader
  }

  root(): readonly Item[] {
    this.#next()
    return this.#object(1).items
  }

  #object(depth: number): ObjectValue {
    if (depth > NESTING_MAX) throw tooDeep(this.#token.position)
    const items: Item[] = []
    try {
      do items.push(this.#item(depth))
      while (this.#next().type === 'COMMA')
    } catch (error) {
      const isOver = error instanceof EndOfText || this.#token.type === 'RBRACE'
      if (!isOver) throw error
    }
    return { kind: 'object', items, position: undefined }
  }

  #item(depth: number): Item {
    const keys: Key[] = []
    for (;;) {
      const token = this.#next()
      if (token.type === 'EOF') throw new EndOfText()
      if (token.type === 'COLON' && keys.length > 0) return { keys, value: this.#value(depth + 1) }
      if (token.type === 'ILLEGAL') throw refuse(token, 'illegal')
      if (token.type !== 'STRING') throw refuse(token, `expected: STRING got: ${token.type}`)
      keys.push({ text: token.text, name: this.#content(token), position: undefined })
      if (depth + keys.length > NESTING_MAX) throw tooDeep(token.position)
    }
  }

  #value(depth: number): Value {
    const token = this.#next()
    if (token.type === 'LBRACE') return this.#object(depth)
    if (token.type === 'LBRACK') return this.#list(depth)
    if (token.type === 'EOF') throw new EndOfText()
    if (LITERALS[token.type]) return this.#literal(token)
    throw refuse(token, `Expected object value, got unknown token: ${tokenText(token)}`)
  }

  #list(depth: number): ListValue {
    const elements: Value[] = []
    for (;;) {
      const token = this.#next()
      switch (token.type) {
        case 'NUMBER':
        case 'FLOAT':
        case 'STRING':
          elements.push(this.#literal(token))
          break
        case 'LBRACE':
          elements.push(this.#object(depth + 1))
          break
        case 'RBRACK':
          return { kind: 'list', elements, position: undefined }
        case 'COMMA':
        case 'BOOL':
        case 'LBRACK':
          // HCL drops booleans in such lists, and the bracket that opens a list in a list.
          break
        default:
          throw refuse(token, `unexpected token while parsing list: ${token.type}`)
      }
    }
  }

  #literal(token: Token): LiteralValue {
    const kind = LITERALS[token.type] as LiteralValue['kind']
    let content = token.text
    if (token.type === 'NULL') content = ''
    if (token.type === 'STRING') content = this.#content(token)
    return { kind, text: content === '' && kind === 'string' ? '' : token.text, content, position: undefined }
  }

  #content(token: Token): string {
    const content = unquote(token.text, { interpolation: false })
    if (content === undefined) throw refuse(token, `invalid string ${token.text}`)
    return content
  }

  #next(): Token {
    const reader = this.#reader
    let character = reader.next()
    while (isBlank(character)) character = reader.next()
    const start = reader.startOfLast
    const position = reader.position()
    const type = this.#take(character, start)
    this.#token = { type, position, text: reader.slice(start, reader.offset) }
    return this.#token
  }

  #take(character: number, start: number): TokenType {
    const reader = this.#reader
    if (isLetter(character)) return this.#word(start)
    if (isDecimal(character)) return this.#number(character)
    const sign = SIGNS.get(character)
    if (sign) return sign
    if (character === END) return 'EOF'
    if (character === code('"')) {
      scanString(reader, false)
      return 'STRING'
    }
    if (character === code('.')) {
      if (!isDecimal(reader.peek())) return 'PERIOD'
      scanExponent(reader, scanDecimals(reader, reader.peek()))
      return 'FLOAT'
    }
    if (character === code('-')) {
      if (isDecimal(reader.peek())) return this.#number(reader.next())
      reader.report('illegal char')
      return 'ILLEGAL'
    }
    reader.report(`illegal char: ${String.fromCodePoint(character)}`)
    return 'ILLEGAL'
  }

  #word(start: number): TokenType {
    const reader = this.#reader
    let character = reader.next()
    while (isLetter(character) || isDigit(character) || character === code('-')) character = reader.next()
    if (character !== END) reader.unread()
    const text = reader.slice(start, reader.offset)
    if (text === 'true' || text === 'false') return 'BOOL'
    if (text === 'null') return 'NULL'
    reader.report('illegal char')
    return 'ILLEGAL'
  }

  #number(first: number): TokenType {
    const reader = this.#reader
    const start = reader.offset
    scanDecimals(reader, first)
    const character = reader.next()
    if (scanFractionOrExponent(reader, character)) return 'FLOAT'
    if (character !== END) reader.unread()
    if (first === code('0') && reader.offset !== start) reader.report('numbers cannot start with 0')
    return 'NUMBER'
  }
}

/** Turns `{"a": {"b": {...}}}` into the block `a "b" {...}`, and a list of objects into repeated blocks. */
function flatten(items: readonly Item[]): Item[] {
  return items.flatMap(expand).map((item) => ({ keys: item.keys, value: item.value && flattenInside(item.value) }))
}

function flattenInside(value: Value): Value {
  if (value.kind === 'object') return { ...value, items: flatten(value.items) }
  if (value.kind === 'list') return { ...value, elements: value.elements.map(flattenInside) }
  return value
}

function expand(item: Item): Item[] {
  const { keys, value } = item
  if (
    value?.kind === 'object' &&
    value.items.length > 0 &&
    value.items.every((inner) => inner.value?.kind === 'object')
  ) {
    return value.items.flatMap((inner) => expand({ keys: [...keys, ...inner.keys], value: inner.value }))
  }
  if (value?.kind === 'list' && value.elements.length > 0 && value.elements.every((one) => one.kind === 'object')) {
    return value.elements.flatMap((one) => expand({ keys, value: one }))
  }
  return [item]
}
