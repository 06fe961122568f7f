/** What a text says, before repeated and labelled blocks are folded into objects. */
import type { Position } from './hcl-error'

export interface Key {
  /** As written, quotes included. */
  readonly text: string
  readonly name: string
  readonly position: Position | undefined
}

export interface Item {
  /** One key for `a = 1` and `a {}`; more for labelled blocks. */
  readonly keys: readonly Key[]
  /** Undefined for a JSON key without a value, which HCL lets pass. */
  readonly value: Value | undefined
}

export interface ObjectValue {
  readonly kind: 'object'
  readonly items: readonly Item[]
  readonly position: Position | undefined
}

export interface ListValue {
  readonly kind: 'list'
  readonly elements: readonly Value[]
  readonly position: Position | undefined
}

export interface LiteralValue {
  readonly kind: 'boolean' | 'integer' | 'float' | 'string' | 'heredoc'
  /** As written; for strings and heredocs `content` is what it means. */
  readonly text: string
  readonly content: string
  readonly position: Position | undefined
}

export type Value = ObjectValue | ListValue | LiteralValue

/** HCL's own name of a value's type, which its error texts show. */
export function typeName(value: Value | { readonly kind: 'items' }): string {
  switch (value.kind) {
    case 'object':
      return '*ast.ObjectType'
    case 'list':
      return '*ast.ListType'
    case 'items':
      return '*ast.ObjectList'
    default:
      return '*ast.LiteralType'
  }
}
