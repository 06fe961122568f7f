/** JSON as Go prints it, compact or indented. */
import { jsonString } from '@sd/model'

/** Plain objects (members in their order), lists, text, numbers, bigints, booleans and null; undefined members are left out. */
export type Printable =
  null | boolean | number | bigint | string | readonly Printable[] | { readonly [name: string]: Printable | undefined }

export function goJson(value: Printable, indent = ''): string {
  return print(value, indent, '')
}

function print(value: Printable, indent: string, outer: string): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return jsonString(value)
  if (typeof value !== 'object') return String(value)
  const inner = outer + indent
  const isList = Array.isArray(value)
  const items = isList
    ? (value as readonly Printable[]).map((item) => print(item, indent, inner))
    : Object.entries(value as Record<string, Printable | undefined>).flatMap(([name, item]) =>
        item === undefined ? [] : [`${jsonString(name)}:${indent ? ' ' : ''}${print(item, indent, inner)}`],
      )
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  if (items.length === 0) return `${open}${close}`
  if (!indent) return `${open}${items.join(',')}${close}`
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${outer}${close}`
}
