import { VirtualClock, SeededRandom } from '@sd/runtime/testing'
import { SmallConsul } from '../test/small-consul'
import { ApiError, ConsulClient, type QueryResult, type ReadOptions, watch } from './index'

const result = <T>(value: T, index: number): QueryResult<T> => ({
  value,
  meta: { index, knownLeader: true, lastContactMs: 0 },
})

/** A read that answers from a script and notes what it was asked; it aborts the watch at the end of the script. */
function scripted(script: readonly (QueryResult<string> | Error)[]) {
  const controller = new AbortController()
  const asked: (number | undefined)[] = []
  let at = 0
  const read = async ({ minIndex }: ReadOptions): Promise<QueryResult<string>> => {
    asked.push(minIndex)
    const item = script[at++]
    if (!item) {
      controller.abort()
      throw new Error('aborted')
    }
    if (item instanceof Error) throw item
    return item
  }
  return { read, asked, signal: controller.signal }
}

describe('watch', () => {
  it('yields the first value and then changes only', async () => {
    const { read, asked, signal } = scripted([result('a', 5), result('a', 5), result('b', 7)])
    const seen: string[] = []
    for await (const { value } of watch(read, { signal, retryMinMs: 0 })) seen.push(value)
    expect(seen).toEqual(['a', 'b'])
    expect(asked).toEqual([undefined, 5, 5, 7])
  })

  it('starts over when the index goes back', async () => {
    const { read, asked, signal } = scripted([result('a', 50), result('b', 3), result('b', 3), result('c', 4)])
    const seen: string[] = []
    for await (const { value } of watch(read, { signal, retryMinMs: 0 })) seen.push(value)
    expect(seen).toEqual(['a', 'b', 'c'])
    expect(asked).toEqual([undefined, 50, undefined, 3, 4])
  })

  it('waits longer with every failure in a row, and asks again from where it was', async () => {
    const failure = new ApiError(500, 'No cluster leader')
    const { read, asked, signal } = scripted([result('a', 5), failure, failure, failure, result('b', 6), failure])
    const clock = new VirtualClock()
    const delays: number[] = []
    const seen: string[] = []
    const random = { next: () => 0 }
    const done = (async () => {
      const options = { signal, clock, random, onRetry: (_: unknown, delayMs: number) => delays.push(delayMs) }
      for await (const { value } of watch(read, { ...options, retryMinMs: 100, retryMaxMs: 300 })) seen.push(value)
    })()
    await clock.advance(10_000)
    await done
    expect(delays).toEqual([100, 200, 300, 100])
    expect(seen).toEqual(['a', 'b'])
    expect(asked).toEqual([undefined, 5, 5, 5, 5, 6, 6])
  })

  it('ends with an error that does not pass', async () => {
    const { read, signal } = scripted([new ApiError(403, 'Permission denied')])
    const done = (async () => {
      for await (const _ of watch(read, { signal })) throw new Error('unexpected')
    })()
    await expect(done).rejects.toThrow('Permission denied')
  })

  it('does not ask in a loop when the server names no index', async () => {
    const clock = new VirtualClock()
    let asked = 0
    const controller = new AbortController()
    const read = async () => {
      asked++
      return result('a', 0)
    }
    const done = (async () => {
      for await (const _ of watch(read, { signal: controller.signal, clock, random: new SeededRandom(1) })) continue
    })()
    await clock.advance(1_000)
    expect(asked).toBe(6)
    controller.abort()
    await done
  })

  it('sees a change over HTTP and survives a server that breaks the connection', async () => {
    await using consul = await SmallConsul.start()
    await using client = new ConsulClient({ address: consul.address })
    const controller = new AbortController()
    const changes = client.watch((options) => client.kv.get('a', options), {
      signal: controller.signal,
      retryMinMs: 1,
    })
    expect((await changes.next()).value?.value).toBeUndefined()
    const next = changes.next()
    consul.server.closeConnections()
    await client.kv.put('a', 'one')
    expect(Buffer.from((await next).value?.value?.value ?? []).toString()).toBe('one')
    const last = changes.next()
    controller.abort()
    expect(await last).toEqual({ value: undefined, done: true })
  })
})
