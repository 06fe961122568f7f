/** HCL text to tokens, one at a time. Faults are kept by the reader and do not stop it. */
import { scanDecimals, scanExponent, scanFractionOrExponent, scanString } from './scan-parts'
import { digitValue, END, isBlank, isDecimal, isDigit, isLetter, TextReader } from './text-reader'
import type { Token, TokenType } from './token'

const code = (character: string) => character.charCodeAt(0)

const SIGNS = new Map<number, TokenType>([
  [code('['), 'LBRACK'],
  [code(']'), 'RBRACK'],
  [code('{'), 'LBRACE'],
  [code('}'), 'RBRACE'],
  [code(','), 'COMMA'],
  [code('='), 'ASSIGN'],
  [code('+'), 'ADD'],
])

export class Lexer {
  readonly reader: TextReader

  constructor(text: string) {
    this.reader = new TextReader(text)
  }

  next(): Token {
    const { reader } = this
    let character = reader.next()
    while (isBlank(character)) character = reader.next()
    const start = reader.startOfLast
    const position = reader.position()
    const type = this.#take(character, start)
    return { type, position, text: reader.slice(start, reader.offset) }
  }

  #take(character: number, start: number): TokenType {
    const { reader } = this
    if (isLetter(character)) return this.#identifier(start)
    if (isDecimal(character)) return this.#number(character)
    const sign = SIGNS.get(character)
    if (sign) return sign
    switch (character) {
      case END:
        return 'EOF'
      case code('"'):
        scanString(reader, true)
        return 'STRING'
      case code('#'):
      case code('/'):
        this.#comment(character)
        return 'COMMENT'
      case code('<'):
        this.#heredoc()
        return 'HEREDOC'
      case code('.'):
        if (!isDecimal(reader.peek())) return 'PERIOD'
        // Only digits follow here: the exponent of ".5e3" starts a token of its own, as in HCL.
        scanExponent(reader, scanDecimals(reader, reader.peek()))
        return 'FLOAT'
      case code('-'):
        return isDecimal(reader.peek()) ? this.#number(reader.next()) : 'SUB'
      default:
        reader.report('illegal char')
        return 'ILLEGAL'
    }
  }

  #identifier(start: number): TokenType {
    const { reader } = this
    let character = reader.next()
    while (isLetter(character) || isDigit(character) || character === code('-') || character === code('.')) {
      character = reader.next()
    }
    if (character !== END) reader.unread()
    const text = reader.slice(start, reader.offset)
    return text === 'true' || text === 'false' ? 'BOOL' : 'IDENT'
  }

  #number(first: number): TokenType {
    const { reader } = this
    let isOctal = true
    let character = first
    if (first === code('0')) {
      character = reader.next()
      if (character === code('x') || character === code('X')) return this.#hexadecimal()
      while (isDecimal(character)) {
        character = reader.next()
        if (character === code('8') || character === code('9')) isOctal = false
      }
    } else {
      scanDecimals(reader, first)
      character = reader.next()
    }
    if (scanFractionOrExponent(reader, character)) return 'FLOAT'
    if (!isOctal) reader.report('illegal octal number')
    if (character !== END) reader.unread()
    return 'NUMBER'
  }

  #hexadecimal(): TokenType {
    const { reader } = this
    let character = reader.next()
    if (digitValue(character) === 16) reader.report('illegal hexadecimal number')
    while (digitValue(character) < 16) character = reader.next()
    if (character !== END) reader.unread()
    return 'NUMBER'
  }

  #comment(first: number): void {
    const { reader } = this
    if (first === code('/') && reader.peek() === code('*')) return this.#blockComment()
    if (first === code('/') && reader.peek() !== code('/')) return reader.report("expected '/' for comment")
    let character = reader.next()
    while (character !== code('\n') && character !== END) character = reader.next()
    if (character !== END) reader.unread()
  }

  #blockComment(): void {
    const { reader } = this
    reader.next()
    let before = reader.next()
    for (;;) {
      if (before === END) return reader.report('comment not terminated')
      const character = reader.next()
      if (before === code('*') && character === code('/')) return
      before = character
    }
  }

  /** `<<NAME` or `<<-NAME`, then lines up to one that holds only NAME. */
  #heredoc(): void {
    const { reader } = this
    if (reader.next() !== code('<')) return reader.report("heredoc expected second '<', didn't see it")
    const anchorStart = reader.offset
    let character = reader.next()
    if (character === code('-')) character = reader.next()
    while (isLetter(character) || isDigit(character)) character = reader.next()
    if (character === END) return reader.report('heredoc not terminated')
    if (character !== code('\n')) return reader.report('invalid characters in heredoc anchor')
    const anchor = reader.slice(anchorStart, reader.startOfLast)
    if (anchor === '' || anchor === '-') return reader.report('zero-length heredoc anchor')
    const name = anchor.startsWith('-') ? anchor.slice(1) : anchor
    const shortest = Buffer.byteLength(anchor)
    let lineStart = reader.offset
    for (;;) {
      character = reader.next()
      if (character === END) return reader.report('heredoc not terminated')
      if (character !== code('\n')) continue
      // A quirk that HCL keeps: the dash counts, so the closing line of `<<-NAME` must be indented to close it.
      const line = reader.slice(lineStart, reader.startOfLast)
      if (closes(line, name) && Buffer.byteLength(line) >= shortest) return
      lineStart = reader.offset
    }
  }
}

function closes(line: string, name: string): boolean {
  const inner = line.replace(/^[\t\n\v\f\r ]+/, '').replace(/\r+$/, '')
  return inner === name
}
