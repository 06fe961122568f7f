import { type HealthCheck, healthCheckFields, nodeServiceFields } from '@sd/model'
import { VirtualClock } from '@sd/runtime/testing'
import { aliasSource } from './alias-source'
import { LocalState } from './local-state'

describe('what an alias check follows', () => {
  function setUp() {
    const clock = new VirtualClock()
    const state = new LocalState()
    const service = nodeServiceFields.create({ id: 'web', service: 'web' })
    state.putService({ service, token: '', isFromFile: false })
    const put = (checkId: string, fields: Partial<HealthCheck> = {}) =>
      state.putCheck({
        check: healthCheckFields.create({
          ...{ node: 'n1', checkId, name: checkId, serviceId: 'web', status: 'passing' },
          ...fields,
        }),
        token: '',
        isFromFile: false,
      })
    const nobody = () => Promise.reject(new Error('no other node is asked for'))
    const catalog = { nodeView: nobody, register: nobody, deregister: nobody }
    const source = aliasSource({ state: () => state, catalog, node: 'n1', clock })
    const { signal } = new AbortController()
    const read = (checkId: string, index: number) =>
      source.read({ checkId, node: '', serviceId: 'web' }, { index, signal })
    return { clock, put, read }
  }

  it('is never the check itself', async () => {
    const { put, read } = setUp()
    put('a', { type: 'alias', status: 'critical' })
    put('b')
    expect((await read('a', 0)).checks.map(({ name }) => name)).toEqual(['b'])
  })

  it('is told again only when it changes, and the output of another alias is no change', async () => {
    const { clock, put, read } = setUp()
    put('b', { type: 'alias', output: 'one' })
    put('c')
    const { index } = await read('a', 0)
    let isTold = false
    const next = read('a', index).then((told) => {
      isTold = true
      return told
    })
    put('b', { type: 'alias', output: 'two' })
    await clock.advance(1_000)
    expect(isTold).toBe(false)
    put('c', { output: 'news' })
    expect((await next).checks.map(({ output }) => output)).toEqual(['two', 'news'])
    expect(clock.pending).toBe(0)
  })
})
