import { indexOf, type Client } from '../client'
import type { Scenario } from '../suite'

/** Waits at the index a path has now, while `change` happens; the answer must show it. */
async function woken(c: Client, path: string, change: () => Promise<unknown>): Promise<void> {
  const join = path.includes('?') ? '&' : '?'
  const index = indexOf(await c.get(path))
  const waiting = c.get(`${path}${join}index=${index}&wait=20s`)
  await change()
  await waiting
}

/** Waits at the index a path has now, without a change. */
async function timedOut(c: Client, path: string): Promise<void> {
  const join = path.includes('?') ? '&' : '?'
  const index = indexOf(await c.get(path))
  await c.get(`${path}${join}index=${index}&wait=150ms`)
}

const INDEXED = [
  '/v1/catalog/nodes',
  '/v1/catalog/node/idx',
  '/v1/catalog/node-services/idx',
  '/v1/catalog/services',
  '/v1/catalog/service/one',
  '/v1/catalog/service/two',
  '/v1/catalog/service/none',
  '/v1/health/service/one',
  '/v1/health/service/one?passing',
  '/v1/health/service/none',
  '/v1/health/node/idx',
  '/v1/health/checks/one',
  '/v1/health/state/any',
  '/v1/health/state/critical',
  '/v1/internal/ui/nodes',
  '/v1/internal/ui/node/idx',
  '/v1/session/list',
  '/v1/session/node/idx',
  '/v1/kv/idx/a',
  '/v1/kv/idx?recurse',
  '/v1/kv/idx/none',
  '/v1/kv/idx/x?recurse',
]

export const blockingScenarios: readonly Scenario[] = [
  {
    name: 'a write wakes who waits for it',
    run: async (c) => {
      const node = { Node: 'wait', Address: '10.5.0.1' }
      const put = (more: object) => () => c.put('/v1/catalog/register', { ...node, ...more })
      await woken(c, '/v1/kv/wait/a', () => c.put('/v1/kv/wait/a', 'x'))
      await woken(c, '/v1/kv/wait/a', () => c.put('/v1/kv/wait/a', 'y'))
      await woken(c, '/v1/kv/wait?recurse', () => c.put('/v1/kv/wait/b', 'x'))
      await woken(c, '/v1/kv/wait?keys', () => c.delete('/v1/kv/wait/b'))
      await woken(c, '/v1/kv/wait/a', () => c.delete('/v1/kv/wait?recurse'))
      await woken(c, '/v1/catalog/nodes', put({}))
      await woken(c, '/v1/catalog/node/wait', put({ Service: { Service: 'web', Port: 1 } }))
      await woken(c, '/v1/catalog/services', put({ Service: { Service: 'db', Port: 1 } }))
      await woken(c, '/v1/catalog/service/web', put({ Service: { Service: 'web', Port: 2 } }))
      await woken(c, '/v1/catalog/service/new', put({ Service: { Service: 'new', Port: 2 } }))
      await woken(
        c,
        '/v1/health/service/web',
        put({ Check: { CheckID: 'c', Name: 'c', ServiceID: 'web', Status: 'passing' } }),
      )
      await woken(
        c,
        '/v1/health/service/web?passing',
        put({ Check: { CheckID: 'c', Name: 'c', ServiceID: 'web', Status: 'critical' } }),
      )
      await woken(c, '/v1/health/node/wait', put({ Check: { CheckID: 'd', Name: 'd', Status: 'passing' } }))
      await woken(
        c,
        '/v1/health/checks/web',
        put({ Check: { CheckID: 'c', Name: 'c', ServiceID: 'web', Status: 'warning' } }),
      )
      await woken(c, '/v1/health/state/any', put({ Check: { CheckID: 'd', Name: 'd', Status: 'critical' } }))
      await woken(c, '/v1/session/list', () => c.put('/v1/session/create', { Node: 'n1' }))
      await woken(c, '/v1/health/service/web', () =>
        c.put('/v1/catalog/deregister', { Node: 'wait', ServiceID: 'web' }),
      )
      await woken(c, '/v1/catalog/service/db', () => c.put('/v1/catalog/deregister', { Node: 'wait' }))
      await woken(c, '/v1/internal/ui/services', put({ Service: { Service: 'ui', Port: 2 } }))
      await woken(c, '/v1/agent/services', async () => undefined)
      await c.put('/v1/catalog/deregister', node)
    },
  },
  {
    name: 'a wait that ends shows the index as it was',
    run: async (c) => {
      await c.put('/v1/kv/idle/a', 'x')
      for (const path of [
        '/v1/kv/idle/a',
        '/v1/kv/idle/none',
        '/v1/kv/idle?recurse',
        '/v1/kv/none?recurse',
        '/v1/kv/idle?keys',
        '/v1/catalog/nodes',
        '/v1/catalog/services',
        '/v1/catalog/service/consul',
        '/v1/catalog/service/none',
        '/v1/catalog/node/n1',
        '/v1/catalog/node/none',
        '/v1/health/service/consul',
        '/v1/health/service/none',
        '/v1/health/node/n1',
        '/v1/health/node/none',
        '/v1/health/checks/none',
        '/v1/health/state/critical',
        '/v1/session/list',
        '/v1/session/node/none',
        '/v1/session/info/00000000-0000-0000-0000-000000000000',
      ]) {
        await timedOut(c, path)
      }
      await c.delete('/v1/kv/idle?recurse')
    },
  },
  {
    name: 'indexes of tables and of single things',
    run: async (c) => {
      const node = { Node: 'idx', Address: '10.6.0.1' }
      let round = 0
      // The distance to a node that does not exist orders nothing, and makes each round a question of its own.
      const see = () =>
        c
          .script(INDEXED.map((path) => `GET ${path}${path.includes('?') ? '&' : '?'}near=none${round}`).join('\n'))
          .then(() => (round += 1))
      await see()
      await c.put('/v1/catalog/register', node)
      await see()
      await c.put('/v1/catalog/register', { ...node, Service: { Service: 'one' } })
      await see()
      await c.put('/v1/catalog/register', { ...node, Service: { Service: 'two' } })
      await c.put('/v1/catalog/register', {
        ...node,
        Check: { CheckID: 'c', Name: 'c', Status: 'passing', ServiceID: 'one' },
      })
      await see()
      await c.put('/v1/kv/idx/a', 'x')
      await c.put('/v1/kv/idx/x/y', 'x')
      await see()
      await c.put('/v1/catalog/register', { ...node, Address: '10.6.0.2' })
      await see()
      await c.put('/v1/catalog/register', {
        ...node,
        Address: '10.6.0.2',
        Check: { CheckID: 'c', Name: 'c', Status: 'critical', ServiceID: 'one' },
      })
      await see()
      await c.put('/v1/catalog/deregister', { Node: 'idx', CheckID: 'c' })
      await see()
      await c.put('/v1/catalog/deregister', { Node: 'idx', ServiceID: 'one' })
      await see()
      await c.delete('/v1/kv/idx/x/y')
      await see()
      await c.put('/v1/catalog/deregister', { Node: 'idx' })
      await c.delete('/v1/kv/idx?recurse')
      await see()
    },
  },
  {
    name: 'parameters of a wait',
    run: async (c) => {
      await c.put('/v1/kv/param/a', 'x')
      await c.script(`
        GET /v1/kv/param/a?index=0
        GET /v1/kv/param/a?index=0&wait=10ms
        GET /v1/kv/param/a?index=1
        GET /v1/kv/param/a?index=1&wait=0
        GET /v1/kv/param/a?index=
        GET /v1/kv/param/a?index=-1
        GET /v1/kv/param/a?index=1.5
        GET /v1/kv/param/a?index=18446744073709551616
        GET /v1/kv/param/a?index=18446744073709551615&wait=20ms
        GET /v1/kv/param/a?index=99999999&wait=20ms
        GET /v1/kv/param/a?wait=20ms
        GET /v1/kv/param/a?wait=20
        GET /v1/kv/param/a?wait=20x
        GET /v1/kv/param/a?wait=-5s&index=1
        GET /v1/kv/param/a?stale&index=99999999&wait=20ms
        GET /v1/kv/param/a?consistent&index=99999999&wait=20ms
        GET /v1/catalog/datacenters?index=5&wait=20ms
        GET /v1/status/leader?index=5&wait=20ms
        GET /v1/agent/services?index=5&wait=20ms
        DELETE /v1/kv/param/a
      `)
    },
  },
]

export const keptScenarios: readonly Scenario[] = [
  {
    name: 'the index of what did not change while something else did',
    run: async (c) => {
      const node = { Node: 'kept', Address: '10.6.1.1' }
      await c.script(`
        GET /v1/catalog/nodes
        GET /v1/catalog/service/none
        GET /v1/health/state/critical
      `)
      await c.put('/v1/catalog/register', node)
      await c.script(`
        GET /v1/catalog/nodes
        GET /v1/catalog/service/none
        GET /v1/health/state/critical
      `)
      await c.put('/v1/catalog/register', {
        ...node,
        Service: { Service: 'one' },
        Check: { CheckID: 'c', Name: 'c', Status: 'passing' },
      })
      await c.script(`
        GET /v1/catalog/nodes
        GET /v1/catalog/service/none
        GET /v1/health/state/critical
      `)
      await c.put('/v1/catalog/deregister', node)
    },
  },
]
