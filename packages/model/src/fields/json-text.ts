/** JSON as Go's encoding/json writes it: HTML characters escaped, map keys sorted. */
import type { JsonValue } from './field-table'

const SPECIAL = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/
const HTML = /[<>&\u2028\u2029]/g
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A JSON string literal as Go writes it. */
export function jsonString(value: string): string {
  if (!SPECIAL.test(value)) return `"${value}"`
  return JSON.stringify(value.replace(LONE_SURROGATE, '\ufffd')).replace(
    HTML,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Go orders map keys by their bytes; for UTF-16 text that is by code point. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i)
    let y = b.charCodeAt(i)
    if (x === y) continue
    // Surrogates stand for code points above every other UTF-16 unit.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x - y
  }
  return a.length - b.length
}

export const sortedKeys = (map: object): string[] => Object.keys(map).sort(compareText)

/** A `float64` as Go writes it, which is as JavaScript does. */
export const jsonNumber = (value: number): string => (Number.isFinite(value) ? String(value) : '0')

export const jsonStringList = (list: readonly string[] | null): string =>
  list === null ? 'null' : `[${list.map(jsonString).join(',')}]`

export function jsonMap<T>(map: Readonly<Record<string, T>> | null, encode: (value: T) => string): string {
  if (map === null) return 'null'
  let body = ''
  for (const key of sortedKeys(map)) body += `${body && ','}${jsonString(key)}:${encode(map[key] as T)}`
  return `{${body}}`
}

export const jsonBytes = (value: Uint8Array | null): string =>
  value === null ? 'null' : `"${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}"`

/** Free-form JSON, keys in their own order. */
export function jsonAny(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return jsonString(value)
  if (typeof value === 'number') return jsonNumber(value)
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(jsonAny).join(',')}]`
  return `{${Object.entries(value as Record<string, JsonValue>)
    .map(([key, item]) => `${jsonString(key)}:${jsonAny(item)}`)
    .join(',')}}`
}
