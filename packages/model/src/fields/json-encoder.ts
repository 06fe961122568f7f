/** Compiles a field table into a function that writes JSON byte for byte as Consul does. */
import { formatDuration } from '@sd/runtime'
import type { Field, FieldTable } from './field-table'
import { jsonAny, jsonBytes, jsonMap, jsonNumber, jsonString, jsonStringList } from './json-text'

export type JsonEncoder<T> = (value: T) => string

const compiled = new WeakMap<FieldTable<object>, JsonEncoder<never>>()

/** The JSON encoder of a table; compiled at first use. */
export function jsonEncoder<T extends object>(table: FieldTable<T>): JsonEncoder<T> {
  const key = table as unknown as FieldTable<object>
  let encoder = compiled.get(key) as JsonEncoder<T> | undefined
  if (!encoder) {
    encoder = compile(table)
    compiled.set(key, encoder as JsonEncoder<never>)
  }
  return encoder
}

const helpers = {
  str: jsonString,
  num: jsonNumber,
  list: jsonStringList,
  bytes: jsonBytes,
  any: jsonAny,
  map: jsonMap,
  dur: (ms: number) => `"${formatDuration(ms)}"`,
  ns: (ms: number) => String(BigInt(Math.round(ms * 1e6))),
  lists: (value: Record<string, readonly string[]> | null) => jsonMap(value, jsonStringList),
}

/** JavaScript text that is true when `v` has its zero value. */
function isZero(field: Field<unknown>, v: string): string {
  switch (field.kind) {
    case 'string':
      return `${v} === ''`
    case 'integer':
    case 'number':
    case 'durationText':
    case 'durationNanoseconds':
      return `${v} === 0`
    case 'unsigned64':
      return `${v} == 0`
    case 'boolean':
      return `${v} === false`
    case 'bytes':
    case 'stringList':
    case 'structList':
      return `(${v} === null || ${v}.length === 0)`
    case 'stringMap':
    case 'stringListMap':
    case 'structMap':
      return `(${v} === null || h.empty(${v}))`
    case 'struct':
      return 'false'
    case 'structPointer':
    case 'json':
      return `${v} === null`
  }
}

/** JavaScript text that yields the JSON of `v`. */
function valueOf(field: Field<unknown>, v: string, element: string): string {
  switch (field.kind) {
    case 'string':
      return `h.str(${v})`
    case 'integer':
    case 'unsigned64':
    case 'boolean':
      return v
    case 'number':
      return `h.num(${v})`
    case 'bytes':
      return `h.bytes(${v})`
    case 'durationText':
      return `h.dur(${v})`
    case 'durationNanoseconds':
      return `h.ns(${v})`
    case 'stringList':
      return `h.list(${v})`
    case 'stringMap':
      return `h.map(${v}, h.str)`
    case 'stringListMap':
      return `h.lists(${v})`
    case 'struct':
      return `${element}(${v})`
    case 'structPointer':
      return `(${v} === null ? 'null' : ${element}(${v}))`
    case 'structList':
      return `h.structs(${v}, ${element})`
    case 'structMap':
      return `h.map(${v}, ${element})`
    case 'json':
      return `h.any(${v})`
  }
}

function compile<T extends object>(table: FieldTable<T>): JsonEncoder<T> {
  const elements: JsonEncoder<object>[] = []
  let body = "let s = '';\n"
  for (const { key, field } of table.fields) {
    if (field.hidden) continue
    let element = ''
    if (field.table) {
      const inner = field.table
      let encoder: JsonEncoder<object> | undefined
      elements.push((value) => (encoder ??= jsonEncoder(inner()))(value))
      element = `e[${elements.length - 1}]`
    }
    const v = `o.${key}`
    const append = `s += ${JSON.stringify(`,${JSON.stringify(field.wire)}:`)} + ${valueOf(field, v, element)};\n`
    body += field.omitEmpty ? `if (!(${isZero(field, v)})) ${append}` : append
  }
  body += "return s === '' ? '{}' : '{' + s.slice(1) + '}';"
  // The text is made of this package's own field tables only.
  return new Function('h', 'e', `return function encode${table.name.replace(/\W/g, '')}(o) {\n${body}\n}`)(
    { ...helpers, empty: isEmptyMap, structs: jsonStructs },
    elements,
  ) as JsonEncoder<T>
}

function isEmptyMap(map: object): boolean {
  for (const key in map) return key === undefined
  return true
}

const jsonStructs = (list: readonly object[] | null, encode: JsonEncoder<object>): string => {
  if (list === null) return 'null'
  let body = ''
  for (let i = 0; i < list.length; i++) body += (i === 0 ? '' : ',') + encode(list[i] as object)
  return `[${body}]`
}

/** The JSON of a list of `T`; null is Go's nil slice. */
export function jsonListEncoder<T extends object>(table: FieldTable<T>): JsonEncoder<readonly T[] | null> {
  const encode = jsonEncoder(table) as unknown as JsonEncoder<object>
  return (list) => jsonStructs(list, encode)
}
