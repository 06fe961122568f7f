import { sessionFields } from '@sd/model'
import { silentLogger } from '@sd/runtime'
import { RecordingLogger, VirtualClock } from '@sd/runtime/testing'
import { LockDelays } from './lock-delay'
import { ReapTombstones } from './reap-tombstones'
import { SessionExpiry } from './session-expiry'

const session = sessionFields.create({ id: 's', ttl: '10s' })

test('a session ends after twice its time to live, unless it is renewed', async () => {
  const clock = new VirtualClock()
  const ended: string[] = []
  const expiry = new SessionExpiry({ clock, logger: silentLogger, destroy: async (id) => void ended.push(id) })
  expiry.start([session])
  await clock.advance(19_000)
  expiry.renew(session)
  await clock.advance(19_000)
  expect(ended).toEqual([])
  await clock.advance(1_000)
  expect(ended).toEqual(['s'])
})

test('a session without a time to live never ends, and none does after leadership was lost', async () => {
  const clock = new VirtualClock()
  const ended: string[] = []
  const expiry = new SessionExpiry({ clock, logger: silentLogger, destroy: async (id) => void ended.push(id) })
  expiry.start([session, sessionFields.create({ id: 'forever' }), sessionFields.create({ id: 'zero', ttl: '0s' })])
  expect(expiry.size).toBe(1)
  expiry.stop()
  expiry.renew(session)
  await clock.advance(3_600_000)
  expect(ended).toEqual([])
})

test('an end that fails is tried again, later each time', async () => {
  const clock = new VirtualClock()
  const logger = new RecordingLogger()
  let attempts = 0
  const expiry = new SessionExpiry({
    clock,
    logger,
    destroy: async () => {
      if (++attempts < 3) throw new Error('no leader')
    },
  })
  expiry.start([session])
  await clock.advance(20_000)
  await clock.advance(10_000)
  expect(attempts).toBe(2)
  await clock.advance(20_000)
  expect(attempts).toBe(3)
  expect(logger.records.filter((record) => record.level === 'error')).toHaveLength(2)
})

test('a lock stays closed for its delay, and the memory of it goes', async () => {
  const clock = new VirtualClock()
  const delays = new LockDelays(clock)
  delays.delay('k', 15_000)
  expect(delays.isDelayed('k')).toBe(true)
  expect(delays.isDelayed('other')).toBe(false)
  await clock.advance(15_000)
  expect(delays.isDelayed('k')).toBe(false)
  expect(delays.size).toBe(0)
})

test('tombstones of one while are reaped together, after a quarter of an hour', async () => {
  const clock = new VirtualClock()
  const reaped: number[] = []
  const tombstones = new ReapTombstones({ clock, logger: silentLogger, reap: async (index) => void reaped.push(index) })
  tombstones.hint(7)
  tombstones.hint(9)
  await clock.advance(899_000)
  expect(reaped).toEqual([])
  await clock.advance(61_000)
  expect(reaped).toEqual([9])
})
