import { VirtualClock } from '@sd/runtime/testing'
import { SmallConsul } from '../../test/small-consul'
import { ConsulClient } from '../index'

const aborted = (signal: AbortSignal) =>
  new Promise<unknown>((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)))

/** Moves virtual time in steps until `condition` holds; every step lets real sockets speak. */
async function advanceUntil(clock: VirtualClock, stepMs: number, condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !condition(); i++) await clock.advance(stepMs)
  expect(condition()).toBe(true)
}

describe('Lock', () => {
  it('has one holder at a time and goes to the next when it is released', async () => {
    await using consul = await SmallConsul.start()
    await using client = new ConsulClient({ address: consul.address })
    const first = await client.lock('leader', { value: 'one' }).acquire()
    expect(consul.entries.get('leader')).toMatchObject({ Session: first.session, Flags: '3304740253564472344' })
    let isSecondHeld = false
    const waiting = client
      .lock('leader', { value: 'two' })
      .acquire()
      .then((held) => {
        isSecondHeld = true
        return held
      })
    const isWaiting = () => consul.server.seen.some(({ url }) => url.includes('index='))
    while (!isWaiting()) await new Promise((resolve) => setImmediate(resolve))
    expect(isSecondHeld).toBe(false)
    await first.release()
    await first.release()
    const second = await waiting
    expect(consul.entries.get('leader')).toMatchObject({ Session: second.session })
    expect(first.lost.aborted).toBe(false)
    await second.release()
    expect(consul.entries.get('leader')?.Session).toBeUndefined()
    expect(consul.sessions.size).toBe(0)
  })

  it('tells its holder when the session has ended', async () => {
    await using consul = await SmallConsul.start()
    await using client = new ConsulClient({ address: consul.address })
    const held = await client.lock('leader').acquire()
    const lost = aborted(held.lost)
    consul.endSession(held.session)
    expect(await lost).toMatchObject({ code: 'API_LOCK_CONFLICT' })
    await held.release()
  })

  it('renews its session, and counts as lost when that fails for as long as the session lives', async () => {
    await using consul = await SmallConsul.start()
    const clock = new VirtualClock()
    await using client = new ConsulClient({ address: consul.address, clock })
    const held = await client.lock('leader', { sessionTtlMs: 10_000 }).acquire()
    await advanceUntil(clock, 1_000, () => consul.renewals >= 2)
    expect(held.lost.aborted).toBe(false)
    consul.failWith = 500
    await advanceUntil(clock, 1_000, () => held.lost.aborted)
    consul.failWith = 0
    await held.release()
    expect(clock.pending).toBe(0)
  })

  it('leaves a key alone that is no lock, and no session behind', async () => {
    await using consul = await SmallConsul.start()
    await using client = new ConsulClient({ address: consul.address })
    await client.kv.put('data', 'precious')
    await expect(client.lock('data').acquire()).rejects.toMatchObject({ code: 'API_LOCK_CONFLICT' })
    expect(consul.sessions.size).toBe(0)
    expect((await client.kv.get('data')).value).toMatchObject({ session: '', flags: 0 })
  })

  it('stops waiting when it is told to', async () => {
    await using consul = await SmallConsul.start()
    await using client = new ConsulClient({ address: consul.address })
    const first = await client.lock('leader').acquire()
    const controller = new AbortController()
    const lock = client.lock('leader')
    const waiting = lock.acquire({ signal: controller.signal })
    await expect(lock.acquire()).rejects.toMatchObject({ code: 'API_LOCK_HELD' })
    controller.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    expect([...consul.sessions]).toEqual([first.session])
    await first.release()
  })
})
