/** Parses Go's regular expressions (syntax of RE2, as `regexp.Compile` takes it) and refuses what Go refuses. */
import { rangesTest, escapeClass, posixClass, unicodeClass } from './go-regexp-classes'

export type CharacterTest = (character: string) => boolean

export type Node =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | {
      readonly kind: 'assert'
      readonly what: 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'
    }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly items: readonly Node[] }
  | Repeat

interface Repeat {
  readonly kind: 'repeat'
  readonly item: Node
  readonly least: number
  readonly most: number
  /** Written with numbers, which count towards Go's limit. */
  readonly isCounted: boolean
}

export class RegexpFault extends Error {
  constructor(code: string, expression: string) {
    super(`error parsing regexp: ${code}: \`${expression}\``)
  }
}

const NESTING_MAX = 1_000
const REPEAT_MAX = 1_000

interface Flags {
  readonly ignoreCase: boolean
  readonly multiLine: boolean
  readonly dotAll: boolean
}

const ESCAPED: Readonly<Record<string, string>> = {
  a: '\x07',
  f: '\f',
  t: '\t',
  n: '\n',
  r: '\r',
  v: '\v',
}

export function parseRegexp(pattern: string): Node {
  const parser = new Parser(pattern)
  const node = parser.choice(0)
  if (!parser.isAtEnd) throw new RegexpFault('unexpected )', pattern)
  return node
}

/** Go multiplies counts that are nested in each other. */
function repeatsWithin(node: Node, limit: number): boolean {
  switch (node.kind) {
    case 'character':
    case 'assert':
      return true
    case 'sequence':
    case 'choice':
      return node.items.every((item) => repeatsWithin(item, limit))
    case 'repeat': {
      if (!node.isCounted) return repeatsWithin(node.item, limit)
      const count = node.most === Infinity ? node.least : node.most
      if (count === 0 && node.most === 0) return true
      return count <= limit && repeatsWithin(node.item, count > 0 ? Math.floor(limit / count) : limit)
    }
  }
}

class Parser {
  readonly #pattern: string
  readonly #text: readonly string[]
  #at = 0
  #flags: Flags = { ignoreCase: false, multiLine: false, dotAll: false }

  constructor(pattern: string) {
    this.#pattern = pattern
    this.#text = [...pattern]
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length
  }

  choice(depth: number): Node {
    if (depth > NESTING_MAX) throw new RegexpFault('expression nests too deeply', this.#pattern)
    const items = [this.#sequence(depth)]
    while (this.#take('|')) items.push(this.#sequence(depth))
    return items.length === 1 ? (items[0] as Node) : { kind: 'choice', items }
  }

  #sequence(depth: number): Node {
    const items: Node[] = []
    let lastRepeat: number | undefined
    while (!this.isAtEnd && !this.#sees('|') && !this.#sees(')')) {
      const start = this.#at
      const repeat = this.#repeat()
      if (repeat !== undefined) {
        const operator = this.#slice(start)
        if (lastRepeat !== undefined) {
          throw new RegexpFault('invalid nested repetition operator', this.#slice(lastRepeat))
        }
        const item = items.pop()
        if (item === undefined) throw new RegexpFault('missing argument to repetition operator', operator)
        const node: Repeat = { kind: 'repeat', item, ...repeat }
        if (repeat.isCounted && !repeatsWithin(node, REPEAT_MAX)) {
          throw new RegexpFault('invalid repeat count', operator.replace(/\?$/, ''))
        }
        items.push(node)
        lastRepeat = start
        continue
      }
      lastRepeat = undefined
      const atom = this.#atom(depth)
      if (atom !== undefined) items.push(...(Array.isArray(atom) ? (atom as Node[]) : [atom as Node]))
    }
    return { kind: 'sequence', items }
  }

  #repeat(): Pick<Repeat, 'least' | 'most' | 'isCounted'> | undefined {
    const start = this.#at
    let range: { least: number; most: number } | undefined
    if (this.#take('*')) range = { least: 0, most: Infinity }
    else if (this.#take('+')) range = { least: 1, most: Infinity }
    else if (this.#take('?')) range = { least: 0, most: 1 }
    else range = this.#counted()
    if (range === undefined) return undefined
    // Whether it is greedy does not matter for a yes or no.
    this.#take('?')
    const { least, most } = range
    const isCounted = this.#text[start] === '{'
    if (isCounted && (least > REPEAT_MAX || (most !== Infinity && (most > REPEAT_MAX || least > most)))) {
      throw new RegexpFault('invalid repeat count', this.#slice(start).replace(/\?$/, ''))
    }
    return { ...range, isCounted }
  }

  /** `{n}`, `{n,}` or `{n,m}`; anything else in braces is plain text. */
  #counted(): { least: number; most: number } | undefined {
    if (!this.#sees('{')) return undefined
    const end = this.#text.indexOf('}', this.#at)
    const found =
      end < 0 ? null : /^\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}$/.exec(this.#text.slice(this.#at, end + 1).join(''))
    if (found === null) return undefined
    this.#at = end + 1
    const least = Number(found[1])
    return { least, most: found[2] === undefined ? least : found[3] === undefined ? Infinity : Number(found[3]) }
  }

  #atom(depth: number): Node | readonly Node[] | undefined {
    const { multiLine, dotAll } = this.#flags
    const character = this.#text[this.#at] as string
    switch (character) {
      case '(':
        return this.#group(depth)
      case '[':
        return this.#class()
      case '\\':
        return this.#escape()
      case '.':
        this.#at++
        return { kind: 'character', test: dotAll ? () => true : (other) => other !== '\n' }
      case '^':
        this.#at++
        return { kind: 'assert', what: multiLine ? 'lineStart' : 'textStart' }
      case '$':
        this.#at++
        return { kind: 'assert', what: multiLine ? 'lineEnd' : 'textEnd' }
      default:
        this.#at++
        return this.#plain(character)
    }
  }

  #plain(character: string): Node {
    return { kind: 'character', test: rangesTest([[character, character]], this.#flags.ignoreCase) }
  }

  #group(depth: number): Node | undefined {
    const start = this.#at++
    const outer = this.#flags
    if (this.#take('?')) {
      const isScoped = this.#groupHead(start)
      if (!isScoped) return undefined
    }
    const inner = this.choice(depth + 1)
    if (!this.#take(')')) throw new RegexpFault('missing closing )', this.#pattern)
    this.#flags = outer
    return inner
  }

  /** After `(?`: a name or flags. False when it was flags alone, which hold to the end of the group around. */
  #groupHead(start: number): boolean {
    const isNamed = this.#startsWith('P<') || this.#startsWith('<')
    if (isNamed) {
      const end = this.#text.indexOf('>', this.#at)
      if (end < 0) throw new RegexpFault('invalid named capture', this.#text.slice(start).join(''))
      const name = this.#text.slice(this.#text.indexOf('<', this.#at) + 1, end).join('')
      this.#at = end + 1
      if (!/^[0-9A-Za-z_]+$/.test(name)) throw new RegexpFault('invalid named capture', this.#slice(start))
      return true
    }
    let flags = { ...this.#flags }
    let isOn = true
    let hasFlag = false
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === 'i') flags = { ...flags, ignoreCase: isOn }
      else if (character === 'm') flags = { ...flags, multiLine: isOn }
      else if (character === 's') flags = { ...flags, dotAll: isOn }
      else if (character === '-' && isOn) {
        isOn = false
        hasFlag = false
        continue
      } else if ((character === ':' || character === ')') && (isOn || hasFlag)) {
        this.#flags = flags
        return character === ':'
      } else if (character !== 'U') {
        throw new RegexpFault('invalid or unsupported Perl syntax', this.#slice(start))
      }
      hasFlag = true
    }
  }

  #escape(): Node | readonly Node[] {
    const next = this.#text[this.#at + 1]
    const { ignoreCase } = this.#flags
    switch (next) {
      case 'A':
        this.#at += 2
        return { kind: 'assert', what: 'textStart' }
      case 'z':
        this.#at += 2
        return { kind: 'assert', what: 'textEnd' }
      case 'b':
        this.#at += 2
        return { kind: 'assert', what: 'wordBoundary' }
      case 'B':
        this.#at += 2
        return { kind: 'assert', what: 'noWordBoundary' }
      case 'Q':
        return this.#quoted()
    }
    const test = this.#classEscape()
    if (test !== undefined) return { kind: 'character', test }
    const character = this.#characterEscape()
    return { kind: 'character', test: rangesTest([[character, character]], ignoreCase) }
  }

  /** `\Q...\E`: plain text. */
  #quoted(): Node[] {
    this.#at += 2
    const items: Node[] = []
    while (!this.isAtEnd) {
      if (this.#startsWith('\\E')) {
        this.#at += 2
        break
      }
      items.push(this.#plain(this.#text[this.#at++] as string))
    }
    return items
  }

  /** `\d`, `\pL`, `\p{Greek}` and the like, in or outside of brackets. */
  #classEscape(): CharacterTest | undefined {
    const start = this.#at
    const letter = this.#text[start + 1]
    const perl = letter === undefined ? undefined : escapeClass(letter, this.#flags.ignoreCase)
    if (perl !== undefined) {
      this.#at += 2
      return perl
    }
    if (letter !== 'p' && letter !== 'P') return undefined
    const end = this.#text[start + 2] === '{' ? this.#text.indexOf('}', start) : start + 2
    if (end < 0 || end >= this.#text.length) {
      throw new RegexpFault('invalid character class range', this.#text.slice(start).join(''))
    }
    this.#at = end + 1
    const name = this.#text
      .slice(start + 2, this.#at)
      .join('')
      .replace(/^\{|\}$/g, '')
    const isNegated = name.startsWith('^') !== (letter === 'P')
    const test = unicodeClass(name.replace(/^\^/, ''), this.#flags.ignoreCase)
    if (test === undefined) throw new RegexpFault('invalid character class range', this.#slice(start))
    return isNegated ? (character) => !test(character) : test
  }

  #characterEscape(): string {
    const start = this.#at
    const next = this.#text[start + 1]
    if (next === undefined) throw new RegexpFault('trailing backslash at end of expression', '')
    this.#at += 2
    const rest = this.#text.slice(start + 1, start + 12).join('')
    const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)
    if (octal !== null) {
      this.#at = start + 1 + octal[0].length
      return String.fromCodePoint(parseInt(octal[0], 8))
    }
    const hex = /^x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})/.exec(rest)
    const code = hex === null ? Infinity : parseInt((hex[1] ?? hex[2]) as string, 16)
    if (hex !== null && code <= 0x10ffff) {
      this.#at = start + 1 + hex[0].length
      return String.fromCodePoint(code)
    }
    if (next === 'x') {
      // Go shows what it had read when it gave up.
      this.#at = start + 1 + [...(/^x(?:\{[0-9A-Fa-f]*[^]?|[^]{0,2})/u.exec(rest)?.[0] ?? '')].length
      throw new RegexpFault('invalid escape sequence', this.#slice(start))
    }
    const known = ESCAPED[next]
    if (known !== undefined) return known
    // Punctuation stands for itself.
    if (/^[\0-\x7f]$/.test(next) && !/[0-9A-Za-z]/.test(next)) return next
    throw new RegexpFault('invalid escape sequence', this.#slice(start))
  }

  #class(): Node {
    const start = this.#at++
    const isNegated = this.#take('^')
    const ranges: [string, string][] = []
    const tests: CharacterTest[] = []
    for (let isFirst = true; isFirst || !this.#sees(']'); isFirst = false) {
      if (this.isAtEnd) throw new RegexpFault('missing closing ]', this.#text.slice(start).join(''))
      const test = this.#posix() ?? (this.#sees('\\') ? this.#classEscape() : undefined)
      if (test !== undefined) {
        tests.push(test)
        continue
      }
      const itemStart = this.#at
      const low = this.#classCharacter(start)
      if (!this.#sees('-') || this.#text[this.#at + 1] === ']' || this.#at + 1 >= this.#text.length) {
        ranges.push([low, low])
        continue
      }
      this.#at++
      const high = this.#classCharacter(start)
      if ((high.codePointAt(0) as number) < (low.codePointAt(0) as number)) {
        throw new RegexpFault('invalid character class range', this.#slice(itemStart))
      }
      ranges.push([low, high])
    }
    this.#at++
    const plain = rangesTest(ranges, this.#flags.ignoreCase)
    const inside: CharacterTest = (character) => plain(character) || tests.some((test) => test(character))
    return { kind: 'character', test: isNegated ? (character) => !inside(character) : inside }
  }

  #classCharacter(start: number): string {
    if (this.isAtEnd) throw new RegexpFault('missing closing ]', this.#text.slice(start).join(''))
    return this.#sees('\\') ? this.#characterEscape() : (this.#text[this.#at++] as string)
  }

  /** `[:alpha:]` in brackets. */
  #posix(): CharacterTest | undefined {
    if (!this.#startsWith('[:')) return undefined
    const rest = this.#text.slice(this.#at).join('')
    const end = rest.indexOf(':]', 2)
    if (end < 0) return undefined
    const name = rest.slice(0, end + 2)
    const test = posixClass(name, this.#flags.ignoreCase)
    if (test === undefined) throw new RegexpFault('invalid character class range', name)
    this.#at += [...name].length
    return test
  }

  #sees(character: string): boolean {
    return this.#text[this.#at] === character
  }

  #take(character: string): boolean {
    if (!this.#sees(character)) return false
    this.#at++
    return true
  }

  #startsWith(text: string): boolean {
    return [...text].every((character, i) => this.#text[this.#at + i] === character)
  }

  #slice(start: number): string {
    return this.#text.slice(start, this.#at).join('')
  }
}
