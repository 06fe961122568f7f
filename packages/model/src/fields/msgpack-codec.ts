/** Compiles a field table into a msgpack reader and writer with Go's field names, as Consul's RPC has them. */
import type { Field, FieldTable, JsonValue } from './field-table'
import { MsgpackReader } from './msgpack-reader'
import { MsgpackWriter } from './msgpack-writer'

export interface MsgpackCodec<T> {
  write(writer: MsgpackWriter, value: T): void
  read(reader: MsgpackReader): T
}

type Write = (writer: MsgpackWriter, value: never) => void
type Read = (reader: MsgpackReader) => unknown

const compiled = new WeakMap<object, MsgpackCodec<never>>()

/** The codec of a table; compiled at first use. Unknown fields are skipped, absent ones are zero. */
export function msgpackCodec<T extends object>(table: FieldTable<T>): MsgpackCodec<T> {
  let codec = compiled.get(table) as MsgpackCodec<T> | undefined
  if (!codec) {
    codec = compile(table)
    compiled.set(table, codec as unknown as MsgpackCodec<never>)
  }
  return codec
}

const shared = new MsgpackWriter()

/** One value as msgpack bytes. */
export function encodeMsgpack<T extends object>(table: FieldTable<T>, value: T): Buffer {
  msgpackCodec(table).write(shared, value)
  return shared.take()
}

/** One value from msgpack bytes; bytes after it are ignored. */
export function decodeMsgpack<T extends object>(table: FieldTable<T>, bytes: Uint8Array): T {
  return msgpackCodec(table).read(new MsgpackReader(bytes))
}

function compile<T extends object>(table: FieldTable<T>): MsgpackCodec<T> {
  const names: Buffer[] = []
  const writes: Write[] = []
  const reads = new Map<string, { key: string; read: Read }>()
  let body = `w.mapHeader(${table.fields.length});\n`
  for (const { key, field } of table.fields) {
    const name = new MsgpackWriter()
    name.string(field.wire)
    names.push(name.take())
    const codec = codecOf(field)
    writes.push(codec.write as Write)
    reads.set(field.wire, { key, read: codec.read })
    body += `w.raw(n[${names.length - 1}]); f[${writes.length - 1}](w, o.${key});\n`
  }
  // The text is made of this package's own field tables only.
  const write = new Function('n', 'f', `return function write${table.name.replace(/\W/g, '')}(w, o) {\n${body}}`)(
    names,
    writes,
  )
  const read = (reader: MsgpackReader): T => {
    const result = table.create() as Record<string, unknown>
    for (let left = reader.mapHeader(); left > 0; left--) {
      const known = reads.get(reader.string())
      if (!known) reader.skip()
      else if (!reader.takeNil()) result[known.key] = known.read(reader)
    }
    return result as T
  }
  return { write, read }
}

function codecOf(field: Field<unknown>): { write: (writer: MsgpackWriter, value: never) => void; read: Read } {
  switch (field.kind) {
    case 'string':
      return { write: (w, value: string) => w.string(value), read: (r) => r.string() }
    case 'boolean':
      return { write: (w, value: boolean) => w.boolean(value), read: (r) => r.boolean() }
    case 'integer':
      return { write: (w, value: number) => w.integer(value), read: (r) => Number(r.number()) }
    case 'unsigned64':
      return { write: (w, value: number | bigint) => w.integer(value), read: (r) => r.number() }
    case 'number':
      return { write: (w, value: number) => w.double(value), read: (r) => Number(r.number()) }
    case 'durationText':
    case 'durationNanoseconds':
      return {
        write: (w, valueMs: number) => w.integer(BigInt(Math.round(valueMs * 1e6))),
        read: (r) => Number(r.number()) / 1e6,
      }
    case 'bytes':
      return {
        write: (w, value: Uint8Array | null) => (value === null ? w.nil() : w.bytes(value)),
        read: (r) => Buffer.from(r.bytes()),
      }
    case 'stringList':
      return { write: writeTextList, read: readTextList }
    case 'stringMap':
      return mapCodec<string>(
        (w, value) => w.string(value),
        (r) => (r.takeNil() ? '' : r.string()),
      )
    case 'stringListMap':
      return mapCodec<readonly string[]>(writeTextList, (r) => (r.takeNil() ? [] : readTextList(r)))
    case 'struct':
    case 'structPointer': {
      const table = lazy(field)
      return {
        write: (w, value: object | null) => (value === null ? w.nil() : table().write(w, value)),
        read: (r) => table().read(r),
      }
    }
    case 'structList': {
      const table = lazy(field)
      return {
        write: (w, list: readonly object[] | null) => {
          if (list === null) return w.nil()
          w.listHeader(list.length)
          for (const item of list) table().write(w, item)
        },
        read: (r) => Array.from({ length: r.listHeader() }, () => table().read(r)),
      }
    }
    case 'structMap': {
      const table = lazy(field)
      return mapCodec<object>(
        (w, value) => table().write(w, value),
        (r) => table().read(r),
      )
    }
    case 'json':
      return {
        write: (w, value: JsonValue) => w.string(JSON.stringify(value)),
        read: (r) => JSON.parse(r.string()) as JsonValue,
      }
  }
}

const lazy = (field: Field<unknown>): (() => MsgpackCodec<object>) => {
  let codec: MsgpackCodec<object> | undefined
  return () => (codec ??= msgpackCodec((field.table as () => FieldTable<object>)()))
}

function writeTextList(w: MsgpackWriter, list: readonly string[] | null): void {
  if (list === null) return w.nil()
  w.listHeader(list.length)
  for (const item of list) w.string(item)
}

const readTextList = (r: MsgpackReader): string[] => Array.from({ length: r.listHeader() }, () => r.string())

function mapCodec<T>(write: (w: MsgpackWriter, value: T) => void, read: (r: MsgpackReader) => T) {
  return {
    write: (w: MsgpackWriter, map: Readonly<Record<string, T>> | null) => {
      if (map === null) return w.nil()
      const entries = Object.entries(map)
      w.mapHeader(entries.length)
      for (const [key, value] of entries) {
        w.string(key)
        write(w, value)
      }
    },
    read: (r: MsgpackReader): Record<string, T> => {
      const map: Record<string, T> = Object.create(null)
      for (let left = r.mapHeader(); left > 0; left--) {
        const key = r.string()
        map[key] = read(r)
      }
      return map
    },
  }
}
