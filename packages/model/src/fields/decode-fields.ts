/** Compiles a field table into a decoder of parsed JSON or configuration, with Go's rules and words. */
import { parseDuration } from '@sd/runtime'
import type { Field, FieldTable, JsonValue } from './field-table'
import { FieldDecodeError } from './decode-error'

/**
 * `json`: keys match as in Go's encoding/json (exactly, else without regard to case) or by alias.
 * `config`: as `json`, and underscores in keys do not count, so `service_id`, `ServiceID` and `serviceid` are one.
 */
export type KeyStyle = 'json' | 'config'

export interface DecodeOptions {
  style?: KeyStyle
  /** Called for a key that the table does not have; without it such keys are ignored. */
  onUnknown?: (path: string, key: string) => void
}

type Decode = (value: unknown, path: string, options: DecodeOptions) => unknown

interface Compiled {
  readonly decoders: readonly { key: string; decode: Decode }[]
  readonly json: ReadonlyMap<string, number>
  readonly config: ReadonlyMap<string, number>
}

const compiled = new WeakMap<object, Compiled>()

/** Decodes a parsed value; absent fields are zero. Throws {@link FieldDecodeError} with Go's words. */
export function decodeFields<T extends object>(
  table: FieldTable<T>,
  value: unknown,
  options: DecodeOptions = {},
  path = '',
): T {
  if (value === null || value === undefined) return table.create()
  if (typeof value !== 'object' || Array.isArray(value)) throw new FieldDecodeError(value, path, table.name, 'struct')
  const { decoders, json, config } = compile(table)
  const style = options.style ?? 'json'
  const result = table.create() as Record<string, unknown>
  for (const [name, item] of Object.entries(value)) {
    const lower = name.toLowerCase()
    const position = style === 'config' ? config.get(lower.replace(/_/g, '')) : json.get(lower)
    if (position === undefined) {
      options.onUnknown?.(path, name)
      continue
    }
    const { key, decode } = decoders[position] as { key: string; decode: Decode }
    if (item === null || item === undefined) continue
    result[key] = decode(item, path === '' ? name : `${path}.${name}`, options)
  }
  return result as T
}

function compile<T extends object>(table: FieldTable<T>): Compiled {
  const known = compiled.get(table)
  if (known) return known
  const json = new Map<string, number>()
  const config = new Map<string, number>()
  const decoders = table.fields.map(({ key, field }, position) => {
    for (const name of [field.wire, ...field.aliases]) {
      json.set(name.toLowerCase(), position)
      config.set(name.toLowerCase().replace(/_/g, ''), position)
    }
    return { key, decode: decoderOf(field, table.name) }
  })
  const result = { decoders, json, config }
  compiled.set(table, result)
  return result
}

function decoderOf(field: Field<unknown>, owner: string): Decode {
  const place = `${owner}.${field.wire}`
  const inner = field.table
  switch (field.kind) {
    case 'string':
      return (value, path) => {
        if (typeof value !== 'string') throw new FieldDecodeError(value, path, place, 'string')
        return value
      }
    case 'boolean':
      return (value, path) => {
        if (typeof value !== 'boolean') throw new FieldDecodeError(value, path, place, 'bool')
        return value
      }
    case 'integer':
      return (value, path) => {
        if (typeof value !== 'number' || !Number.isSafeInteger(value))
          throw new FieldDecodeError(value, path, place, 'int')
        return value
      }
    case 'number':
      return (value, path) => {
        if (typeof value !== 'number') throw new FieldDecodeError(value, path, place, 'float64')
        return value
      }
    case 'unsigned64':
      return (value, path) => {
        if (typeof value === 'bigint')
          return value >= 0n && value < 1n << 64n ? value : refuse(value, path, place, 'uint64')
        if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
          throw new FieldDecodeError(value, path, place, 'uint64')
        return Number.isSafeInteger(value) ? value : BigInt(value)
      }
    case 'bytes':
      return (value, path) => {
        if (value instanceof Uint8Array) return value
        if (typeof value !== 'string') throw new FieldDecodeError(value, path, place, '[]uint8')
        return decodeBase64(value, path, place)
      }
    case 'durationText':
    case 'durationNanoseconds':
      return (value, path) => {
        if (typeof value === 'number') return value / 1e6
        if (typeof value !== 'string') throw new FieldDecodeError(value, path, place, 'time.Duration')
        return parseDuration(value)
      }
    case 'stringList':
      return (value, path) => {
        if (!Array.isArray(value)) throw new FieldDecodeError(value, path, place, '[]string')
        return value.map((item) => textItem(item, path, place))
      }
    case 'stringMap':
      return (value, path) => mapOf(value, path, place, 'map[string]string', (item) => textItem(item, path, place))
    case 'stringListMap':
      return (value, path) =>
        mapOf(value, path, place, 'map[string][]string', (item) => {
          if (!Array.isArray(item)) throw new FieldDecodeError(item, path, place, '[]string')
          return item.map((text) => textItem(text, path, place))
        })
    case 'struct':
    case 'structPointer':
      return (value, path, options) => decodeFields(need(inner), value, options, path)
    case 'structList':
      return (value, path, options) => {
        const table = need(inner)
        if (!Array.isArray(value)) throw new FieldDecodeError(value, path, place, `[]${table.name}`)
        return value.map((item, i) => decodeFields(table, item, options, `${path}[${i}]`))
      }
    case 'structMap':
      return (value, path, options) => {
        const table = need(inner)
        return mapOf(value, path, place, `map[string]${table.name}`, (item, key) =>
          decodeFields(table, item, options, `${path}.${key}`),
        )
      }
    case 'json':
      return (value) => {
        const zero = field.zero
        const isMap = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item)
        return isMap(zero) && isMap(value) ? { ...(zero as object), ...(value as object) } : (value as JsonValue)
      }
  }
}

const refuse = (value: unknown, path: string, place: string, type: string): never => {
  throw new FieldDecodeError(value, path, place, type)
}

function need(table: (() => FieldTable<object>) | undefined): FieldTable<object> {
  if (!table) throw new TypeError('a struct field needs a table')
  return table()
}

/** Go decodes a JSON null inside a list or map of strings to "". */
function textItem(item: unknown, path: string, place: string): string {
  if (item === null) return ''
  if (typeof item !== 'string') throw new FieldDecodeError(item, path, place, 'string')
  return item
}

function mapOf<T>(
  value: unknown,
  path: string,
  place: string,
  type: string,
  decode: (item: unknown, key: string) => T,
): Record<string, T> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FieldDecodeError(value, path, place, type)
  const result: Record<string, T> = Object.create(null)
  for (const [key, item] of Object.entries(value)) result[key] = decode(item, key)
  return result
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function decodeBase64(text: string, path: string, place: string): Uint8Array {
  const compact = text.replace(/[\r\n]/g, '')
  if (!BASE64.test(compact))
    throw new FieldDecodeError(
      text,
      path,
      place,
      '[]uint8',
      `illegal base64 data at input byte ${badBase64Byte(compact)}`,
    )
  return Buffer.from(compact, 'base64')
}

/** Where Go's decoder stops: at the first character that is no base64, else at the last group, which is incomplete. */
function badBase64Byte(text: string): number {
  const bad = text.search(/[^A-Za-z0-9+/=]/)
  return bad >= 0 ? bad : Math.floor(Math.max(0, text.length - 1) / 4) * 4
}
