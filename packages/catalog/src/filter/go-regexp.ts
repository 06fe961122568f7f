/**
 * Go's regular expressions (RE2), for the operator "matches". Run as a set of states over the text, so that the time is at
 * most text times pattern: no pattern of a user can stall the server, as one that backtracks could.
 */
import { type CharacterTest, type Node, parseRegexp, RegexpFault } from './go-regexp-parser'

/** Steps of a compiled pattern at most; what repeats often is counted as often. */
const PROGRAM_STEPS_MAX = 10_000

type Step =
  | { readonly op: 'character'; readonly test: CharacterTest }
  | { readonly op: 'assert'; readonly kind: Assertion }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'match' }

type Assertion = Extract<Node, { kind: 'assert' }>['what']

export interface CompiledRegexp {
  /** True when the pattern matches anywhere in the text. */
  readonly test: (text: string) => boolean
}

/** The compiled pattern, or Go's error text. */
export function compileRegexp(pattern: string): CompiledRegexp | { error: string } {
  try {
    const program: Step[] = []
    emit(parseRegexp(pattern), program, pattern)
    program.push({ op: 'match' })
    return { test: (text) => run(program, [...text]) }
  } catch (error) {
    if (error instanceof RegexpFault) return { error: error.message }
    throw error
  }
}

function emit(node: Node, program: Step[], pattern: string): void {
  if (program.length > PROGRAM_STEPS_MAX) throw new RegexpFault('expression too large', pattern)
  switch (node.kind) {
    case 'character':
      program.push({ op: 'character', test: node.test })
      return
    case 'assert':
      program.push({ op: 'assert', kind: node.what })
      return
    case 'sequence':
      for (const item of node.items) emit(item, program, pattern)
      return
    case 'choice':
      emitChoice(node.items, program, pattern)
      return
    case 'repeat':
      emitRepeat(node, program, pattern)
      return
  }
}

function emitChoice(items: readonly Node[], program: Step[], pattern: string): void {
  const jumps: { op: 'jump'; to: number }[] = []
  items.forEach((item, position) => {
    if (position === items.length - 1) return emit(item, program, pattern)
    const split: Step = { op: 'split', first: program.length + 1, second: 0 }
    program.push(split)
    emit(item, program, pattern)
    const jump = { op: 'jump' as const, to: 0 }
    jumps.push(jump)
    program.push(jump)
    split.second = program.length
  })
  for (const jump of jumps) jump.to = program.length
}

function emitRepeat(node: Extract<Node, { kind: 'repeat' }>, program: Step[], pattern: string): void {
  for (let i = 0; i < node.least; i++) emit(node.item, program, pattern)
  if (node.most === Infinity) {
    const start = program.length
    const split: Step = { op: 'split', first: start + 1, second: 0 }
    program.push(split)
    emit(node.item, program, pattern)
    program.push({ op: 'jump', to: start })
    split.second = program.length
    return
  }
  const splits: { second: number }[] = []
  for (let i = node.least; i < node.most; i++) {
    const split = { op: 'split' as const, first: program.length + 1, second: 0 }
    splits.push(split)
    program.push(split)
    emit(node.item, program, pattern)
  }
  for (const split of splits) split.second = program.length
}

function run(program: readonly Step[], text: readonly string[]): boolean {
  let states: number[] = []
  for (let at = 0; at <= text.length; at++) {
    const reached = new Uint8Array(program.length)
    const here: number[] = []
    let isMatch = false
    // A match may start at each place.
    const pending = [0, ...states]
    while (pending.length > 0) {
      const position = pending.pop() as number
      if (reached[position] === 1) continue
      reached[position] = 1
      const step = program[position] as Step
      if (step.op === 'match') isMatch = true
      else if (step.op === 'jump') pending.push(step.to)
      else if (step.op === 'split') pending.push(step.second, step.first)
      else if (step.op === 'character') here.push(position)
      else if (holds(step.kind, text, at)) pending.push(position + 1)
    }
    if (isMatch) return true
    const character = text[at]
    if (character === undefined) return false
    states = here
      .filter((position) => (program[position] as Extract<Step, { op: 'character' }>).test(character))
      .map((position) => position + 1)
  }
  return false
}

const isWord = (character: string | undefined): boolean => character !== undefined && /^[0-9A-Za-z_]$/.test(character)

function holds(kind: Assertion, text: readonly string[], at: number): boolean {
  switch (kind) {
    case 'textStart':
      return at === 0
    case 'textEnd':
      return at === text.length
    case 'lineStart':
      return at === 0 || text[at - 1] === '\n'
    case 'lineEnd':
      return at === text.length || text[at] === '\n'
    case 'wordBoundary':
      return isWord(text[at - 1]) !== isWord(text[at])
    case 'noWordBoundary':
      return isWord(text[at - 1]) === isWord(text[at])
  }
}
