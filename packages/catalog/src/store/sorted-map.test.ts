import { SeededRandom } from '@sd/runtime/testing'
import { randomInteger } from '@sd/runtime'
import { SortedMap } from './sorted-map'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 40)

describe('SortedMap', () => {
  it('agrees with a plain map and keeps captured versions, for random writes', () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      const random = new SeededRandom(seed)
      const map = new SortedMap<number>()
      const model = new Map<string, number>()
      const captured: { version: { size: number; values(): Iterable<number> }; expected: number[] }[] = []
      const sorted = () => [...model].sort(([a], [b]) => (a < b ? -1 : 1))
      try {
        for (let step = 0; step < 1_500; step++) {
          const key = `k${randomInteger(random, 600)}/${randomInteger(random, 3)}`
          const isGrowing = step % 500 < 300
          if (random.next() < (isGrowing ? 0.8 : 0.2)) {
            expect(map.set(key, step)).toBe(model.get(key))
            model.set(key, step)
          } else {
            expect(map.delete(key)).toBe(model.get(key))
            model.delete(key)
          }
          if (step % 250 === 0) captured.push({ version: map.capture(), expected: sorted().map(([, value]) => value) })
        }
        expect(map.size).toBe(model.size)
        for (const prefix of ['', 'k1', 'k59', 'k12/', 'z']) {
          const expected = sorted().filter(([key]) => key.startsWith(prefix))
          expect(map.list(prefix)).toEqual(expected.map(([, value]) => value))
          expect(map.first(prefix)).toBe(expected[0]?.[1])
        }
        for (const [key, value] of model) expect(map.get(key)).toBe(value)
        for (const { version, expected } of captured) {
          expect([...version.values()]).toEqual(expected)
          expect(version.size).toBe(expected.length)
        }
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error })
      }
    }
  })

  it('is empty after all keys are deleted, and can be filled again', () => {
    const map = new SortedMap<number>()
    for (let i = 0; i < 5_000; i++) map.set(`key-${i}`, i)
    for (let i = 4_999; i >= 0; i--) map.delete(`key-${i}`)
    expect(map.size).toBe(0)
    expect(map.list('')).toEqual([])
    map.set('again', 1)
    expect(map.list('')).toEqual([1])
  })
})
