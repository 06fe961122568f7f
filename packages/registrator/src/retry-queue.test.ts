import { SeededRandom, VirtualClock } from '@sd/runtime/testing'
import { backoffDelayMs } from './backoff'
import { RetryQueue } from './retry-queue'

/** Randomness that takes the full delay. */
const late = { next: () => 0.999_999_999 }

const setUp = (concurrency = 2) => {
  const clock = new VirtualClock()
  const started: string[] = []
  const running = new Map<string, { succeed: () => void; fail: () => void }>()
  const retries: number[] = []
  const queue = new RetryQueue(
    {
      clock,
      random: late,
      run: (key) => {
        started.push(key)
        return new Promise((resolve, reject) =>
          running.set(key, { succeed: resolve, fail: () => reject(new Error('no')) }),
        )
      },
      failed: (_key, _error, { retryInMs }) => retries.push(Math.round(retryInMs)),
    },
    { minMs: 100, maxMs: 400, concurrency },
  )
  const succeed = async (key: string) => {
    running.get(key)?.succeed()
    await clock.advance(0)
  }
  const fail = async (key: string) => {
    running.get(key)?.fail()
    await clock.advance(0)
  }
  return { clock, started, retries, queue, succeed, fail }
}

test('runs so many at once, first come first served', async () => {
  const { queue, started, succeed } = setUp(2)
  for (const key of ['a', 'b', 'c', 'd']) queue.add(key)
  expect(started).toEqual(['a', 'b'])
  await succeed('b')
  expect(started).toEqual(['a', 'b', 'c'])
  expect(queue.size).toBe(3)
})

test('runs a key once more, and only once, when it is added while it runs', async () => {
  const { queue, started, succeed } = setUp()
  queue.add('a')
  queue.add('a')
  queue.add('a')
  expect(started).toEqual(['a'])
  await succeed('a')
  expect(started).toEqual(['a', 'a'])
  await succeed('a')
  expect(started).toEqual(['a', 'a'])
  expect(queue.size).toBe(0)
})

test('tries again after growing delays, up to the longest, until it succeeds', async () => {
  const { queue, clock, started, retries, fail, succeed } = setUp()
  queue.add('a')
  for (const delayMs of [100, 200, 400, 400]) {
    await fail('a')
    const before = started.length
    await clock.advance(delayMs - 1)
    expect(started).toHaveLength(before)
    await clock.advance(1)
    expect(started).toHaveLength(before + 1)
  }
  expect(retries).toEqual([100, 200, 400, 400])
  await succeed('a')
  expect(queue.size).toBe(0)
  expect(clock.pending).toBe(0)
})

test('tries at once when the key is added again', async () => {
  const { queue, clock, started, fail } = setUp()
  queue.add('a')
  await fail('a')
  queue.add('a')
  expect(started).toEqual(['a', 'a'])
  await clock.advance(1_000)
  expect(started).toEqual(['a', 'a'])
})

test('starts nothing while it is paused, and everything after', async () => {
  const { queue, clock, started, fail } = setUp()
  queue.add('a')
  queue.pause()
  queue.add('b')
  await fail('a')
  await clock.advance(1_000)
  expect(started).toEqual(['a'])
  queue.resume()
  expect(started).toEqual(['a', 'b', 'a'])
})

test('waits for what runs when it stops, and takes nothing more', async () => {
  const { queue, started, succeed } = setUp()
  queue.add('a')
  let isStopped = false
  const stopping = queue.stop().then(() => (isStopped = true))
  queue.add('b')
  await succeed('nothing')
  expect(isStopped).toBe(false)
  await succeed('a')
  await stopping
  expect(started).toEqual(['a'])
  expect(queue.size).toBe(0)
})

test('delays stay within half and all of their doubling', () => {
  const random = new SeededRandom(5)
  for (let failures = 1; failures < 200; failures++) {
    const fullMs = Math.min(1_000, 10 * 2 ** (failures - 1))
    const delayMs = backoffDelayMs(failures, { minMs: 10, maxMs: 1_000 }, random)
    expect(delayMs).toBeGreaterThanOrEqual(fullMs / 2)
    expect(delayMs).toBeLessThanOrEqual(fullMs)
  }
})
