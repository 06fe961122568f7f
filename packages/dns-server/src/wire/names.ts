/**
 * Domain names as text: each label followed by a dot, and special bytes escaped as in zone files (RFC 1035 section 5.1),
 * so that "a\.b.consul." has two labels. Every character is one byte.
 */
import { SdError } from '@sd/runtime'

/** Longest name in bytes on the wire, and longest label (RFC 1035 section 3.1). */
const NAME_BYTES_MAX = 255
export const LABEL_BYTES_MAX = 63
/** How many compression pointers one name may follow: more than any name of 127 labels needs. */
const POINTERS_MAX = 126

/** The bytes are not a name; for the parser's callers inside this package. */
export class MalformedNameError extends SdError<'DNS_MALFORMED'> {
  constructor(reason: string) {
    super('DNS_MALFORMED', `malformed name: ${reason}`)
  }
}

const isSpecial = (byte: number) =>
  byte === 0x2e || // .
  byte === 0x20 ||
  byte === 0x27 || // '
  byte === 0x40 || // @
  byte === 0x3b || // ;
  byte === 0x28 || // (
  byte === 0x29 || // )
  byte === 0x22 || // "
  byte === 0x5c // \

/** Reads the name at `offset`, following pointers. `end` is where the next field begins. Never loops, never reads outside. */
export function readName(bytes: Uint8Array, offset: number): { name: string; end: number } {
  let name = ''
  let at = offset
  let end = -1
  let pointers = 0
  let budget = NAME_BYTES_MAX
  for (;;) {
    const length = bytes[at++]
    if (length === undefined) throw new MalformedNameError('it runs past the end')
    if (length === 0) break
    if (length <= LABEL_BYTES_MAX) {
      if (at + length > bytes.length) throw new MalformedNameError('a label runs past the end')
      budget -= length + 1
      if (budget <= 0) throw new MalformedNameError('it is longer than 255 bytes')
      for (const stop = at + length; at < stop; at++) {
        const byte = bytes[at] as number
        if (isSpecial(byte)) name += `\\${String.fromCharCode(byte)}`
        else if (byte < 0x20 || byte > 0x7e) name += `\\${String(byte).padStart(3, '0')}`
        else name += String.fromCharCode(byte)
      }
      name += '.'
    } else if (length >= 0xc0) {
      const low = bytes[at++]
      if (low === undefined) throw new MalformedNameError('a pointer runs past the end')
      if (end < 0) end = at
      if (++pointers > POINTERS_MAX) throw new MalformedNameError('too many pointers')
      at = ((length & 0x3f) << 8) | low
    } else {
      throw new MalformedNameError('reserved label type')
    }
  }
  return { name: name === '' ? '.' : name, end: end < 0 ? at : end }
}

/** The text with a dot at its end, as a name of bytes (UTF-8 for what is not ASCII). */
export function toFqdn(text: string): string {
  const bytes = isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1')
  return bytes.endsWith('.') ? bytes : `${bytes}.`
}

const isAscii = (text: string) => /^[\x00-\x7f]*$/.test(text)

/** Where each label starts; escaped dots do not count. The root name has none. */
export function labelStarts(name: string): number[] {
  if (name === '.' || name === '') return []
  const starts = [0]
  for (let at = 0; at < name.length - 1; at++) {
    const char = name.charCodeAt(at)
    if (char === 0x5c) at++
    else if (char === 0x2e) starts.push(at + 1)
  }
  return starts
}

/** The labels as text, escapes kept. */
export function splitLabels(name: string): string[] {
  const starts = labelStarts(name)
  return starts.map((start, index) => {
    const next = starts[index + 1]
    return next !== undefined
      ? name.slice(start, next - 1)
      : name.endsWith('.')
        ? name.slice(start, -1)
        : name.slice(start)
  })
}

const isDigit = (char: number) => char >= 0x30 && char <= 0x39
const isDecimalEscape = (text: string, at: number) =>
  at + 2 < text.length &&
  isDigit(text.charCodeAt(at)) &&
  isDigit(text.charCodeAt(at + 1)) &&
  isDigit(text.charCodeAt(at + 2))

/** Resolves "\." and "\046" escapes: one character per byte. */
export function unescape(text: string): string {
  if (!text.includes('\\')) return text
  let result = ''
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '\\') result += text[at]
    else if (isDecimalEscape(text, at + 1)) {
      result += String.fromCharCode(Number(text.slice(at + 1, at + 4)) & 0xff)
      at += 3
    } else if (++at < text.length) result += text[at]
  }
  return result
}

/** Bytes of the name on the wire, uncompressed, without the closing zero of the root. */
export const escapedLength = (text: string): number => unescape(text).length
