import { type Random, randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { HclError, parseHcl, parseJson } from './index'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 20_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123)

const PIECES = [
  ...['a', 'key', 'foo-bar', 'x.y', '__proto__', 'é', '=', '=', '=', '{', '}', '{', '}', '[', ']', ',', ':', '"'],
  ...['"s"', '"la bel"', '"${a("x")}"', '"\\n\\x41\\u00e9"', '"\\400"', '"\\ud800"', '"a":', '{"b":{"c":'],
  ...['1', '-3', '0x1F', '017', '08', '1.5', '.5e', '1.', '1e999', '99999999999999999999', 'true', 'null', '-', '.'],
  ...[
    '\n',
    '\n',
    ' ',
    '\t',
    '\r\n',
    '\r',
    '# c\n',
    '// d\n',
    '/* e\n */',
    '/',
    '\u0000',
    '\ue123',
    '\ufeff',
    '\\',
    '$',
  ],
  ...['<<EOF\nx\nEOF\n', '<<-EOF\n  a\n   b\n  EOF\n', '<<A\n', '<<-\n', '<'],
]

function randomText(random: Random): string {
  let text = ['', '', '{', '{"a":'][randomInteger(random, 4)] as string
  for (let left = randomInteger(random, 16); left >= 0; left--) {
    text += PIECES[randomInteger(random, PIECES.length)] as string
    if (random.next() < 0.5) text += ' '
  }
  return text
}

/** Runs `read` on random texts; anything but a value or an HclError fails the test, which then prints text and seed. */
function survives(read: (text: string) => unknown): void {
  const random = new SeededRandom(SEED)
  for (let run = 0; run < RUNS; run++) {
    const text = randomText(random)
    try {
      read(text)
    } catch (error) {
      if (!(error instanceof HclError) || error.message === '') {
        throw new Error(`seed ${SEED}, run ${run}, text ${JSON.stringify(text)}: ${String(error)}`, { cause: error })
      }
    }
  }
}

function hasOnlyPlainValues(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(hasOnlyPlainValues)
  if (typeof value !== 'object' || value === null)
    return value === null || ['string', 'number', 'boolean'].includes(typeof value)
  return Object.getPrototypeOf(value) === null && Object.values(value).every(hasOnlyPlainValues)
}

describe('random texts', () => {
  it('are read as HCL to plain values or refused with an HclError', () => {
    survives((text) => {
      if (!hasOnlyPlainValues(parseHcl(text))) throw new Error('gave something that is not plain')
    })
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('are read as bytes with one of them broken', () => {
    const random = new SeededRandom(SEED)
    survives((text) => {
      const bytes = Buffer.from(text)
      bytes[randomInteger(random, bytes.length)] = randomInteger(random, 256)
      parseHcl(bytes)
    })
    expect(RUNS).toBeGreaterThan(0)
  })

  it('are read as JSON exactly when JSON.parse reads them', () => {
    survives((text) => {
      let expected: string | undefined
      try {
        expected = JSON.stringify(JSON.parse(text))
      } catch {
        expected = undefined
      }
      if (expected === undefined) return parseJson(text)
      if (/1e999|\\ud800/.test(text)) return undefined
      if (JSON.stringify(parseJson(text)) !== expected) throw new Error('differs from JSON.parse')
      return undefined
    })
    expect(RUNS).toBeGreaterThan(0)
  })
})
