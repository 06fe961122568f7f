/** A type's fields, declared once: every codec of the type is compiled from this table. */

export type FieldKind =
  | 'string'
  | 'integer'
  | 'unsigned64'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'durationText'
  | 'durationNanoseconds'
  | 'stringList'
  | 'stringMap'
  | 'stringListMap'
  | 'struct'
  | 'structPointer'
  | 'structList'
  | 'structMap'
  | 'json'

export interface Field<T> {
  readonly kind: FieldKind
  /** The name on the wire, as in Consul's Go structs. */
  readonly wire: string
  /** Left out of JSON when it has its zero value (Go's `omitempty`). */
  readonly omitEmpty: boolean
  /** Never in JSON (Go's `json:"-"`), still in msgpack. */
  readonly hidden: boolean
  /** Other names accepted when decoding. */
  readonly aliases: readonly string[]
  readonly zero: T
  /** The table of the element, for the struct kinds. A function, since tables may refer to each other. */
  readonly table: (() => FieldTable<object>) | undefined
}

export interface FieldOptions {
  omitEmpty?: boolean
  hidden?: boolean
  aliases?: readonly string[]
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the variance of a heterogeneous record
export type Fields = Record<string, Field<any>>

/** The object type that a set of fields describes. */
export type Shape<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never }

export interface FieldTable<T extends object> {
  /** The name of Consul's Go struct, for error texts. */
  readonly name: string
  readonly fields: readonly { readonly key: string; readonly field: Field<unknown> }[]
  /** A complete object: zero values, overwritten by `values`. */
  create(values?: Partial<T>): T
}

/** Declares a type: `const nodeFields = defineFields('Node', { id: text('ID'), ... })`. */
export function defineFields<F extends Fields>(name: string, fields: F): FieldTable<Shape<F>> {
  const list = Object.entries(fields).map(([key, field]) => ({ key, field: field as Field<unknown> }))
  const zeros = Object.fromEntries(list.map(({ key, field }) => [key, field.zero]))
  return { name, fields: list, create: (values) => ({ ...zeros, ...values }) as Shape<F> }
}

function field<T>(
  kind: FieldKind,
  wire: string,
  zero: T,
  options: FieldOptions = {},
  table?: () => FieldTable<object>,
): Field<T> {
  return {
    kind,
    wire,
    zero,
    omitEmpty: options.omitEmpty ?? false,
    hidden: options.hidden ?? false,
    aliases: options.aliases ?? [],
    table,
  }
}

/** Go `string`. */
export const text = <T extends string = string>(wire: string, options?: FieldOptions) =>
  field<T>('string', wire, '' as T, options)
/** Go `int`; a safe integer. */
export const integer = (wire: string, options?: FieldOptions) => field<number>('integer', wire, 0, options)
/** Go `uint64`: a number while it is a safe integer, a bigint above. */
export const unsigned64 = (wire: string, options?: FieldOptions) =>
  field<number | bigint>('unsigned64', wire, 0, options)
/** Go `float64`. */
export const decimal = (wire: string, options?: FieldOptions) => field<number>('number', wire, 0, options)
/** Go `bool`. */
export const flag = (wire: string, options?: FieldOptions) => field<boolean>('boolean', wire, false, options)
/** Go `[]byte`: base64 in JSON, null when nil. */
export const bytes = (wire: string, options?: FieldOptions) => field<Uint8Array | null>('bytes', wire, null, options)
/** Go `time.Duration` written as text ("10s"); milliseconds here. */
export const durationText = (wire: string, options?: FieldOptions) => field<number>('durationText', wire, 0, options)
/** Go `time.Duration` written as nanoseconds; milliseconds here. */
export const durationNanoseconds = (wire: string, options?: FieldOptions) =>
  field<number>('durationNanoseconds', wire, 0, options)
/** Go `[]string`; null is Go's nil, which JSON shows as null. */
export const textList = (wire: string, options?: FieldOptions) =>
  field<readonly string[] | null>('stringList', wire, null, options)
/** Go `map[string]string`; null is Go's nil. */
export const textMap = (wire: string, options?: FieldOptions) =>
  field<Readonly<Record<string, string>> | null>('stringMap', wire, null, options)
/** Go `map[string][]string`; null is Go's nil. */
export const textListMap = (wire: string, options?: FieldOptions) =>
  field<Readonly<Record<string, readonly string[]>> | null>('stringListMap', wire, null, options)
/** An embedded value, always present. */
export const struct = <T extends object>(wire: string, table: FieldTable<T>, options?: FieldOptions) =>
  field<T>('struct', wire, table.create(), options, () => table as unknown as FieldTable<object>)
/** A pointer to a struct; null is Go's nil. */
export const structPointer = <T extends object>(wire: string, table: () => FieldTable<T>, options?: FieldOptions) =>
  field<T | null>('structPointer', wire, null, options, table as unknown as () => FieldTable<object>)
/** A slice of structs; null is Go's nil. */
export const structList = <T extends object>(wire: string, table: () => FieldTable<T>, options?: FieldOptions) =>
  field<readonly T[] | null>('structList', wire, null, options, table as unknown as () => FieldTable<object>)
/** A map of structs; null is Go's nil. */
export const structMap = <T extends object>(wire: string, table: () => FieldTable<T>, options?: FieldOptions) =>
  field<Readonly<Record<string, T>> | null>(
    'structMap',
    wire,
    null,
    options,
    table as unknown as () => FieldTable<object>,
  )
/** JSON that is kept as it came (mesh settings, which are stored and not interpreted). */
export const json = (wire: string, zero: JsonValue, options?: FieldOptions) =>
  field<JsonValue>('json', wire, zero, options)

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** The object type of a table. */
export type TypeOf<T> = T extends FieldTable<infer O> ? O : never
