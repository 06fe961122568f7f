import { sleep } from '../clock'
import { VirtualClock } from './virtual-clock'

test('timers run in order of time, and promises settle between them', async () => {
  const clock = new VirtualClock()
  const log: string[] = []
  clock.schedule(20, () => log.push(`late at ${clock.monotonic()}`))
  void sleep(clock, 10).then(() => log.push(`slept until ${clock.monotonic()}`))
  const cancelled = clock.schedule(15, () => log.push('never'))
  cancelled.cancel()
  await clock.advance(30)
  expect(log).toEqual(['slept until 10', 'late at 20'])
  expect(clock.pending).toBe(0)
})

test('a sleep ends with the reason of its signal', async () => {
  const controller = new AbortController()
  const slept = sleep(new VirtualClock(), 10, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(slept).rejects.toThrow('enough')
})
