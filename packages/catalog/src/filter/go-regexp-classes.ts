/** Character classes of Go's regular expressions. */

type CharacterTest = (character: string) => boolean

/** Without regard to case when `ignoreCase`, then turned around when `isNegated`: Go folds first. */
function fit(test: CharacterTest, ignoreCase: boolean, isNegated: boolean): CharacterTest {
  const folded: CharacterTest = ignoreCase
    ? (character) => test(character) || test(character.toLowerCase()) || test(character.toUpperCase())
    : test
  return isNegated ? (character) => !folded(character) : folded
}

const PERL: Readonly<Record<string, RegExp>> = {
  d: /^[0-9]$/,
  s: /^[\t\n\f\r ]$/,
  w: /^[0-9A-Za-z_]$/,
}

/** `\d` and the like, by letter; a capital letter is the opposite. */
export function escapeClass(letter: string, ignoreCase: boolean): CharacterTest | undefined {
  const pattern = /^[dswDSW]$/.test(letter) ? PERL[letter.toLowerCase()] : undefined
  if (pattern === undefined) return undefined
  return fit((character) => pattern.test(character), ignoreCase, /[DSW]/.test(letter))
}

const POSIX: Readonly<Record<string, RegExp>> = {
  alnum: /^[0-9A-Za-z]$/,
  alpha: /^[A-Za-z]$/,
  ascii: /^[\0-\x7f]$/,
  blank: /^[\t ]$/,
  cntrl: /^[\0-\x1f\x7f]$/,
  digit: /^[0-9]$/,
  graph: /^[!-~]$/,
  lower: /^[a-z]$/,
  print: /^[ -~]$/,
  punct: /^[!-/:-@[-`{-~]$/,
  space: /^[\t\n\v\f\r ]$/,
  upper: /^[A-Z]$/,
  word: /^[0-9A-Za-z_]$/,
  xdigit: /^[0-9A-Fa-f]$/,
}

/** `[:alpha:]`, `[:^alpha:]`. */
export function posixClass(name: string, ignoreCase: boolean): CharacterTest | undefined {
  const isNegated = name.startsWith('[:^')
  const word = name.slice(isNegated ? 3 : 2, -2)
  const pattern = Object.hasOwn(POSIX, word) ? POSIX[word] : undefined
  return pattern === undefined ? undefined : fit((character) => pattern.test(character), ignoreCase, isNegated)
}

/** A general category ("L", "Lu") or a script ("Greek"). */
export function unicodeClass(name: string, ignoreCase: boolean): CharacterTest | undefined {
  if (name === 'Any') return () => true
  if (!/^[A-Za-z_]+$/.test(name)) return undefined
  const property = /^[A-Z][a-z]?$/.test(name) ? `gc=${name}` : `sc=${name}`
  try {
    const pattern = new RegExp(`^\\p{${property}}$`, 'u')
    return fit((character) => pattern.test(character), ignoreCase, false)
  } catch {
    return undefined
  }
}

/** Characters in any of the ranges. */
export function rangesTest(
  ranges: readonly (readonly [low: string, high: string])[],
  ignoreCase: boolean,
): CharacterTest {
  const codes = ranges.map(([low, high]) => [low.codePointAt(0) as number, high.codePointAt(0) as number] as const)
  const isInside: CharacterTest = (character) => {
    const code = character.codePointAt(0) as number
    return codes.some(([low, high]) => code >= low && code <= high)
  }
  return fit(isInside, ignoreCase, false)
}
