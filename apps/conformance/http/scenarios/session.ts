import { json, type Client } from '../client'
import type { Scenario } from '../suite'

const create = async (c: Client, body?: unknown): Promise<string> => {
  const exchange = await c.put('/v1/session/create', body)
  return exchange.status === 200 ? json<{ ID: string }>(exchange).ID : ''
}

/** Sessions are listed by their ids, which are random. */
const BY_ID = { view: 'unordered' } as const

export const sessionScenarios: readonly Scenario[] = [
  {
    name: 'forms of a creation',
    run: async (c) => {
      const forms = [
        undefined,
        '{}',
        'null',
        { Name: 'named' },
        { Node: 'n1' },
        { Node: 'nope' },
        { LockDelay: '15s' },
        { LockDelay: '5ms' },
        { LockDelay: 20 },
        { LockDelay: 5000000000 },
        { LockDelay: 'x' },
        { LockDelay: true },
        { lockdelay: '1s', name: 'lower' },
        { TTL: '10s' },
        { TTL: '24h' },
        { TTL: '9s' },
        { TTL: '24h1s' },
        { TTL: 'x' },
        { TTL: 15 },
        { TTL: '0s' },
        { TTL: '-1s' },
        { Behavior: 'release' },
        { Behavior: 'delete' },
        { Behavior: 'bogus' },
        { Behavior: 1 },
        { Checks: [] },
        { Checks: null },
        { Checks: ['serfHealth'] },
        { Checks: ['nope'] },
        { NodeChecks: [] },
        { NodeChecks: null },
        { NodeChecks: null, Checks: null },
        { Behavior: null, LockDelay: null, TTL: null },
        { NodeChecks: ['serfHealth'] },
        { NodeChecks: ['nope'] },
        { ServiceChecks: [{ ID: 'nope' }] },
        { Checks: ['a'], NodeChecks: ['b'] },
        { ID: '11111111-2222-3333-4444-555555555555' },
        { Unknown: 1 },
        { CreateIndex: 9, ModifyIndex: 9 },
        '[]',
        '"text"',
        '7',
        '{',
        '{"Name":}',
        '{"Name":1}',
        '{"Name":"a"} trailing',
      ]
      const ids: string[] = []
      for (const form of forms) ids.push(await create(c, form))
      await c.get('/v1/session/list', BY_ID)
      await c.get('/v1/session/node/n1', BY_ID)
      for (const id of ids.filter((each) => each !== '')) await c.put(`/v1/session/destroy/${id}`)
      await c.get('/v1/session/list')
    },
  },
  {
    name: 'life of a session',
    run: async (c) => {
      const id = await create(c, { Name: 'life', TTL: '30s', LockDelay: '1s' })
      const plain = await create(c, { Name: 'plain' })
      await c.get('/v1/session/node/n1', BY_ID)
      await c.script(`
        GET /v1/session/info/${id}
        GET /v1/session/info/${plain}
        GET /v1/session/node/nope
        PUT /v1/session/renew/${id}
        PUT /v1/session/renew/${plain}
        PUT /v1/session/renew/00000000-0000-0000-0000-000000000000
        PUT /v1/session/renew/nonsense
        PUT /v1/session/renew/
        GET /v1/session/info/00000000-0000-0000-0000-000000000000
        GET /v1/session/info/nonsense
        GET /v1/session/info/
        GET /v1/session/node/
        PUT /v1/session/destroy/${id}
        PUT /v1/session/destroy/${id}
        PUT /v1/session/destroy/nonsense
        PUT /v1/session/destroy/
        GET /v1/session/info/${id}
        PUT /v1/session/renew/${id}
        PUT /v1/session/destroy/${plain}
        GET /v1/session/list
        GET /v1/session/list?pretty
        GET /v1/session/list?stale
        GET /v1/session/list?dc=nope
        PUT /v1/session/create?dc=nope {}
        PUT /v1/session/renew/${id}?dc=nope
        PUT /v1/session/destroy/${id}?dc=nope
        GET /v1/session/create
        POST /v1/session/list
        DELETE /v1/session/destroy/${id}
        GET /v1/session/renew/${id}
        GET /v1/session/list?wait=x
        GET /v1/session/
        GET /v1/session
      `)
    },
  },
  {
    name: 'a session ends with its check, its service and its node',
    run: async (c) => {
      await c.put('/v1/catalog/register', {
        Node: 'far',
        Address: '10.0.0.1',
        Check: { CheckID: 'alive', Name: 'alive', Status: 'passing' },
        Service: { Service: 'web', ID: 'web1' },
      })
      await c.put('/v1/catalog/register', {
        Node: 'far',
        Address: '10.0.0.1',
        Check: { CheckID: 'web-check', Name: 'web', Status: 'passing', ServiceID: 'web1' },
      })
      await create(c, { Node: 'far' })
      const byCheck = await create(c, { Node: 'far', Checks: ['alive'], LockDelay: '0s' })
      const byService = await create(c, { Node: 'far', NodeChecks: [], ServiceChecks: [{ ID: 'web-check' }] })
      const byNode = await create(c, { Node: 'far', NodeChecks: [] })
      await c.get('/v1/session/node/far', BY_ID)
      await c.script(`
        PUT /v1/kv/ends/a?acquire=${byCheck} x
        PUT /v1/kv/ends/b?acquire=${byNode} x
        PUT /v1/catalog/register {"Node":"far","Address":"10.0.0.1","Check":{"CheckID":"alive","Name":"alive","Status":"warning"}}
        GET /v1/session/info/${byCheck}
        PUT /v1/catalog/register {"Node":"far","Address":"10.0.0.1","Check":{"CheckID":"alive","Name":"alive","Status":"critical"}}
        GET /v1/session/info/${byCheck}
        GET /v1/kv/ends?recurse
      `)
      await create(c, { Node: 'far', NodeChecks: ['alive'] })
      await c.script(`
        PUT /v1/catalog/deregister {"Node":"far","ServiceID":"web1"}
        GET /v1/session/info/${byService}
        PUT /v1/catalog/deregister {"Node":"far"}
        GET /v1/session/info/${byNode}
        GET /v1/kv/ends?recurse
        DELETE /v1/kv/ends?recurse
      `)
    },
  },
]
