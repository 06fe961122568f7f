import { kvEntryFields } from '@sd/model'
import { SeededRandom } from '@sd/runtime/testing'
import { CatalogStateMachine, encodeCommand, listKeys } from '../src'
import { bytesOf, CommandSource, cut, hashOf } from './fixtures'

describe('a snapshot', () => {
  it('shows the state at its moment while writes go on', async () => {
    const source = new CommandSource(new SeededRandom(3))
    const machine = new CatalogStateMachine()
    const apply = (index: number) => machine.apply([{ index, term: 1, data: encodeCommand(source.next(index)) }])
    for (let index = 10; index < 600; index++) apply(index)
    const before = await hashOf(machine.snapshot())
    const snapshot = machine.snapshot()
    const chunks: Uint8Array[] = []
    let index = 600
    for await (const chunk of snapshot.chunks()) {
      chunks.push(chunk)
      for (let i = 0; i < 200; i++) apply(index++)
    }
    for (let i = 0; i < 500; i++) apply(index++)
    const restored = new CatalogStateMachine()
    await restored.restore(cut(Buffer.concat(chunks), 7))
    expect(await hashOf(restored.snapshot())).toBe(before)
    expect(await hashOf(snapshot)).toBe(before)
    expect(await hashOf(machine.snapshot())).not.toBe(before)
  })

  it('costs no more to take of 20,000 keys than of few', () => {
    const machine = new CatalogStateMachine()
    const set = (i: number) =>
      machine.applyCommand(i, {
        type: 'kv',
        verb: 'set',
        entry: kvEntryFields.create({ key: `key/${i}`, value: Buffer.from('x') }),
      })
    for (let i = 1; i <= 20_000; i++) set(i)
    // A cost in proportion to the keys would take minutes here.
    for (let i = 0; i < 20_000; i++) machine.snapshot()
    expect(listKeys(machine.tables, 'key/1999').value.length).toBe(11)
  })

  it('that is cut, changed or longer is refused and leaves the state as it was', async () => {
    const source = new CommandSource(new SeededRandom(5))
    const machine = new CatalogStateMachine()
    for (let index = 10; index < 300; index++) machine.applyCommand(index, source.next(index))
    const bytes = await bytesOf(machine.snapshot())
    const target = new CatalogStateMachine()
    target.applyCommand(1, { type: 'kv', verb: 'set', entry: kvEntryFields.create({ key: 'kept' }) })
    const before = await hashOf(target.snapshot())
    const damaged = [
      Buffer.alloc(0),
      bytes.subarray(0, 5),
      bytes.subarray(0, bytes.length - 1),
      bytes.subarray(0, bytes.length >> 1),
      Buffer.concat([bytes, Buffer.of(1)]),
      Buffer.concat([Buffer.from('X'), bytes.subarray(1)]),
      Buffer.concat([bytes.subarray(0, 13), Buffer.of(77), bytes.subarray(14)]),
    ]
    for (const candidate of damaged) {
      await expect(target.restore(cut(candidate, 100))).rejects.toMatchObject({ code: 'CATALOG_UNREADABLE_SNAPSHOT' })
    }
    expect(await hashOf(target.snapshot())).toBe(before)
  })

  it('with random damage is restored or refused with a code, never half', async () => {
    const source = new CommandSource(new SeededRandom(6))
    const machine = new CatalogStateMachine()
    for (let index = 10; index < 60; index++) machine.applyCommand(index, source.next(index))
    const bytes = await bytesOf(machine.snapshot())
    const random = new SeededRandom(8)
    for (let run = 0; run < Number(process.env['FUZZ_RUNS'] ?? 300); run++) {
      const copy = Buffer.from(bytes)
      copy[Math.floor(random.next() * copy.length)] = Math.floor(random.next() * 256)
      const target = new CatalogStateMachine()
      const empty = await hashOf(target.snapshot())
      const outcome = await target.restore(cut(copy, 333)).then(
        () => undefined,
        (error: { code?: string }) => error,
      )
      if (outcome === undefined) continue
      expect(outcome.code).toBe('CATALOG_UNREADABLE_SNAPSHOT')
      expect(await hashOf(target.snapshot())).toBe(empty)
    }
  })
})
