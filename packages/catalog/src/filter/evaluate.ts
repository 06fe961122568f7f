/** Compiles a parsed filter against the selectors of a type: checks all of it once, then runs without checks. */
import { goQuote } from '@sd/runtime'
import { coerce } from './coerce'
import { compileRegexp } from './go-regexp'
import type { Primitive, Selectable, Selectors } from './selectors'
import type { Expression, MatchExpression, Operator } from './syntax-tree'

export type Predicate = (value: unknown) => boolean

/** Thrown while compiling; the message is go-bexpr's. */
export class FilterFault extends Error {}

export function compile(expression: Expression, selectors: Selectors): Predicate {
  switch (expression.kind) {
    case 'not': {
      const operand = compile(expression.operand, selectors)
      return (value) => !operand(value)
    }
    case 'and': {
      const left = compile(expression.left, selectors)
      const right = compile(expression.right, selectors)
      return (value) => left(value) && right(value)
    }
    case 'or': {
      const left = compile(expression.left, selectors)
      const right = compile(expression.right, selectors)
      return (value) => left(value) || right(value)
    }
    case 'match':
      return compileMatch(expression, selectors)
  }
}

/** How go-bexpr calls the operators in its messages. */
const NAMES: Readonly<Record<Operator, string>> = {
  equal: 'Equal',
  notEqual: 'Not Equal',
  in: 'In',
  notIn: 'Not In',
  isEmpty: 'Is Empty',
  isNotEmpty: 'Is Not Empty',
  matches: 'Matches',
  notMatches: 'Not Matches',
}

function compileMatch(expression: MatchExpression, selectors: Selectors): Predicate {
  const { selector, operator } = expression
  const target = resolve(selector, selectors)
  const shown = goQuote(selector.join('.'))
  if (!operatorsOf(target).includes(operator)) {
    throw new FilterFault(`Invalid match operator ${goQuote(NAMES[operator])} for selector ${shown}`)
  }
  const wanted = expression.value === undefined ? undefined : coerceFor(expression.value, target, shown)
  const test = testOf(operator, target, wanted)
  return reach(selector, 0, selectors, operator, test)
}

/** The type that a selector leads to. Lists of structs are looked through. */
function resolve(selector: readonly string[], selectors: Selectors): Selectable {
  let current: Selectable = selectors
  selector.forEach((name, position) => {
    const container = inside(current)
    const next: Selectable | undefined =
      container.kind === 'struct' ? container.fields.get(name)?.of : container.kind === 'map' ? container.of : undefined
    if (next === undefined) {
      throw new FilterFault(`Selector ${goQuote(selector.slice(0, position + 1).join('.'))} is not valid`)
    }
    current = next
  })
  return current
}

const inside = (type: Selectable): Selectable => (type.kind === 'list' ? inside(type.of) : type)

function operatorsOf(type: Selectable): readonly Operator[] {
  switch (type.kind) {
    case 'primitive':
      return type.type === 'string'
        ? ['equal', 'notEqual', 'in', 'notIn', 'matches', 'notMatches']
        : ['equal', 'notEqual']
    case 'list':
      return type.of.kind === 'primitive' ? ['in', 'notIn', 'isEmpty', 'isNotEmpty'] : ['isEmpty', 'isNotEmpty']
    case 'map':
      return ['isEmpty', 'isNotEmpty', 'in', 'notIn']
    case 'struct':
      return []
  }
}

function coerceFor(text: string, target: Selectable, shown: string): string | number | bigint | boolean {
  const type: Primitive =
    target.kind === 'primitive'
      ? target.type
      : target.kind === 'list' && target.of.kind === 'primitive'
        ? target.of.type
        : 'string'
  const outcome = coerce(text, type)
  if ('error' in outcome) {
    throw new FilterFault(`Failed to coerce value ${goQuote(text)} for selector ${shown}: ${outcome.error}`)
  }
  return outcome.value
}

const ZEROS: Readonly<Record<Primitive, string | number | boolean>> = {
  string: '',
  integer: 0,
  unsigned: 0,
  float: 0,
  boolean: false,
}

/** The test at the end of the selector. Absent values are Go's zero values. */
function testOf(operator: Operator, target: Selectable, wanted: unknown): Predicate {
  switch (operator) {
    case 'equal':
    case 'notEqual': {
      const zero = target.kind === 'primitive' ? ZEROS[target.type] : undefined
      return negated(operator === 'notEqual', (value) => (value ?? zero) === wanted)
    }
    case 'matches':
    case 'notMatches': {
      const outcome = compileRegexp(wanted as string)
      if ('error' in outcome) {
        throw new FilterFault(`Failed to compile regular expression ${goQuote(wanted as string)}: ${outcome.error}`)
      }
      return negated(operator === 'notMatches', (value) => outcome.test((value as string | undefined) ?? ''))
    }
    case 'in':
    case 'notIn':
      return negated(operator === 'notIn', (value) => contains(value, wanted))
    case 'isEmpty':
    case 'isNotEmpty':
      return negated(operator === 'isNotEmpty', isEmpty)
  }
}

const negated = (isNegated: boolean, test: Predicate): Predicate => (isNegated ? (value) => !test(value) : test)

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string') return value.includes(wanted as string)
  if (Array.isArray(value)) return value.includes(wanted)
  return typeof value === 'object' && value !== null && Object.hasOwn(value, wanted as string)
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0
}

/** Walks to the end of the selector: any element of a list may do; a missing map key decides by the operator. */
function reach(
  selector: readonly string[],
  depth: number,
  type: Selectable,
  operator: Operator,
  test: Predicate,
): Predicate {
  const name = selector[depth]
  if (name === undefined) return test
  switch (type.kind) {
    case 'list': {
      const item = reach(selector, depth, type.of, operator, test)
      return (value) => Array.isArray(value) && value.some(item)
    }
    case 'map': {
      const next = reach(selector, depth + 1, type.of, operator, test)
      const missing = operator !== 'equal' && operator !== 'isNotEmpty' && operator !== 'in'
      return (value) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? next((value as Record<string, unknown>)[name])
          : missing
    }
    case 'struct': {
      const field = type.fields.get(name)
      if (field === undefined) return () => false
      const { key, of } = field
      const next = reach(selector, depth + 1, of, operator, test)
      return (value) => next((value as Record<string, unknown> | null | undefined)?.[key])
    }
    case 'primitive':
      return () => false
  }
}
