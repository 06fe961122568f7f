import { setMaxListeners } from 'node:events'
import { setUp } from '../../test/support/checker'
import type { AliasedState, AliasTarget, StatusSource } from '../status-source'

describe('alias checks', () => {
  /** A source that answers what the test pushes. */
  function source() {
    const calls: { target: AliasTarget; index: number }[] = []
    const waiting: { resolve: (state: AliasedState) => void; reject: (error: Error) => void }[] = []
    const port: StatusSource = {
      read: (target, { index, signal }) => {
        calls.push({ target, index })
        return new Promise((resolve, reject) => {
          waiting.push({ resolve, reject })
          setMaxListeners(0, signal)
          signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        })
      },
    }
    const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
    return {
      port,
      calls,
      answer: async (state: Partial<AliasedState>) => {
        waiting.shift()?.resolve({ checks: [], serviceExists: true, index: calls.length + 10, ...state })
        await settle()
      },
      fail: async (message: string) => {
        waiting.shift()?.reject(new Error(message))
        await settle()
      },
    }
  }
  const of = (status: string, fields: Partial<AliasedState['checks'][number]> = {}) => ({
    node: 'n1',
    serviceId: 'web',
    name: `the ${status} one`,
    status,
    output: 'o',
    ...fields,
  })

  test('take the worst status of what they follow', async () => {
    const { port, calls, answer } = source()
    const { checker, log } = setUp({}, port)
    await checker.start()
    checker.add({ id: 'a', aliasService: 'web', token: 'secret' })
    expect(calls).toEqual([{ target: { checkId: 'a', node: '', serviceId: 'web', token: 'secret' }, index: 0 }])
    await answer({ checks: [of('passing'), of('critical', { serviceId: 'other' })], index: 7 })
    expect(calls[1]?.index).toBe(7)
    await answer({ checks: [of('warning'), of('passing')] })
    await answer({ checks: [of('passing'), of('warning'), of('critical', { serviceId: '' }), of('warning')] })
    await answer({ checks: [] })
    await answer({ checks: [], serviceExists: false })
    expect(log).toEqual([
      'a: critical > passing: All checks passing.',
      'a: passing > warning: Aliased check "the warning one" failing: o',
      'a: warning > critical: Aliased check "the critical one" failing: o',
      'a: critical > passing: No checks found.',
      'a: passing > critical: Service web could not be found on node ',
    ])
  })

  test('follow a node by its name, in any case of letters', async () => {
    const { port, answer } = source()
    const { checker } = setUp({}, port)
    await checker.start()
    checker.add({ id: 'a', aliasNode: 'N1' })
    await answer({
      checks: [of('warning', { serviceId: '' }), of('critical', { node: 'n2', serviceId: '' }), of('critical')],
    })
    expect(checker.get('a')).toMatchObject({ status: 'warning', type: 'alias' })
  })

  test('are critical when the source fails twice, and ask ever less often', async () => {
    const { port, calls, answer, fail } = source()
    const { clock, checker, log } = setUp({}, port)
    await checker.start()
    checker.add({ id: 'a', aliasNode: 'n1', aliasService: 'web', status: 'passing' })
    await fail('no leader')
    expect(log).toEqual([])
    await clock.advance(100)
    await fail('no leader')
    expect(log).toEqual(['a: passing > critical: Failure checking aliased node or service: no leader'])
    for (const pauseMs of [100, 100, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
      const before = calls.length
      await clock.advance(pauseMs - 1)
      expect(calls.length).toBe(before)
      await clock.advance(1)
      expect(calls.length).toBe(before + 1)
      await fail('no leader')
    }
    await clock.advance(60_000)
    await answer({ checks: [of('passing')] })
    expect(log.at(-1)).toBe('a: critical > passing: All checks passing.')
  })

  test('do not spin on a source that has no news', async () => {
    const { port, calls, answer } = source()
    const { clock, checker } = setUp({}, port)
    await checker.start()
    checker.add({ id: 'a', aliasService: 'web' })
    await answer({ index: 3 })
    await answer({ index: 3 })
    expect(calls.length).toBe(2)
    await clock.advance(100)
    expect(calls.map(({ index }) => index)).toEqual([0, 3, 3])
    checker.remove('a')
    await checker.stop()
    expect(clock.pending).toBe(0)
  })
})
