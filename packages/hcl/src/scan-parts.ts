/** What the HCL and the JSON lexer share: digits, exponents, escapes. Each leaves the reader behind what it took. */
import { digitValue, END, isDecimal, type TextReader } from './text-reader'

const code = (character: string) => character.charCodeAt(0)
const isExponent = (character: number) => character === code('e') || character === code('E')

/** Takes decimals from `character` (already read, or only peeked when it is no decimal); returns what follows them. */
export function scanDecimals(reader: TextReader, character: number): number {
  let scanned = false
  while (isDecimal(character)) {
    character = reader.next()
    scanned = true
  }
  if (scanned && character !== END) reader.unread()
  return character
}

/** Takes the sign and the digits behind an 'e' that was read. */
export function scanExponent(reader: TextReader, character: number): void {
  if (!isExponent(character)) return
  let next = reader.next()
  if (next === code('-') || next === code('+')) next = reader.next()
  scanDecimals(reader, next)
}

/** Takes what may follow the whole part of a number; true when it makes the number a float. */
export function scanFractionOrExponent(reader: TextReader, character: number): boolean {
  if (isExponent(character)) {
    scanExponent(reader, character)
    return true
  }
  if (character !== code('.')) return false
  if (isExponent(scanDecimals(reader, reader.peek()))) scanExponent(reader, reader.next())
  return true
}

const SIMPLE_ESCAPES = new Set([...'abfnrtv\\"'].map(code))
const DIGIT_ESCAPES = new Map([
  [code('x'), { base: 16, count: 2 }],
  [code('u'), { base: 16, count: 4 }],
  [code('U'), { base: 16, count: 8 }],
])

/** Takes one escape; its backslash was read. */
export function scanEscape(reader: TextReader): void {
  const character = reader.next()
  if (SIMPLE_ESCAPES.has(character)) return
  const digits = DIGIT_ESCAPES.get(character)
  if (digits) scanDigits(reader, reader.next(), digits.base, digits.count)
  else if (digitValue(character) < 8) scanDigits(reader, character, 8, 3)
  else reader.report('illegal char escape')
}

function scanDigits(reader: TextReader, character: number, base: number, count: number): void {
  let missing = count
  while (missing > 0 && digitValue(character) < base) {
    character = reader.next()
    if (character === END) break
    missing--
  }
  if (missing > 0) reader.report('illegal char escape')
  if (missing !== count && character !== END) reader.unread()
}

/**
 * Takes a string up to its closing quote; the opening one was read. Inside of `${...}` quotes do not close it,
 * and with `multiline` line breaks are allowed there.
 */
export function scanString(reader: TextReader, interpolation: boolean): void {
  let braces = 0
  for (;;) {
    const character = reader.next()
    if ((character === code('\n') && (braces === 0 || !interpolation)) || character === END) {
      reader.report('literal not terminated')
      return
    }
    if (character === code('"') && (braces === 0 || !interpolation)) return
    if (braces === 0 && character === code('$') && reader.peek() === code('{')) {
      braces++
      reader.next()
    } else if (braces > 0 && character === code('{')) braces++
    if (braces > 0 && character === code('}')) braces--
    if (character === code('\\')) scanEscape(reader)
  }
}
