import { json, type Client } from '../client'
import type { Scenario } from '../suite'

const txn = (c: Client, ...operations: unknown[]) => c.put('/v1/txn', operations)
const b64 = (text: string) => Buffer.from(text).toString('base64')
const kv = (Verb: string, Key: string, more: object = {}) => ({ KV: { Verb, Key, ...more } })

export const txnScenarios: readonly Scenario[] = [
  {
    name: 'keys and values, verb by verb',
    run: async (c) => {
      await txn(c)
      await txn(c, kv('set', 'x/a', { Value: b64('one'), Flags: 3 }), kv('set', 'x/b', { Value: b64('two') }))
      await txn(c, kv('get', 'x/a'), kv('get-tree', 'x/'), kv('get-or-empty', 'x/none'))
      await txn(c, kv('get', 'x/none'))
      await txn(c, kv('get', 'x/a'), kv('set', 'x/c', { Value: b64('three') }), kv('get', 'x/c'))
      await txn(c, kv('check-not-exists', 'x/none'), kv('check-not-exists', 'x/a'))
      await txn(c, kv('check-index', 'x/a', { Index: 1 }), kv('check-index', 'x/none', { Index: 1 }))
      const [{ ModifyIndex }] = json<[{ ModifyIndex: number }]>(await c.get('/v1/kv/x/a'))
      await txn(
        c,
        kv('check-index', 'x/a', { Index: ModifyIndex }),
        kv('cas', 'x/a', { Index: ModifyIndex, Value: b64('n') }),
      )
      await txn(c, kv('cas', 'x/a', { Index: ModifyIndex, Value: b64('stale') }))
      await txn(c, kv('cas', 'x/new', { Index: 0, Value: b64('new') }))
      await txn(c, kv('delete-cas', 'x/new', { Index: 1 }))
      await txn(c, kv('delete', 'x/new'), kv('delete', 'x/none'))
      await txn(c, kv('delete-tree', 'x/b'))
      await txn(c, kv('set', 'x/rollback'), kv('get', 'x/none'))
      await c.get('/v1/kv/x?recurse')
      await txn(c, kv('delete-tree', 'x'))
      await c.get('/v1/kv/x?recurse')
    },
  },
  {
    name: 'locks',
    run: async (c) => {
      const { ID } = json<{ ID: string }>(await c.put('/v1/session/create', { LockDelay: '0s' }))
      await txn(c, kv('lock', 'l/a', { Session: ID, Value: b64('v') }))
      await txn(c, kv('check-session', 'l/a', { Session: ID }))
      await txn(c, kv('check-session', 'l/a', { Session: 'other' }))
      await txn(c, kv('check-session', 'l/none', { Session: ID }))
      await txn(c, kv('unlock', 'l/a', { Session: 'other' }))
      await txn(c, kv('unlock', 'l/none', { Session: ID }))
      await txn(c, kv('unlock', 'l/a', { Session: ID }))
      await txn(c, kv('lock', 'l/a', { Session: '' }))
      await txn(c, kv('lock', 'l/a', { Session: '00000000-0000-0000-0000-000000000000' }))
      await txn(c, kv('unlock', 'l/a', { Session: ID }))
      await c.put(`/v1/session/destroy/${ID}`)
      await txn(c, kv('delete-tree', 'l'))
    },
  },
  {
    name: 'nodes, services and checks',
    run: async (c) => {
      const node = { Node: 'txn-node', Address: '10.9.0.1', Meta: { a: 'b' } }
      await txn(c, { Node: { Verb: 'set', Node: node } })
      await txn(c, { Node: { Verb: 'get', Node: { Node: 'txn-node' } } })
      await txn(c, { Node: { Verb: 'get', Node: { Node: 'txn-none' } } })
      await txn(c, { Node: { Verb: 'cas', Node: { ...node, ModifyIndex: 1 } } })
      await txn(c, { Node: { Verb: 'set', Node: { Node: '', Address: '10.9.0.1' } } })
      await txn(c, { Node: { Verb: 'set', Node: { Node: 'txn-2' } } })
      await txn(c, { Node: { Verb: 'set', Node: { ID: 'bad', Node: 'txn-2', Address: '1.1.1.1' } } })
      const service = { ID: 'db1', Service: 'db', Port: 5432, Tags: ['x'], Meta: { k: 'v' } }
      await txn(c, { Service: { Verb: 'set', Node: 'txn-node', Service: service } })
      await txn(c, { Service: { Verb: 'get', Node: 'txn-node', Service: { ID: 'db1' } } })
      await txn(c, { Service: { Verb: 'get', Node: 'txn-node', Service: { ID: 'none' } } })
      await txn(c, { Service: { Verb: 'set', Node: 'txn-none', Service: service } })
      await txn(c, { Service: { Verb: 'set', Node: 'txn-node', Service: { ID: 'nameless' } } })
      await txn(c, { Service: { Verb: 'cas', Node: 'txn-node', Service: { ...service, ModifyIndex: 1 } } })
      const check = { Node: 'txn-node', CheckID: 'c1', Name: 'check', Status: 'passing', ServiceID: 'db1' }
      await txn(c, { Check: { Verb: 'set', Check: check } })
      await txn(c, { Check: { Verb: 'set', Check: { ...check, CheckID: 'c2', ServiceID: '', Status: '' } } })
      await txn(c, { Check: { Verb: 'set', Check: { ...check, CheckID: 'c3', ServiceID: 'none' } } })
      await txn(c, { Check: { Verb: 'set', Check: { ...check, CheckID: 'c4', Status: 'odd' } } })
      await txn(c, { Check: { Verb: 'get', Check: { Node: 'txn-node', CheckID: 'c1' } } })
      await txn(c, { Check: { Verb: 'get', Check: { Node: 'txn-node', CheckID: 'none' } } })
      await txn(c, { Check: { Verb: 'cas', Check: { ...check, ModifyIndex: 1 } } })
      await c.get('/v1/health/node/txn-node')
      await c.get('/v1/catalog/node/txn-node')
      await txn(c, { Check: { Verb: 'delete-cas', Check: { ...check, ModifyIndex: 1 } } })
      await txn(c, { Check: { Verb: 'delete', Check: { Node: 'txn-node', CheckID: 'c2' } } })
      await txn(c, { Check: { Verb: 'delete', Check: { Node: 'txn-node', CheckID: 'none' } } })
      await txn(c, { Service: { Verb: 'delete', Node: 'txn-node', Service: { ID: 'db1' } } })
      await txn(c, { Service: { Verb: 'delete', Node: 'txn-node', Service: { ID: 'none' } } })
      await c.get('/v1/health/node/txn-node')
      await txn(c, { Node: { Verb: 'delete-cas', Node: { Node: 'txn-node', ModifyIndex: 1 } } })
      await txn(c, { Node: { Verb: 'delete', Node: { Node: 'txn-none' } } })
      await txn(c, { Node: { Verb: 'delete', Node: { Node: 'txn-node' } } })
      await c.get('/v1/catalog/node/txn-node')
    },
  },
  {
    name: 'malformed transactions',
    run: async (c) => {
      await txn(c, kv('bogus', 'a'))
      await txn(c, kv('', 'a'))
      await txn(c, kv('set', ''))
      await txn(c, kv('get', ''))
      await txn(c, { Node: { Verb: 'bogus', Node: { Node: 'n1' } } })
      await txn(c, { Service: { Verb: 'bogus', Node: 'n1', Service: { ID: 'x' } } })
      await txn(c, { Check: { Verb: 'bogus', Check: { Node: 'n1', CheckID: 'x' } } })
      await txn(c, {})
      await txn(c, {}, kv('get-tree', 'none'))
      await txn(c, kv('get', 'a'), kv('get', 'b'), kv('check-not-exists', 'c'))
      await txn(c, kv('set', 'a', { Value: '!!' }))
      await txn(c, kv('set', 'a', { Flags: -1 }))
      await txn(c, kv('set', 'a', { Value: 1 }))
      await txn(c, ...Array.from({ length: 129 }, (_, i) => kv('set', `many/${i}`)))
      await txn(c, ...Array.from({ length: 128 }, (_, i) => kv('check-not-exists', `many/${i}`)))
      await txn(c, kv('set', 'big', { Value: b64('x'.repeat(300_000)) }))
      await txn(c, kv('set', 'big', { Value: b64('x'.repeat(600_000)) }))
      await c.script(`
        PUT /v1/txn
        PUT /v1/txn null
        PUT /v1/txn {}
        PUT /v1/txn "text"
        PUT /v1/txn 7
        PUT /v1/txn [1]
        PUT /v1/txn [null]
        PUT /v1/txn [{"KV":7}]
        PUT /v1/txn [{"KV":{"Verb":7}}]
        PUT /v1/txn [{"KV":{"Verb":"get","Key":"a"}
        PUT /v1/txn?dc=nope [{"KV":{"Verb":"get","Key":"a"}}]
        PUT /v1/txn?stale [{"KV":{"Verb":"get-tree","Key":"a"}}]
        PUT /v1/txn?consistent [{"KV":{"Verb":"get-tree","Key":"a"}}]
        PUT /v1/txn?stale&consistent [{"KV":{"Verb":"get-tree","Key":"a"}}]
        PUT /v1/txn?pretty [{"KV":{"Verb":"set","Key":"a","Value":"Yg=="}}]
        PUT /v1/txn [{"kv":{"verb":"get","key":"a"}}]
        PUT /v1/txn [{"KV":{"Verb":"delete","Key":"a"}},{"KV":{"Verb":"delete","Key":"big"}}]
        GET /v1/txn
        POST /v1/txn []
        OPTIONS /v1/txn
      `)
    },
  },
]
