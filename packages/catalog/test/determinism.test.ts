import { SeededRandom } from '@sd/runtime/testing'
import { CatalogStateMachine, encodeCommand } from '../src'
import { bytesOf, CommandSource, cut, hashOf } from './fixtures'

const SEEDS = Number(process.env['FUZZ_RUNS'] ?? 6)

describe('two replicas with the same log', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'have the same state and results, whatever the batches and restarts are (seed %i)',
    async (seed) => {
      const source = new CommandSource(new SeededRandom(seed))
      const entries = Array.from({ length: 1_000 }, (_, i) => ({
        index: i + 10,
        term: 1,
        data: encodeCommand(source.next(i + 10)),
      }))
      const first = new CatalogStateMachine()
      const results = entries.flatMap((entry) => first.apply([entry]))
      let second = new CatalogStateMachine()
      const other = []
      for (let at = 0; at < entries.length; at += 64) {
        other.push(...second.apply(entries.slice(at, at + 64)))
        if (at % 256 !== 0) continue
        const restarted = new CatalogStateMachine()
        await restarted.restore(cut(await bytesOf(second.snapshot()), 1_000))
        second = restarted
      }
      expect(other).toEqual(results)
      expect(await hashOf(second.snapshot())).toBe(await hashOf(first.snapshot()))
      expect(new Set(results.map((result) => result.kind)).size).toBeGreaterThan(3)
    },
  )
})
