import { type Position, positionText } from './hcl-error'

/** Named as in HCL, because its error texts show them. */
export type TokenType =
  | 'ILLEGAL'
  | 'EOF'
  | 'COMMENT'
  | 'IDENT'
  | 'NUMBER'
  | 'FLOAT'
  | 'BOOL'
  | 'STRING'
  | 'HEREDOC'
  | 'NULL'
  | 'LBRACK'
  | 'LBRACE'
  | 'COMMA'
  | 'COLON'
  | 'PERIOD'
  | 'RBRACK'
  | 'RBRACE'
  | 'ASSIGN'
  | 'ADD'
  | 'SUB'

export interface Token {
  readonly type: TokenType
  readonly text: string
  readonly position: Position
}

export const tokenText = (token: Token): string => `${positionText(token.position)} ${token.type} ${token.text}`
