/** HCL tokens to a syntax tree. */
import { errorAt, HclError, NESTING_MAX, positionText, tooDeep } from './hcl-error'
import { heredocContent } from './heredoc'
import { Lexer } from './lexer'
import type { Item, Key, ListValue, LiteralValue, ObjectValue, Value } from './syntax-tree'
import { type Token, tokenText, type TokenType } from './token'
import { unquote } from './unquote'

export interface ParserOptions {
  /** Refuse a second `key = value` of the same key in one object; blocks may always repeat. */
  readonly refuseDuplicates: boolean
}

/** Throws {@link HclError}. */
export function parse(text: string, options: ParserOptions): readonly Item[] {
  const lexer = new Lexer(text.replaceAll('\r\n', '\n'))
  let outcome: { items: readonly Item[] } | { error: unknown }
  try {
    outcome = { items: new Parser(lexer, options).items(false, 0) }
  } catch (error) {
    outcome = { error }
  }
  // A fault of the text explains the parser's confusion that follows it.
  if (lexer.reader.fault) throw errorAt('HCL_SYNTAX', lexer.reader.fault.position, lexer.reader.fault.reason)
  if ('error' in outcome) throw outcome.error
  return outcome.items
}

const LITERALS: Partial<Record<TokenType, LiteralValue['kind']>> = {
  BOOL: 'boolean',
  NUMBER: 'integer',
  FLOAT: 'float',
  STRING: 'string',
  HEREDOC: 'heredoc',
}

const refuse = (token: Token, reason: string) => errorAt('HCL_SYNTAX', token.position, reason)

class Parser {
  readonly #lexer: Lexer
  readonly #options: ParserOptions
  #ahead: Token | undefined

  constructor(lexer: Lexer, options: ParserOptions) {
    this.#lexer = lexer
    this.#options = options
  }

  items(isInBraces: boolean, depth: number): readonly Item[] {
    const items: Item[] = []
    const seen = new Set<string>()
    for (;;) {
      if (isInBraces && this.#peek().type === 'RBRACE') return items
      const item = this.#item(depth)
      if (item === 'end') return items
      if (item.isAssignment && this.#options.refuseDuplicates) refuseDuplicate(item.keys[0] as Key, seen)
      items.push(item)
      if (this.#peek().type === 'COMMA') this.#next()
    }
  }

  /** 'end' when the text ends before a value; HCL ignores a key that is left without one after '='. */
  #item(depth: number): (Item & { isAssignment: boolean }) | 'end' {
    const keys: Key[] = []
    for (;;) {
      const token = this.#next()
      switch (token.type) {
        case 'IDENT':
        case 'STRING':
          keys.push(keyOf(token))
          if (depth + keys.length > NESTING_MAX) throw tooDeep(token.position)
          break
        case 'ASSIGN': {
          if (keys.length > 1) throw refuse(token, 'nested object expected: LBRACE got: ASSIGN')
          if (keys.length === 0) throw refuse(token, 'no object keys found!')
          const value = this.#value(depth + 1)
          return value === 'end' ? 'end' : { keys, value, isAssignment: true }
        }
        case 'LBRACE':
          if (keys.length === 0) throw refuse(token, 'expected: IDENT | STRING got: LBRACE')
          return { keys, value: this.#object(token, depth + keys.length), isAssignment: false }
        case 'ILLEGAL':
          throw refuse(token, 'illegal character')
        default:
          if (token.type === 'EOF' && keys.length === 0) return 'end'
          if (keys.length > 0 && (token.type === 'EOF' || token.type === 'RBRACE')) {
            const names = keys.map((key) => key.text).join(' ')
            throw refuse(token, `key '${names}' expected start of object ('{') or assignment ('=')`)
          }
          throw refuse(token, `expected: IDENT | STRING | ASSIGN | LBRACE got: ${token.type}`)
      }
    }
  }

  #value(depth: number): Value | 'end' {
    const token = this.#next()
    if (token.type === 'LBRACE') return this.#object(token, depth)
    if (token.type === 'LBRACK') return this.#list(token, depth)
    if (token.type === 'EOF') return 'end'
    if (LITERALS[token.type]) return this.#literal(token)
    throw refuse(token, `Unknown token: ${tokenText(token)}`)
  }

  #object(open: Token, depth: number): ObjectValue {
    if (depth > NESTING_MAX) throw tooDeep(open.position)
    const items = this.items(true, depth)
    const close = this.#next()
    if (close.type !== 'RBRACE') throw refuse(close, `object expected closing RBRACE got: ${close.type}`)
    return { kind: 'object', items, position: open.position }
  }

  #list(open: Token, depth: number): ListValue {
    if (depth > NESTING_MAX) throw tooDeep(open.position)
    const elements: Value[] = []
    let needsComma = false
    for (;;) {
      const token = this.#next()
      if (needsComma && token.type !== 'COMMA' && token.type !== 'RBRACK') {
        throw refuse(token, `error parsing list, expected comma or list end, got: ${token.type}`)
      }
      if (token.type === 'RBRACK') return { kind: 'list', elements, position: open.position }
      if (token.type === 'COMMA') needsComma = false
      else if (token.type === 'LBRACE') {
        elements.push(nested(token, 'object within list', () => this.#object(token, depth + 1)))
        needsComma = true
      } else if (token.type === 'LBRACK') {
        // HCL asks for no comma behind a list in a list.
        elements.push(nested(token, 'list within list', () => this.#list(token, depth + 1)))
      } else if (LITERALS[token.type]) {
        elements.push(this.#literal(token))
        needsComma = true
      } else throw refuse(token, `unexpected token while parsing list: ${token.type}`)
    }
  }

  #literal(token: Token): LiteralValue {
    const kind = LITERALS[token.type] as LiteralValue['kind']
    // A token that the lexer found faulty may be cut off; its fault is what will be reported.
    if (this.#lexer.reader.fault) return { kind, text: token.text, content: '', position: token.position }
    let content = token.text
    if (kind === 'string') content = contentOf(token)
    if (kind === 'heredoc') content = heredocContent(token.text)
    return { kind, text: token.text, content, position: token.position }
  }

  #peek(): Token {
    this.#ahead ??= this.#read()
    return this.#ahead
  }

  #next(): Token {
    const token = this.#peek()
    this.#ahead = undefined
    return token
  }

  #read(): Token {
    let token = this.#lexer.next()
    while (token.type === 'COMMENT') token = this.#lexer.next()
    return token
  }
}

function keyOf(token: Token): Key {
  // An unreadable key is a fault of the lexer, reported by `parse`, or is refused here.
  const name = token.type === 'STRING' ? contentOf(token) : token.text
  return { text: token.text, name, position: token.position }
}

function contentOf(token: Token): string {
  const content = unquote(token.text, { interpolation: true })
  if (content === undefined) throw refuse(token, `invalid string ${token.text}`)
  return content
}

function refuseDuplicate(key: Key, seen: Set<string>): void {
  if (seen.has(key.text)) {
    throw new HclError(
      'HCL_SYNTAX',
      `The argument ${JSON.stringify(key.text)} at ${positionText(key.position)} was already set. Each argument can only be defined once`,
      key.position,
    )
  }
  seen.add(key.text)
}

/** Faults inside of a list say so, and where the list's element starts. */
function nested<T>(start: Token, what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof HclError) || error.message.length > NESTED_MESSAGE_MAX) throw error
    throw refuse(start, `error while trying to parse ${what}: ${error.message}`)
  }
}

/** Deeper than this, levels are no longer added to the message. */
const NESTED_MESSAGE_MAX = 2_000
