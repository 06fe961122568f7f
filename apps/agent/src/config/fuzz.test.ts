import { type Random, randomInteger, isSdError } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { configSchema, deprecatedSchema } from './config-schema'
import type { AnyField, Fields } from './field'
import { redactConfig } from './index'
import { loadText } from './testing/validate-text'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3_000)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_123)

const pick = <T>(random: Random, items: readonly T[]): T => items[randomInteger(random, items.length)] as T

const WORDS = [
  '',
  'a',
  '5s',
  '-1',
  '10.0.0.1',
  '::1',
  'unix:///x',
  '{{ GetPrivateIP }}',
  '{{',
  '1h',
  '\u0000',
  'é"\n',
  'dc1',
  'x'.repeat(70),
]
const KEYS = ['__proto__', 'constructor', 'toString', 'bogus', '', 'é']

function scalar(random: Random): unknown {
  return pick(random, [
    () => pick(random, WORDS),
    () => randomInteger(random, 70_000) - 10,
    () => random.next() < 0.5,
    () => null,
    () => 1.5,
    () => 1e300,
  ])()
}

/** A value that mostly fits the field, sometimes not at all. */
function valueFor(random: Random, field: AnyField, depth: number): unknown {
  if (random.next() < 0.08) return anything(random, depth)
  const many = <T>(make: () => T) => Array.from({ length: randomInteger(random, 3) }, make)
  const named = (make: () => unknown) => Object.fromEntries(many(() => [pick(random, [...WORDS, ...KEYS]), make()]))
  switch (field.kind) {
    case 'boolean':
      return random.next() < 0.5
    case 'integer':
    case 'unsigned':
    case 'float':
      return pick(random, [0, 1, 3, 80, 8500, 70_000, -1])
    case 'text':
    case 'duration':
      return pick(random, WORDS)
    case 'textList':
      return many(() => pick(random, WORDS))
    case 'textMap':
    case 'durationMap':
      return named(() => pick(random, WORDS))
    case 'textListMap':
      return named(() => many(() => pick(random, WORDS)))
    case 'anyMap':
      return named(() => anything(random, depth + 1))
    case 'anyMapList':
      return many(() => named(() => anything(random, depth + 1)))
    case 'block':
      return tree(random, field.fields, depth + 1)
    case 'nested':
      return tree(random, field.fields(), depth + 1)
    case 'blockList':
      return many(() => tree(random, field.fields(), depth + 1))
    case 'blockMap':
      return named(() => tree(random, field.fields(), depth + 1))
  }
}

function anything(random: Random, depth: number): unknown {
  if (depth > 4 || random.next() < 0.6) return scalar(random)
  if (random.next() < 0.5) return Array.from({ length: randomInteger(random, 3) }, () => anything(random, depth + 1))
  return Object.fromEntries([[pick(random, KEYS), anything(random, depth + 1)]])
}

function tree(random: Random, fields: Fields, depth: number): Record<string, unknown> {
  const result: [string, unknown][] = []
  const names = Object.keys(fields)
  for (let left = randomInteger(random, depth === 0 ? 6 : 3); left > 0; left--) {
    const name = pick(random, names)
    const written = random.next() < 0.1 ? name.toUpperCase() : name
    result.push([written, valueFor(random, fields[name] as AnyField, depth)])
  }
  if (random.next() < 0.05) result.push([pick(random, KEYS), anything(random, depth)])
  return Object.fromEntries(result)
}

describe('random configurations', () => {
  it('load or are refused with a sentence', () => {
    const random = new SeededRandom(SEED)
    let accepted = 0
    for (let run = 0; run < RUNS; run++) {
      const text = JSON.stringify({
        data_dir: '/nonexistent/data',
        ...tree(random, { ...configSchema, ...deprecatedSchema }, 0),
      })
      try {
        JSON.stringify(redactConfig(loadText('json', text).config))
        accepted++
      } catch (error) {
        if (isSdError(error, 'CONFIG_INVALID') && error.message !== '') continue
        throw new Error(`seed ${SEED}, run ${run}: ${text}: ${String(error)}`, { cause: error })
      }
    }
    expect(accepted).toBeGreaterThan(RUNS / 50)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  it('refuse what nests too deep', () => {
    expect(() => loadText('json', '{"a":'.repeat(50_000))).toThrow('failed to parse FILE: exceeded max depth')
    expect(() => loadText('hcl', 'a {'.repeat(50_000))).toThrow(/failed to parse FILE: .*nested deeper/)
  })
})
