/** Turns the text of a filter's value into the type of what it is compared with, with Go's rules and words. */
import { goQuote } from '@sd/runtime'
import type { Primitive } from './selectors'

export type Coerced = { readonly value: string | number | bigint | boolean } | { readonly error: string }

export function coerce(text: string, type: Primitive): Coerced {
  switch (type) {
    case 'string':
      return { value: text }
    case 'boolean':
      return parseBoolean(text)
    case 'integer':
      return parseInteger(text, 'ParseInt', -(2n ** 63n), 2n ** 63n - 1n)
    case 'unsigned':
      return parseInteger(text, 'ParseUint', 0n, 2n ** 64n - 1n)
    case 'float':
      return parseFloat64(text)
  }
}

const invalid = (name: string, text: string, why = 'invalid syntax'): Coerced => ({
  error: `strconv.${name}: parsing ${goQuote(text)}: ${why}`,
})

function parseBoolean(text: string): Coerced {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return { value: true }
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return { value: false }
  return invalid('ParseBool', text)
}

/** Base by prefix (0x, 0o, 0b, 0), underscores between digits. */
const INTEGER = /^([+-]?)(?:0x((?:_?[0-9a-f])+)|0b((?:_?[01])+)|0o?((?:_?[0-7])+)|([1-9](?:_?[0-9])*|0))$/i

function parseInteger(text: string, name: string, least: bigint, most: bigint): Coerced {
  const found = INTEGER.exec(text)
  if (found === null || (found[1] !== '' && least === 0n)) return invalid(name, text)
  const [, sign, hex, binary, octal, decimal] = found
  const digits = (hex ?? binary ?? octal ?? decimal ?? '').replace(/_/g, '')
  const prefix = hex !== undefined ? '0x' : binary !== undefined ? '0b' : octal !== undefined ? '0o' : ''
  const value = BigInt(prefix + digits) * (sign === '-' ? -1n : 1n)
  if (value < least || value > most) return invalid(name, text, 'value out of range')
  return { value: value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value }
}

const FLOAT = /^[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)$/i

function parseFloat64(text: string): Coerced {
  if (!FLOAT.test(text)) return invalid('ParseFloat', text)
  const special = /^([+-]?)(inf|nan)/i.exec(text)
  if (special !== null) return { value: /nan/i.test(text) ? NaN : special[1] === '-' ? -Infinity : Infinity }
  const value = Number(text)
  return Number.isFinite(value) ? { value } : invalid('ParseFloat', text, 'value out of range')
}
