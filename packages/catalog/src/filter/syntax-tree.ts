/** A parsed filter. */
export type Operator = 'equal' | 'notEqual' | 'in' | 'notIn' | 'isEmpty' | 'isNotEmpty' | 'matches' | 'notMatches'

export type Expression =
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | MatchExpression

export interface MatchExpression {
  readonly kind: 'match'
  readonly selector: readonly string[]
  readonly operator: Operator
  /** As written; absent for "is empty" and "is not empty". */
  readonly value: string | undefined
}
