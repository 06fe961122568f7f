import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeFields, type NodeService, nodeServiceFields } from '@sd/model'
import { isSdError, randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { createFilter } from './filter'
import { checkServiceNodeSelectors, nodeServiceSelectors } from './selectors'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 2_000)

interface GoldenFilter {
  readonly filter: string
  readonly value: object
  readonly outcome: boolean | string
}

/** Recorded from go-bexpr 0.1.2 and Go's regexp package. */
const golden = (name: string) => JSON.parse(readFileSync(join(__dirname, '../../test/golden', name), 'utf8')) as unknown

function outcomeOf(filter: string, value: NodeService): boolean | string {
  try {
    return createFilter<NodeService>(filter, nodeServiceSelectors)(value)
  } catch (error) {
    if (!isSdError(error, 'CATALOG_INVALID_FILTER')) throw error
    return error.message.replace('Failed to create boolean expression evaluator: ', '')
  }
}

describe('createFilter', () => {
  it('decides and refuses as go-bexpr does', () => {
    for (const { filter, value, outcome } of golden('filters.json') as GoldenFilter[]) {
      expect([filter, outcomeOf(filter, decodeFields(nodeServiceFields, value))]).toEqual([filter, outcome])
    }
  })

  it('matches and refuses regular expressions as Go does', () => {
    const regexps = golden('regexps.json') as Record<string, string | Record<string, boolean>>
    for (const [pattern, expected] of Object.entries(regexps)) {
      const texts = typeof expected === 'string' ? { '': expected } : expected
      for (const [text, outcome] of Object.entries(texts)) {
        const got = outcomeOf(`ID matches \`${pattern}\``, nodeServiceFields.create({ id: text }))
        const shown = typeof got === 'string' ? got.replace(/^.*?(?=error parsing)/s, '') : got
        expect([pattern, text, shown]).toEqual([pattern, text, outcome])
      }
    }
  })

  it('runs a pattern that would make a backtracking engine hang', () => {
    const filter = createFilter<NodeService>('ID matches "^(a+)+$"', nodeServiceSelectors)
    expect(filter(nodeServiceFields.create({ id: `${'a'.repeat(2_000)}b` }))).toBe(false)
    expect(filter(nodeServiceFields.create({ id: 'a'.repeat(2_000) }))).toBe(true)
  })

  it('refuses a pattern that would need too much memory, and nesting that would overflow the stack', () => {
    expect(outcomeOf('ID matches "((a{100}){10}b){9}((a{100}){10}b){9}"', nodeServiceFields.create())).toMatch(
      /too large|repeat count/,
    )
    expect(outcomeOf(`${'('.repeat(20_000)}ID == a`, nodeServiceFields.create())).toMatch(/nested too deeply/)
  })

  it('looks into every element of a list', () => {
    const filter = createFilter<object>(
      'Checks.Status == critical and Service.Proxy.DestinationServiceName == db',
      checkServiceNodeSelectors,
    )
    const service = nodeServiceFields.create({ proxy: { DestinationServiceName: 'db' } })
    expect(filter({ node: {}, service, checks: [{ status: 'passing' }, { status: 'critical' }] })).toBe(true)
    expect(filter({ node: {}, service, checks: [{ status: 'passing' }] })).toBe(false)
  })

  it('answers any text with a filter or a coded error', () => {
    const pieces = [
      'ID',
      'Tags',
      'Meta.env',
      '==',
      '!=',
      ' in ',
      ' is empty',
      ' matches ',
      '"',
      '`',
      '(',
      ')',
      '[',
      ']',
      'not ',
      ' and ',
      ' or ',
      '\\',
      'é',
      '\n',
      '0',
      '-1.5',
      '"(a|b)*"',
      '\u{1f600}',
    ]
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = new SeededRandom(seed)
      let text = ''
      for (let left = randomInteger(random, 12); left > 0; left--) text += pieces[randomInteger(random, pieces.length)]
      try {
        expect(['boolean', 'string']).toContain(typeof outcomeOf(text, nodeServiceFields.create({ id: 'ab' })))
      } catch (error) {
        throw new Error(`seed ${seed}: ${text}`, { cause: error })
      }
    }
  })
})
