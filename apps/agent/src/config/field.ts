/** What a row of the configuration table is, and the types that follow from it. */

export type ScalarKind =
  | 'boolean'
  | 'integer'
  | 'unsigned'
  | 'float'
  | 'text'
  /** Go's duration text in files and flags; milliseconds once built, under a name that ends in "Ms". */
  | 'duration'

export type CollectionKind =
  | 'textList'
  | 'textMap'
  /** Name to list of texts (HTTP headers). */
  | 'textListMap'
  /** Name to duration; milliseconds once built. */
  | 'durationMap'
  /** An object that is kept as it was written. */
  | 'anyMap'
  | 'anyMapList'

export interface FieldOptions {
  /** The flag's name, when the setting has one, and its help. */
  readonly flag?: { readonly name: string; readonly usage: string }
  /** In the form of a file. */
  readonly default?: unknown
  /** Takes effect on reload (SIGHUP); the others need a restart. */
  readonly reloadable?: boolean
  /** Never shown: `hidden` in debug output, absent from logs. */
  readonly secret?: boolean
  /** Older spellings of the key, in lower case. */
  readonly aliases?: readonly string[]
  /** Consul's name of the setting in errors about its value, where it is not the path. */
  readonly errorName?: string
}

export interface ScalarField<Kind extends ScalarKind | CollectionKind> extends FieldOptions {
  readonly kind: Kind
}

export type Fields = { readonly [key: string]: AnyField }

export interface BlockField<F extends Fields> extends FieldOptions {
  readonly kind: 'block'
  readonly fields: F
  /** A later file replaces the whole block instead of single settings; absent until written. */
  readonly isWhole: boolean
}

/** Repeated blocks (`services`) or blocks by name (`tagged_addresses`). A function, since services nest in services. */
export interface BlocksField<F extends Fields> extends FieldOptions {
  readonly kind: 'blockList' | 'blockMap'
  readonly fields: () => F
}

/** A block that holds itself (a sidecar service in a service). */
export interface NestedField extends FieldOptions {
  readonly kind: 'nested'
  readonly fields: () => Fields
}

export type AnyField = ScalarField<ScalarKind | CollectionKind> | BlockField<Fields> | BlocksField<Fields> | NestedField

const scalar =
  <Kind extends ScalarKind | CollectionKind>(kind: Kind) =>
  (options: FieldOptions = {}): ScalarField<Kind> => ({ kind, ...options })

export const boolean = scalar('boolean')
export const integer = scalar('integer')
export const unsigned = scalar('unsigned')
export const float = scalar('float')
export const text = scalar('text')
export const duration = scalar('duration')
export const textList = scalar('textList')
export const textMap = scalar('textMap')
export const textListMap = scalar('textListMap')
export const durationMap = scalar('durationMap')
export const anyMap = scalar('anyMap')
export const anyMapList = scalar('anyMapList')

export const block = <F extends Fields>(fields: F, options: FieldOptions = {}): BlockField<F> => ({
  kind: 'block',
  fields,
  isWhole: false,
  ...options,
})
export const wholeBlock = <F extends Fields>(fields: F, options: FieldOptions = {}): BlockField<F> => ({
  ...block(fields, options),
  isWhole: true,
})
export const blockList = <F extends Fields>(fields: () => F, options: FieldOptions = {}): BlocksField<F> => ({
  kind: 'blockList',
  fields,
  ...options,
})
export const blockMap = <F extends Fields>(fields: () => F, options: FieldOptions = {}): BlocksField<F> => ({
  kind: 'blockMap',
  fields,
  ...options,
})
export const nested = (fields: () => Fields): NestedField => ({ kind: 'nested', fields })

interface RawKinds {
  boolean: boolean
  integer: number
  unsigned: number
  float: number
  text: string
  duration: string
  textList: readonly string[]
  textMap: Readonly<Record<string, string>>
  textListMap: Readonly<Record<string, readonly string[]>>
  durationMap: Readonly<Record<string, string>>
  anyMap: Readonly<Record<string, unknown>>
  anyMapList: readonly Readonly<Record<string, unknown>>[]
}

interface BuiltKinds extends Omit<RawKinds, 'duration' | 'durationMap'> {
  duration: number
  durationMap: Readonly<Record<string, number>>
}

type RawOf<T> =
  T extends BlockField<infer F>
    ? Raw<F>
    : T extends BlocksField<infer F>
      ? readonly Raw<F>[] | Readonly<Record<string, Raw<F>>>
      : T extends NestedField
        ? Readonly<Record<string, unknown>>
        : T extends { readonly kind: infer Kind extends keyof RawKinds }
          ? RawKinds[Kind]
          : never

/** What files and flags say, by file key; absent where nobody said anything. */
export type Raw<F extends Fields> = { readonly [K in keyof F]?: RawOf<F[K]> | undefined }

type Camel<S> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S

type BuiltKey<K, T> = T extends { readonly kind: 'duration' | 'durationMap' }
  ? `${Camel<K> & string}Ms`
  : Camel<K> & string

type BuiltOf<T> =
  T extends BlockField<infer F>
    ? Built<F>
    : T extends BlocksField<infer F>
      ? readonly Built<F>[]
      : T extends { readonly kind: infer Kind extends keyof BuiltKinds }
        ? BuiltKinds[Kind]
        : never

/** The settings as the program uses them: camelCase, complete, durations in milliseconds. */
export type Built<F extends Fields> = { readonly [K in keyof F as BuiltKey<K, F[K]>]: BuiltOf<F[K]> }

/** "kv_max_value_size" to "kvMaxValueSize"; durations end in "Ms". */
export function builtKey(key: string, field: AnyField): string {
  const name = key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return field.kind === 'duration' || field.kind === 'durationMap' ? `${name}Ms` : name
}
