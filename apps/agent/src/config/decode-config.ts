/** Parsed text to typed settings, with the rules and words of Go's mapstructure as Consul sets it up. */
import type { HclValue } from '@sd/hcl'
import type { AnyField, Fields } from './field'

export interface Decoded {
  /** By file key, in the spelling of the table; only what was written. */
  readonly values: Record<string, unknown>
  /** Paths of keys that the table does not have, as they were written. */
  readonly unknown: readonly string[]
  /** What does not fit its type, one sentence each. */
  readonly faults: readonly string[]
}

export type SourceFormat = 'hcl' | 'json'

export function decodeConfig(
  source: Readonly<Record<string, HclValue>>,
  fields: Fields,
  format: SourceFormat,
): Decoded {
  const decoder = new Decoder(format)
  const values = decoder.block(source, '', fields)
  return { values, unknown: decoder.unknown, faults: decoder.faults }
}

type Dictionary = Record<string, unknown>

const dictionary = (): Dictionary => Object.create(null) as Dictionary

const isDictionary = (value: unknown): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** HCL makes a list of every block; a list of one stands for its element wherever no list is wanted. */
function single(value: unknown): unknown {
  while (Array.isArray(value) && value.length === 1) value = value[0] as unknown
  return value
}

/** The same for values that have no type of their own: inside of maps, lists of one become their element. */
function unwrapInside(value: unknown): unknown {
  if (!isDictionary(value)) return value
  const result = dictionary()
  for (const [key, item] of Object.entries(value)) {
    result[key] = unwrapInside(Array.isArray(item) && item.length === 1 ? item[0] : item)
  }
  return result
}

const join = (path: string, key: string) => (path === '' ? key : `${path}.${key}`)

class Decoder {
  readonly unknown: string[] = []
  readonly faults: string[] = []
  readonly #format: SourceFormat

  constructor(format: SourceFormat) {
    this.#format = format
  }

  block(source: Dictionary, path: string, fields: Fields): Dictionary {
    const found = this.#matchKeys(source, path, fields)
    const result = dictionary()
    for (const [key, field] of Object.entries(fields)) {
      if (!found.has(key)) continue
      const value = this.#value(found.get(key), join(path, key), field)
      if (value !== undefined) result[key] = value
    }
    return result
  }

  /** A key matches exactly, else without regard to case, else by an older spelling. */
  #matchKeys(source: Dictionary, path: string, fields: Fields): Map<string, unknown> {
    const found = new Map<string, unknown>()
    const names = namesOf(fields)
    const late: [key: string, written: string, value: unknown][] = []
    for (const [written, value] of Object.entries(source)) {
      const key = names.get(written.toLowerCase())
      if (key === undefined) this.unknown.push(join(path, written))
      else if (key === written) found.set(key, value)
      else late.push([key, written, value])
    }
    for (const [key, written, value] of late) {
      const isAlias = written.toLowerCase() !== key
      if (!found.has(key)) found.set(key, value)
      else if (!isAlias) this.unknown.push(join(path, written))
    }
    return found
  }

  #value(written: unknown, path: string, field: AnyField): unknown {
    const value = LISTS.has(field.kind) ? written : single(written)
    if (value === null || value === undefined) return undefined
    switch (field.kind) {
      case 'boolean':
        return typeof value === 'boolean' ? value : this.#mismatch(path, 'bool', value)
      case 'integer':
        return typeof value === 'number' ? Math.trunc(value) : this.#mismatch(path, 'int', value)
      case 'unsigned':
        return this.#unsigned(value, path)
      case 'float':
        return typeof value === 'number' ? value : this.#mismatch(path, 'float64', value)
      case 'text':
      case 'duration':
        return typeof value === 'string' ? value : this.#mismatch(path, 'string', value)
      case 'textList':
        return this.#list(value, path, (item, at) => this.#text(item, at))
      case 'textMap':
      case 'durationMap':
        return this.#map(value, path, 'map[string]string', (item, at) => this.#text(item, at))
      case 'textListMap':
        return this.#map(value, path, 'map[string][]string', (item, at) =>
          this.#list(item, at, (one, place) => this.#text(one, place)),
        )
      case 'anyMap':
        return this.#map(value, path, 'map[string]interface {}', anyValue)
      case 'anyMapList':
        return this.#list(value, path, (item, at) => this.#map(single(item), at, 'map[string]interface {}', anyValue))
      case 'block':
        return this.#struct(value, path, field.fields)
      case 'nested':
        return this.#struct(value, path, field.fields())
      case 'blockList':
        return this.#list(value, path, (item, at) => this.#struct(single(item), at, field.fields()) ?? dictionary())
      case 'blockMap':
        return this.#map(value, path, 'map[string]struct', (item, at) => this.#struct(single(item), at, field.fields()))
    }
  }

  #text(written: unknown, path: string): string {
    const value = single(written)
    if (value === null || value === undefined) return ''
    if (typeof value === 'string') return value
    this.#mismatch(path, 'string', value)
    return ''
  }

  #unsigned(value: unknown, path: string): number | undefined {
    if (typeof value !== 'number') return this.#mismatch(path, 'uint64', value)
    if (value >= 0) return Math.trunc(value)
    this.faults.push(`'${path}' cannot parse value as 'uint64': ${value} overflows uint`)
    return undefined
  }

  #struct(value: unknown, path: string, fields: Fields): Dictionary | undefined {
    if (isDictionary(value)) return this.block(value, path, fields)
    if (value === null || value === undefined) return undefined
    this.faults.push(`'${path}' expected a map or struct, got "${this.#kindOf(value)}"`)
    return undefined
  }

  #list<T>(value: unknown, path: string, decode: (item: unknown, path: string) => T): T[] | undefined {
    if (Array.isArray(value)) return value.map((item, i) => decode(item, `${path}[${i}]`))
    if (value === null || value === undefined) return undefined
    this.faults.push(`'${path}' source data must be an array or slice, got ${this.#kindOf(value)}`)
    return undefined
  }

  #map<T>(
    value: unknown,
    path: string,
    type: string,
    decode: (item: unknown, path: string) => T,
  ): Record<string, T> | undefined {
    if (value === null || value === undefined) return undefined
    if (!isDictionary(value)) return this.#mismatch(path, type, value)
    const result = dictionary() as Record<string, T>
    for (const [key, item] of Object.entries(value)) result[key] = decode(item, `${path}[${key}]`)
    return result
  }

  #mismatch(path: string, expected: string, value: unknown): undefined {
    this.faults.push(`'${path}' expected type '${expected}', got unconvertible type '${this.#typeOf(value)}'`)
    return undefined
  }

  #kindOf(value: unknown): string {
    if (Array.isArray(value)) return 'slice'
    return isDictionary(value) ? 'map' : this.#typeOf(value)
  }

  /** Go's name of a value's type; JSON numbers are floats there, HCL's whole ones are not. */
  #typeOf(value: unknown): string {
    if (typeof value === 'boolean') return 'bool'
    if (typeof value === 'number') return this.#format === 'hcl' && Number.isInteger(value) ? 'int' : 'float64'
    if (typeof value === 'string') return 'string'
    if (isDictionary(value)) return 'map[string]interface {}'
    const list = value as readonly unknown[]
    return this.#format === 'hcl' && list.length > 0 && list.every(isDictionary)
      ? '[]map[string]interface {}'
      : '[]interface {}'
  }
}

const LISTS: ReadonlySet<AnyField['kind']> = new Set(['textList', 'blockList', 'anyMapList'] as const)

const anyValue = (written: unknown): unknown =>
  Array.isArray(written) && written.length === 1 ? unwrapInside(written[0]) : written

const namesByFields = new WeakMap<Fields, ReadonlyMap<string, string>>()

/** Every accepted spelling, in lower case, to the key of the table. */
function namesOf(fields: Fields): ReadonlyMap<string, string> {
  const known = namesByFields.get(fields)
  if (known) return known
  const names = new Map<string, string>()
  for (const [key, field] of Object.entries(fields)) {
    names.set(key, key)
    for (const alias of field.aliases ?? []) names.set(alias, key)
  }
  namesByFields.set(fields, names)
  return names
}
