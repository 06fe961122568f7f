import type { Entry, SnapshotMeta } from '../core/messages'
import type { Storage } from '../ports/storage'

/** What a suite needs of a test runner; jest's `test` and `expect` fit. */
export interface TestTools {
  test(name: string, run: () => Promise<void>): void
  expect(value: unknown): {
    toEqual(expected: unknown): void
    rejects: { toMatchObject(expected: object): Promise<void> }
  }
}

/** Something to try: a fresh place to store, opened as often as the suite likes. */
export interface StorageSubject {
  /** A storage on the same data each time; the one before is closed. */
  reopen(): Storage
  dispose?(): Promise<void>
}

const entry = (index: number, term: number, text = `entry ${index}`): Entry => ({
  ...{ index, term, kind: 'command', data: Buffer.from(text) },
})

const entries = (from: number, to: number, term: number): Entry[] =>
  Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term))

const readable = (list: readonly Entry[]) =>
  list.map(({ index, term, kind, data }) => `${index} ${term} ${kind} ${Buffer.from(data).toString()}`)

const metaAt = (index: number, term: number): SnapshotMeta => ({
  ...{ index, term, configuration: { voters: [{ id: 'a', address: 'here' }] }, configurationIndex: 1 },
})

async function* chunksOf(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text)
}

async function readAll(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

/** Declares the tests that every storage passes. */
export function storageContract({ test, expect }: TestTools, makeSubject: () => Promise<StorageSubject>): void {
  const withSubject = (run: (subject: StorageSubject) => Promise<void>) => async () => {
    const subject = await makeSubject()
    try {
      await run(subject)
    } finally {
      await subject.dispose?.()
    }
  }
  const open = async (subject: StorageSubject, nodeId = 'a') => {
    const storage = subject.reopen()
    return { storage, state: await storage.open({ nodeId }) }
  }

  test(
    'starts empty',
    withSubject(async (subject) => {
      const { storage, state } = await open(subject)
      expect(state).toEqual({
        ...{ hardState: { term: 0, votedFor: undefined }, snapshot: undefined },
        ...{ base: { index: 0, term: 0 }, entries: [] },
      })
      await storage.close()
    }),
  )

  test(
    'has entries of every kind, term and vote back after it was opened again',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      const mixed: Entry[] = [
        { index: 1, term: 1, kind: 'configuration', data: Buffer.from('{}') },
        { index: 2, term: 2 ** 40, kind: 'noop', data: new Uint8Array(0) },
        { index: 3, term: 2 ** 40, kind: 'command', data: Buffer.alloc(70_000, 'x') },
      ]
      await storage.write({ hardState: { term: 2 ** 40, votedFor: 'é"' }, entries: mixed })
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(state.hardState).toEqual({ term: 2 ** 40, votedFor: 'é"' })
      expect(readable(state.entries)).toEqual(readable(mixed))
      await again.close()
    }),
  )

  test(
    'writes replace what is stored from their first index on',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.write({ hardState: { term: 1, votedFor: undefined }, entries: entries(1, 10, 1) })
      await storage.write({ hardState: undefined, entries: entries(11, 20, 1) })
      await storage.write({ hardState: { term: 2, votedFor: undefined }, entries: entries(6, 7, 2) })
      await storage.write({ hardState: undefined, entries: entries(8, 8, 2) })
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(readable(state.entries)).toEqual(readable([...entries(1, 5, 1), ...entries(6, 8, 2)]))
      await again.close()
    }),
  )

  test(
    'writes that were not waited for act in order',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      const writes = [storage.write({ hardState: { term: 1, votedFor: 'b' }, entries: entries(1, 5, 1) })]
      for (let i = 6; i < 30; i++) writes.push(storage.write({ hardState: undefined, entries: [entry(i, 1)] }))
      await Promise.all(writes)
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(readable(state.entries)).toEqual(readable(entries(1, 29, 1)))
      await again.close()
    }),
  )

  test(
    'keeps at least what compaction leaves, and goes on from there',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.write({ hardState: { term: 1, votedFor: undefined }, entries: entries(1, 50, 1) })
      await storage.writeSnapshot(metaAt(40, 1), chunksOf('state'))
      await storage.compact(30)
      await storage.write({ hardState: undefined, entries: entries(51, 52, 1) })
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(state.base.index <= 30).toEqual(true)
      expect(readable(state.entries.filter(({ index }) => index > 30))).toEqual(readable(entries(31, 52, 1)))
      await again.close()
    }),
  )

  test(
    'gives the newest snapshot back, byte by byte',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.write({ hardState: { term: 3, votedFor: undefined }, entries: entries(1, 9, 3) })
      const large = 'abc'.repeat(300_000)
      for (const index of [3, 5, 7]) await storage.writeSnapshot(metaAt(index, 3), chunksOf(`${index}`, large, ''))
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(state.snapshot).toEqual(metaAt(7, 3))
      expect(await readAll(again.readSnapshot(metaAt(7, 3)))).toEqual(`7${large}`)
      await again.close()
    }),
  )

  test(
    'a snapshot whose source fails leaves the one before',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.write({ hardState: { term: 1, votedFor: undefined }, entries: entries(1, 9, 1) })
      await storage.writeSnapshot(metaAt(3, 1), chunksOf('three'))
      const failing = (async function* () {
        yield Buffer.from('part')
        throw Object.assign(new Error('source failed'), { code: 'SOURCE' })
      })()
      await expect(storage.writeSnapshot(metaAt(5, 1), failing)).rejects.toMatchObject({ code: 'SOURCE' })
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(state.snapshot).toEqual(metaAt(3, 1))
      expect(await readAll(again.readSnapshot(metaAt(3, 1)))).toEqual('three')
      await again.close()
    }),
  )

  test(
    "goes on behind a leader's snapshot after a reset",
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.write({ hardState: { term: 5, votedFor: undefined }, entries: entries(1, 9, 1) })
      await storage.writeSnapshot(metaAt(100, 4), chunksOf('far'))
      await storage.resetLog(metaAt(100, 4))
      await storage.write({ hardState: undefined, entries: entries(101, 102, 5) })
      await storage.close()
      const { storage: again, state } = await open(subject)
      expect(state.base).toEqual({ index: 100, term: 4 })
      expect(readable(state.entries)).toEqual(readable(entries(101, 102, 5)))
      await again.close()
    }),
  )

  test(
    'refuses another node',
    withSubject(async (subject) => {
      const { storage } = await open(subject)
      await storage.close()
      const other = subject.reopen()
      await expect(other.open({ nodeId: 'b' })).rejects.toMatchObject({ code: 'RAFT_STORAGE_WRONG_NODE' })
      await other.close()
    }),
  )
}
