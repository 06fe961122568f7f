import { healthCheckFields } from '@sd/model'
import { VirtualClock } from '@sd/runtime/testing'
import { aliasSource } from './alias-source'

describe('what an alias check follows', () => {
  const check = (checkId: string, fields: object = {}) => ({
    check: healthCheckFields.create({ node: 'n1', checkId, name: checkId, status: 'passing', ...fields }),
  })

  function setUp(...claims: ReturnType<typeof check>[]) {
    const clock = new VirtualClock()
    const state = { checks: () => claims.map((claim) => [claim.check.checkId, claim]), service: () => ({}) }
    const ports = { state: () => state, catalog: {}, node: 'n1', clock } as never
    const source = aliasSource(ports)
    const { signal } = new AbortController()
    const read = (checkId: string, index: number) =>
      source.read({ checkId, node: '', serviceId: 'web' }, { index, signal })
    return { clock, claims, read }
  }

  it('is never the check itself', async () => {
    const { read } = setUp(check('a', { type: 'alias', status: 'critical' }), check('b'))
    expect((await read('a', 0)).checks.map(({ name }) => name)).toEqual(['b'])
  })

  it('is told again only when it changes, and the output of another alias is no change', async () => {
    const { clock, claims, read } = setUp(check('b', { type: 'alias', output: 'one' }), check('c'))
    const { index } = await read('a', 0)
    let isTold = false
    const next = read('a', index).then((told) => {
      isTold = true
      return told
    })
    claims[0] = check('b', { type: 'alias', output: 'two' })
    await clock.advance(1_000)
    expect(isTold).toBe(false)
    claims[1] = check('c', { output: 'news' })
    await clock.advance(1_000)
    expect((await next).checks.map(({ output }) => output)).toEqual(['two', 'news'])
  })
})
