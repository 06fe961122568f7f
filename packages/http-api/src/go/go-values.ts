/** Small values in Go's grammar and with Go's error texts. */
import { goQuote } from '@sd/runtime'

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u
const ASCII_PRINTABLE = /^[\x20-\x7e]*$/
const BOOLEANS: Readonly<Record<string, boolean>> = {
  1: true,
  t: true,
  T: true,
  true: true,
  TRUE: true,
  True: true,
  0: false,
  f: false,
  F: false,
  false: false,
  FALSE: false,
  False: false,
}
/** True when Go's unicode.IsPrint holds for every rune. */
export const isPrintable = (text: string): boolean => ASCII_PRINTABLE.test(text) || PRINTABLE.test(text)

/** `strconv.ParseBool`; undefined when it would fail. */
export const parseGoBool = (text: string): boolean | undefined =>
  Object.hasOwn(BOOLEANS, text) ? BOOLEANS[text] : undefined

export type ParsedUint = { readonly value: bigint } | { readonly error: string }

/** `strconv.ParseUint(text, 10, 64)`, with its error text. */
export function parseGoUint(text: string): ParsedUint {
  const failure = (reason: string) => ({ error: `strconv.ParseUint: parsing ${goQuote(text)}: ${reason}` })
  if (!/^\d+$/.test(text)) return failure('invalid syntax')
  if (text.replace(/^0+/, '').length > 20) return failure('value out of range')
  const value = BigInt(text)
  return value < 1n << 64n ? { value } : failure('value out of range')
}

/** A 64-bit index as a number. Above 2^53 it is more than any index we will ever have, so precision does not matter. */
export const clampIndex = (value: bigint): number =>
  value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value)
