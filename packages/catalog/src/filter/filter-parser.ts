/** The grammar of filters, as go-bexpr 0.1.2 defines it, with its messages. */
import { unquote } from './go-unquote'
import {
  action,
  ahead,
  character,
  choice,
  literal,
  notAhead,
  oneOrMore,
  optional,
  type Peg,
  PegParser,
  refuse,
  rule,
  sequence,
  zeroOrMore,
} from './peg'
import type { Expression, Operator } from './syntax-tree'

/** The expression, or go-bexpr's error text. */
export function parseFilter(text: string): { expression: Expression } | { error: string } {
  try {
    const outcome = PegParser.parse(text, input)
    return 'error' in outcome ? outcome : { expression: outcome.value as Expression }
  } catch (error) {
    if (error instanceof RangeError) return { error: error.message }
    throw error
  }
}

/** The value of one member of a sequence. */
const pick = (position: number, ...pegs: Peg[]): Peg =>
  action(sequence(...pegs), (values) => (values as unknown[])[position])
const operator = (value: Operator, ...pegs: Peg[]): Peg => action(sequence(...pegs), () => value)

const space = rule('"whitespace"', () => oneOrMore(character(/[ \t\r\n]/, '[ \\t\\r\\n]')))
const maybeSpace = optional(space)
const any = character(/[^]/u, '.')
const end = rule('EOF', () => notAhead(any))

const input: Peg = rule('Input', () =>
  choice(
    pick(3, maybeSpace, literal('('), maybeSpace, orExpression, maybeSpace, literal(')'), maybeSpace, end),
    pick(1, maybeSpace, orExpression, maybeSpace, end),
  ),
)

const binary = (kind: 'and' | 'or', left: Peg, right: Peg): Peg =>
  action(sequence(left, space, literal(kind), space, right), (values) => {
    const [first, , , , second] = values as unknown[]
    return { kind, left: first, right: second }
  })

const orExpression: Peg = rule('OrExpression', () => choice(binary('or', andExpression, orExpression), andExpression))
const andExpression: Peg = rule('AndExpression', () =>
  choice(binary('and', notExpression, andExpression), notExpression),
)

const notExpression: Peg = rule('NotExpression', () =>
  choice(
    action(sequence(literal('not'), space, notExpression), (values) => {
      const operand = (values as unknown[])[2] as Expression
      return operand?.kind === 'not' ? operand.operand : { kind: 'not', operand }
    }),
    parenthesized,
  ),
)

const parenthesized: Peg = rule('"grouping"', () =>
  choice(
    pick(2, literal('('), maybeSpace, orExpression, maybeSpace, literal(')')),
    match,
    sequence(
      literal('('),
      maybeSpace,
      orExpression,
      maybeSpace,
      notAhead(literal(')')),
      refuse('Unmatched parentheses'),
    ),
  ),
)

const match: Peg = rule('"match"', () => choice(selectorOpValue, selectorOp, valueOpSelector))

const matchOf = (values: unknown, selector: number, value: number | undefined) => {
  const list = values as unknown[]
  return {
    kind: 'match',
    selector: list[selector],
    operator: list[1],
    value: value === undefined ? undefined : list[value],
  }
}

const selectorOpValue: Peg = rule(
  'MatchSelectorOpValue',
  () =>
    action(sequence(selector, choice(equal, notEqual, contains, notContains, matches, notMatches), value), (values) =>
      matchOf(values, 0, 2),
    ),
  '"match"',
)
const selectorOp: Peg = rule(
  'MatchSelectorOp',
  () => action(sequence(selector, choice(isEmpty, isNotEmpty)), (values) => matchOf(values, 0, undefined)),
  '"match"',
)
const valueOpSelector: Peg = rule(
  'MatchValueOpSelector',
  () =>
    choice(
      action(sequence(value, choice(isIn, isNotIn), selector), (values) => matchOf(values, 2, 0)),
      sequence(value, choice(isIn, isNotIn), notAhead(selector), refuse('Invalid selector')),
    ),
  '"match"',
)

const equal = rule('MatchEqual', () => operator('equal', maybeSpace, literal('=='), maybeSpace))
const notEqual = rule('MatchNotEqual', () => operator('notEqual', maybeSpace, literal('!='), maybeSpace))
const isEmpty = rule('MatchIsEmpty', () => operator('isEmpty', space, literal('is'), space, literal('empty')))
const isNotEmpty = rule('MatchIsNotEmpty', () =>
  operator('isNotEmpty', space, literal('is'), space, literal('not'), space, literal('empty')),
)
const isIn = rule('MatchIn', () => operator('in', space, literal('in'), space))
const isNotIn = rule('MatchNotIn', () => operator('notIn', space, literal('not'), space, literal('in'), space))
const contains = rule('MatchContains', () => operator('in', space, literal('contains'), space))
const notContains = rule('MatchNotContains', () =>
  operator('notIn', space, literal('not'), space, literal('contains'), space),
)
const matches = rule('MatchMatches', () => operator('matches', space, literal('matches'), space))
const notMatches = rule('MatchNotMatches', () =>
  operator('notMatches', space, literal('not'), space, literal('matches'), space),
)

const selector: Peg = rule('"selector"', () =>
  action(sequence(identifier, zeroOrMore(selectorOrIndex)), (values) => {
    const [first, rest] = values as [string, string[]]
    return [first, ...rest]
  }),
)
const identifier = rule('Identifier', () =>
  action(
    sequence(character(/[a-zA-Z]/, '[a-zA-Z]'), zeroOrMore(character(/[a-zA-Z0-9_]/, '[a-zA-Z0-9_]'))),
    (_, text) => text,
  ),
)
const selectorOrIndex: Peg = rule('SelectorOrIndex', () => choice(pick(1, literal('.'), identifier), indexExpression))
const indexExpression: Peg = rule('"index"', () =>
  choice(
    pick(2, literal('['), maybeSpace, stringLiteral, maybeSpace, literal(']')),
    sequence(literal('['), maybeSpace, notAhead(stringLiteral), refuse('Invalid index')),
    sequence(
      literal('['),
      maybeSpace,
      stringLiteral,
      maybeSpace,
      notAhead(literal(']')),
      refuse('Unclosed index expression'),
    ),
  ),
)

const value: Peg = rule('"value"', () =>
  choice(
    action(selector, (parts) => (parts as string[]).join('.')),
    numberLiteral,
    stringLiteral,
  ),
)
const digit = character(/[0-9]/, '[0-9]')
const integerOrFloat = rule('IntegerOrFloat', () =>
  sequence(
    choice(literal('0'), sequence(character(/[1-9]/, '[1-9]'), zeroOrMore(digit))),
    optional(sequence(literal('.'), oneOrMore(digit))),
  ),
)
const afterNumbers = rule('AfterNumbers', () => ahead(choice(space, end, literal(')'))))
const numberLiteral: Peg = rule('"number"', () =>
  choice(
    action(sequence(optional(literal('-')), integerOrFloat, ahead(afterNumbers)), (_, text) => text),
    sequence(optional(literal('-')), integerOrFloat, notAhead(afterNumbers), refuse('Invalid number literal')),
  ),
)
const rawCharacters = zeroOrMore(rule('RawStringChar', () => sequence(notAhead(literal('`')), any)))
const doubleCharacters = zeroOrMore(rule('DoubleStringChar', () => sequence(notAhead(literal('"')), any)))
const stringLiteral: Peg = rule('"string"', () =>
  choice(
    action(
      choice(
        sequence(literal('`'), rawCharacters, literal('`')),
        sequence(literal('"'), doubleCharacters, literal('"')),
      ),
      (_, text) => unquote(text),
    ),
    sequence(
      choice(sequence(literal('`'), rawCharacters), sequence(literal('"'), doubleCharacters)),
      end,
      refuse('Unterminated string literal'),
    ),
  ),
)
