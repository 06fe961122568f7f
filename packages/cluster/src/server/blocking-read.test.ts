import { SeededRandom, VirtualClock } from '@sd/runtime/testing'
import { blockingRead, WAIT_DEFAULT_MS, WAIT_MAX_MS, waitLimitMs } from './blocking-read'
import { CachedRead } from './read-cache'

const zero = { next: () => 0 }

function reads(...indexes: number[]) {
  const made = indexes.map((index) => new CachedRead({ index, value: `value ${index}` }, () => {}))
  let next = 0
  return { made, read: () => made[Math.min(next++, made.length - 1)] as CachedRead<string> }
}

test('a newer answer comes at once', async () => {
  const { read } = reads(5)
  const answer = await blockingRead({ clock: new VirtualClock(), random: zero }, { minIndex: 4 }, read)
  expect(answer.result.index).toBe(5)
})

test('a change that does not raise the index is waited past', async () => {
  const clock = new VirtualClock()
  const { made, read } = reads(5, 5, 7)
  const answer = blockingRead({ clock, random: zero }, { minIndex: 5, maxWaitMs: 1_000 }, read)
  await clock.advance(10)
  made[0]?.expire()
  await clock.advance(10)
  made[1]?.expire()
  expect((await answer).result.index).toBe(7)
  expect(clock.pending).toBe(0)
})

test('when time is up the last answer is given', async () => {
  const clock = new VirtualClock()
  const answer = blockingRead({ clock, random: zero }, { minIndex: 5, maxWaitMs: 1_000 }, reads(5).read)
  await clock.advance(999)
  expect(clock.pending).toBe(1)
  await clock.advance(1)
  expect((await answer).result.value).toBe('value 5')
})

test('a caller that goes away ends the wait', async () => {
  const clock = new VirtualClock()
  const controller = new AbortController()
  const answer = blockingRead({ clock, random: zero }, { minIndex: 5, signal: controller.signal }, reads(5).read)
  await clock.advance(1)
  controller.abort()
  await answer
  expect(clock.pending).toBe(0)
})

test('something missing that stays missing does not end the wait, whatever the index does', async () => {
  const clock = new VirtualClock()
  const made = [5, 8, 9].map((index) => new CachedRead<string | undefined>({ index, value: undefined }, () => {}))
  const there = new CachedRead<string | undefined>({ index: 10, value: 'there' }, () => {})
  let next = 0
  const answer = blockingRead(
    { clock, random: zero },
    { minIndex: 5, maxWaitMs: 60_000 },
    () => made[next++] ?? there,
    (value) => value === undefined,
  )
  for (const read of made) {
    await clock.advance(1)
    read.expire()
  }
  expect((await answer).result.value).toBe('there')
})

test('waits are bounded, and a sixteenth of them is chance', () => {
  expect(waitLimitMs(zero, undefined)).toBe(WAIT_DEFAULT_MS)
  expect(waitLimitMs(zero, 3_600_000)).toBe(WAIT_MAX_MS)
  const random = new SeededRandom(3)
  for (let i = 0; i < 100; i++) {
    const limit = waitLimitMs(random, 16_000)
    expect(limit).toBeGreaterThanOrEqual(16_000)
    expect(limit).toBeLessThan(17_000)
  }
})
