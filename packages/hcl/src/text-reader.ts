/** Reads characters one by one and knows where it is; the ground of both lexers. */
import type { Position } from './hcl-error'

/** What {@link TextReader.next} returns at the end. Also for a null character, which ends a text after being reported. */
export const END = 0

const NEWLINE = 0x0a
/** A code point that HCL keeps for itself. */
const RESERVED = 0xe123
const REPLACEMENT = 0xfffd

/** The last fault of a text; a lexer goes on after one, and the parser decides what to report. */
export interface Fault {
  readonly position: Position
  readonly reason: string
}

export class TextReader {
  /** Later faults replace earlier ones, as in HCL. */
  fault: Fault | undefined
  readonly #text: string
  #at = 0
  #width = 0
  #line = 1
  #column = 0
  #lastLineLength = 0
  #before = { at: 0, line: 1, column: 0 }

  constructor(text: string) {
    this.#text = text
  }

  /** The offset behind the character that was read last. */
  get offset(): number {
    return this.#at
  }

  /** The offset of the character that was read last. */
  get startOfLast(): number {
    return this.#at - this.#width
  }

  slice(from: number, to: number): string {
    return this.#text.slice(from, to)
  }

  next(): number {
    const code = this.#text.codePointAt(this.#at)
    if (code === undefined) {
      this.#column++
      this.#width = 0
      return END
    }
    this.#before = { at: this.#at, line: this.#line, column: this.#column }
    this.#width = code > 0xffff ? 2 : 1
    this.#at += this.#width
    this.#column++
    if (code === NEWLINE) {
      this.#line++
      this.#lastLineLength = this.#column
      this.#column = 0
    }
    if (code === END) {
      this.report('unexpected null character (0x00)')
      return END
    }
    if (code === RESERVED) {
      this.report('unicode code point U+E123 reserved for internal use')
      return REPLACEMENT
    }
    return code
  }

  /** Takes back the character that was read last; not at the end. */
  unread(): void {
    this.#at = this.#before.at
    this.#line = this.#before.line
    this.#column = this.#before.column
  }

  peek(): number {
    return this.#text.codePointAt(this.#at) ?? END
  }

  /** Where the character that was read last stands. */
  position(): Position {
    if (this.#column > 0) return { line: this.#line, column: this.#column }
    if (this.#lastLineLength > 0) return { line: this.#line - 1, column: this.#lastLineLength }
    return { line: 1, column: 1 }
  }

  report(reason: string): void {
    this.fault = { position: this.position(), reason }
  }
}

const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u

export const isLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  code === 0x5f ||
  (code >= 0x80 && LETTER.test(String.fromCodePoint(code)))

export const isDecimal = (code: number): boolean => code >= 0x30 && code <= 0x39

export const isDigit = (code: number): boolean =>
  isDecimal(code) || (code >= 0x80 && DIGIT.test(String.fromCodePoint(code)))

export const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d

/** The value of a hexadecimal digit, or 16 when it is none. */
export function digitValue(code: number): number {
  if (isDecimal(code)) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10
  if (code >= 0x41 && code <= 0x46) return code - 0x41 + 10
  return 16
}
