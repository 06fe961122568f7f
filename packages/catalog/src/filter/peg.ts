/**
 * A parser for expression grammars (PEG) that reports errors as go-bexpr's generated parser does: what was expected at
 * the farthest place, or the message of a rule. Results are remembered by rule and place, so that time stays linear.
 */

/** Deeper nesting than this would overflow the stack; an honest filter has a handful of levels. */
const DEPTH_MAX = 2_000
const FAILED = Symbol('failed')
export type Matched = unknown

export class PegParser {
  readonly #text: readonly string[]
  readonly #memo = new Map<string, { value: Matched; end: number }>()
  readonly #rules: string[] = []
  readonly #errors = new Set<string>()
  #at = 0
  #depth = 0
  #isInverted = false
  #farthest = -1
  #expected = new Set<string>()

  constructor(text: string) {
    this.#text = [...text]
  }

  /** The value of the grammar over the whole text, or the error text. */
  static parse(text: string, grammar: Peg): { value: Matched } | { error: string } {
    const parser = new PegParser(text)
    const value = grammar(parser)
    if (parser.#errors.size > 0) return { error: [...parser.#errors].join('\n') }
    return value === FAILED ? { error: parser.#farthestError() } : { value }
  }

  literal(wanted: string): Matched {
    const start = this.#at
    for (const character of wanted) {
      if (this.#text[this.#at] !== character) {
        this.#at = start
        return this.#tried(false, start, JSON.stringify(wanted))
      }
      this.#at++
    }
    return this.#tried(true, start, JSON.stringify(wanted)) ?? wanted
  }

  /** One character; `name` is how the grammar writes the class. */
  character(pattern: RegExp, name: string): Matched {
    const start = this.#at
    const character = this.#text[start]
    if (character === undefined || !pattern.test(character)) return this.#tried(false, start, name)
    this.#at++
    return this.#tried(true, start, name) ?? character
  }

  sequence(pegs: readonly Peg[]): Matched {
    const start = this.#at
    const values: Matched[] = []
    for (const peg of pegs) {
      const value = peg(this)
      if (value === FAILED) {
        this.#at = start
        return FAILED
      }
      values.push(value)
    }
    return values
  }

  choice(pegs: readonly Peg[]): Matched {
    for (const peg of pegs) {
      const value = peg(this)
      if (value !== FAILED) return value
    }
    return FAILED
  }

  many(peg: Peg, least: number): Matched {
    const values: Matched[] = []
    for (;;) {
      const value = peg(this)
      if (value === FAILED) return values.length < least ? FAILED : values
      values.push(value)
    }
  }

  optional(peg: Peg): Matched {
    const value = peg(this)
    return value === FAILED ? null : value
  }

  /** Looks ahead without moving. */
  ahead(peg: Peg, wanted: boolean): Matched {
    const start = this.#at
    if (!wanted) this.#isInverted = !this.#isInverted
    const found = peg(this) !== FAILED
    if (!wanted) this.#isInverted = !this.#isInverted
    this.#at = start
    return found === wanted ? null : FAILED
  }

  action(peg: Peg, act: (value: Matched, text: string) => Matched): Matched {
    const start = this.#at
    const value = peg(this)
    if (value === FAILED) return FAILED
    try {
      return act(value, this.#text.slice(start, this.#at).join(''))
    } catch (error) {
      this.#fail((error as Error).message, start)
      return null
    }
  }

  /** Records an error of the present rule, and does not match. */
  refuse(message: string): Matched {
    this.#fail(message, this.#at)
    return FAILED
  }

  /** `shown` is how error texts call the rule; several rules may share it. */
  rule(name: string, shown: string, peg: Peg): Matched {
    const key = `${name}:${this.#at}:${this.#isInverted ? 1 : 0}`
    const known = this.#memo.get(key)
    if (known !== undefined) {
      if (known.value !== FAILED) this.#at = known.end
      return known.value
    }
    if (++this.#depth > DEPTH_MAX) throw new RangeError('the expression is nested too deeply')
    this.#rules.push(shown)
    const value = peg(this)
    this.#rules.pop()
    this.#depth--
    this.#memo.set(key, { value, end: this.#at })
    return value
  }

  #tried(isMatch: boolean, at: number, wanted: string): typeof FAILED | undefined {
    if (isMatch === this.#isInverted && at >= this.#farthest) {
      if (at > this.#farthest) {
        this.#farthest = at
        this.#expected = new Set()
      }
      this.#expected.add(this.#isInverted ? `!${wanted}` : wanted)
    }
    return isMatch ? undefined : FAILED
  }

  #fail(message: string, at: number): void {
    const rule = this.#rules[this.#rules.length - 1]
    this.#errors.add(`${this.#position(at)}${rule === undefined ? '' : `: rule ${rule}`}: ${message}`)
  }

  #farthestError(): string {
    const expected = [...this.#expected].filter((name) => name !== '!.').sort((a, b) => (a < b ? -1 : 1))
    if (this.#expected.has('!.')) expected.push('EOF')
    const last = expected.pop() ?? ''
    const list = expected.length === 0 ? last : `${expected.join(', ')} or ${last}`
    return `${this.#position(Math.max(this.#farthest, 0))}: no match found, expected: ${list}`
  }

  /** Line and column (of a line break: the next line, column 0), and the offset in bytes. */
  #position(at: number): string {
    let line = 1
    let column = 0
    let bytes = 0
    for (let i = 0; i <= at; i++) {
      column++
      if (this.#text[i] === '\n') {
        line++
        column = 0
      }
      if (i < at) bytes += Buffer.byteLength(this.#text[i] ?? '')
    }
    return `${line}:${column} (${bytes})`
  }
}

/** One piece of a grammar. */
export type Peg = (parser: PegParser) => Matched

export const literal =
  (text: string): Peg =>
  (parser) =>
    parser.literal(text)
export const character =
  (pattern: RegExp, name: string): Peg =>
  (parser) =>
    parser.character(pattern, name)
export const sequence =
  (...pegs: Peg[]): Peg =>
  (parser) =>
    parser.sequence(pegs)
export const choice =
  (...pegs: Peg[]): Peg =>
  (parser) =>
    parser.choice(pegs)
export const zeroOrMore =
  (peg: Peg): Peg =>
  (parser) =>
    parser.many(peg, 0)
export const oneOrMore =
  (peg: Peg): Peg =>
  (parser) =>
    parser.many(peg, 1)
export const optional =
  (peg: Peg): Peg =>
  (parser) =>
    parser.optional(peg)
export const ahead =
  (peg: Peg): Peg =>
  (parser) =>
    parser.ahead(peg, true)
export const notAhead =
  (peg: Peg): Peg =>
  (parser) =>
    parser.ahead(peg, false)
export const action =
  (peg: Peg, act: (value: Matched, text: string) => Matched): Peg =>
  (parser) =>
    parser.action(peg, act)
export const refuse =
  (message: string): Peg =>
  (parser) =>
    parser.refuse(message)
/** A named rule; given as a function, since rules refer to each other. */
export const rule = (name: string, peg: () => Peg, shown = name): Peg => {
  let body: Peg | undefined
  return (parser) => parser.rule(name, shown, (body ??= peg()))
}
