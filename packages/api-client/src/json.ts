/** JSON text to values and back, with what plain JSON.parse loses. */
import { decodeFields, type Field, type FieldTable } from '@sd/model'
import { formatDuration } from '@sd/runtime'
import { ApiAnswerError } from './errors'

/**
 * A key's flags are 64 bits wide, more than a JavaScript number holds. The pattern cannot match inside a JSON string, where
 * its quotes would be escaped.
 */
const WIDE_FLAGS = /"(flags)"\s*:\s*(\d{16,20})(?=\s*[,}])/gi

/** Parses JSON; members named "Flags" with wide numbers become bigints. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  let isWide = false
  const marked = text.replace(WIDE_FLAGS, (_, name: string, digits: string) => {
    isWide = true
    return `"${name}":"${digits}"`
  })
  if (!isWide) return JSON.parse(text)
  return JSON.parse(marked, (name, value: unknown) => {
    if (!/^flags$/i.test(name) || typeof value !== 'string' || !/^\d{16,20}$/.test(value)) return value
    const wide = BigInt(value)
    return wide <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(wide) : wide
  })
}

/** What a caller hands in: every field optional, at every depth. */
export type Input<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Input<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]?: Input<T[Key]> | undefined }
      : T

/** The wire form of a value: Go's names, zero values left out (the server fills them in), empty lists kept. */
export function toWire<T extends object>(table: FieldTable<T>, value: Input<T>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  const input = value as Record<string, unknown>
  for (const { key, field } of table.fields) {
    const item = input[key]
    if (item === undefined || item === null || item === '' || item === 0 || item === false) continue
    result[field.wire] = wireValue(field, item)
  }
  return result
}

function wireValue(field: Field<unknown>, value: unknown): unknown {
  const table = field.table?.() as FieldTable<object>
  switch (field.kind) {
    case 'durationText':
      return formatDuration(value as number)
    case 'durationNanoseconds':
      return Math.round((value as number) * 1e6)
    case 'bytes':
      return Buffer.from(value as Uint8Array).toString('base64')
    case 'struct':
    case 'structPointer':
      return toWire(table, value as object)
    case 'structList':
      return (value as object[]).map((item) => toWire(table, item))
    case 'structMap':
      return Object.fromEntries(
        Object.entries(value as object).map(([name, item]) => [name, toWire(table, item as object)]),
      )
    default:
      return value
  }
}

/** JSON text of a wire form; bigints as plain digits. */
export function stringifyJson(value: unknown): string {
  const wide: string[] = []
  const text = JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'bigint') return item
    return `\u0000${wide.push(item.toString()) - 1}\u0000`
  })
  // A NUL of the caller's own is written by JSON.stringify with the same escape, so only whole, numbered marks count.
  return wide.length === 0
    ? text
    : text.replace(/"\\u0000(\d+)\\u0000"/g, (mark, index: string) => wide[Number(index)] ?? mark)
}

/** Decodes an answer by its table; a list, a map of values, or one. `null` is an empty list or map. */
export function decodeOne<T extends object>(table: FieldTable<T>, value: unknown, path: string): T {
  return guarded(path, () => decodeFields(table, value))
}

export function decodeList<T extends object>(table: FieldTable<T>, value: unknown, path: string): readonly T[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw new ApiAnswerError(path, 'a list was expected')
  return guarded(path, () => value.map((item) => decodeFields(table, item)))
}

export function decodeMap<T extends object>(
  table: FieldTable<T>,
  value: unknown,
  path: string,
): Readonly<Record<string, T>> {
  const result = Object.create(null) as Record<string, T>
  for (const [key, item] of Object.entries(needObject(value, path))) {
    result[key] = guarded(path, () => decodeFields(table, item))
  }
  return result
}

export function needObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw new ApiAnswerError(path, 'an object was expected')
  return value as Record<string, unknown>
}

export function needTextList(value: unknown, path: string): readonly string[] {
  if (value === null) return []
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw new ApiAnswerError(path, 'a list of strings was expected')
  }
  return value as string[]
}

export function needText(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new ApiAnswerError(path, 'a string was expected')
  return value
}

function guarded<T>(path: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw new ApiAnswerError(path, (error as Error).message, error)
  }
}
