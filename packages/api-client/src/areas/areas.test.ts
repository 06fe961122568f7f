import { sendJson, TestServer } from '../../test/http-server'
import { ConsulClient } from '../index'

const client = (server: TestServer) => new ConsulClient({ address: server.address })
type Call = (api: ConsulClient) => Promise<unknown>

describe('calls that write', () => {
  it.each<[string, Call, string, string]>([
    [
      'agent.registerService',
      (api) =>
        api.agent.registerService(
          { name: 'web', port: 80, check: { id: 'c', ttlMs: 10_000 } },
          { replaceExistingChecks: true },
        ),
      'PUT /v1/agent/service/register?replace-existing-checks=true',
      '{"Name":"web","Port":80,"Check":{"CheckID":"c","TTL":"10s"}}',
    ],
    [
      'agent.deregisterService',
      (api) => api.agent.deregisterService('a/b'),
      'PUT /v1/agent/service/deregister/a%2Fb',
      '',
    ],
    [
      'agent.registerCheck',
      (api) => api.agent.registerCheck({ name: 'c', tcp: 'h:1', intervalMs: 1_000 }),
      'PUT /v1/agent/check/register',
      '{"Name":"c","TCP":"h:1","Interval":"1s"}',
    ],
    [
      'agent.updateTtl',
      (api) => api.agent.updateTtl('c', 'warning', { output: 'hm' }),
      'PUT /v1/agent/check/update/c',
      '{"Status":"warning","Output":"hm"}',
    ],
    [
      'agent.enableServiceMaintenance',
      (api) => api.agent.enableServiceMaintenance('web', 'a b'),
      'PUT /v1/agent/service/maintenance/web?enable=true&reason=a+b',
      '',
    ],
    [
      'agent.disableNodeMaintenance',
      (api) => api.agent.disableNodeMaintenance(),
      'PUT /v1/agent/maintenance?enable=false',
      '',
    ],
    ['agent.join', (api) => api.agent.join('10.0.0.1', { wan: true }), 'PUT /v1/agent/join/10.0.0.1?wan=1', ''],
    [
      'agent.forceLeave',
      (api) => api.agent.forceLeave('n', { prune: true }),
      'PUT /v1/agent/force-leave/n?prune=1',
      '',
    ],
    [
      'catalog.register',
      (api) => api.catalog.register({ node: 'n', address: '::1', service: { service: 's' } }),
      'PUT /v1/catalog/register',
      '{"Node":"n","Address":"::1","Service":{"Service":"s"}}',
    ],
    [
      'catalog.deregister',
      (api) => api.catalog.deregister({ node: 'n', serviceId: 's' }),
      'PUT /v1/catalog/deregister',
      '{"Node":"n","ServiceID":"s"}',
    ],
    ['kv.put', (api) => api.kv.put('a/b', 'v', { flags: 2n ** 63n }), 'PUT /v1/kv/a/b?flags=9223372036854775808', 'v'],
    ['kv.compareAndSet', (api) => api.kv.compareAndSet('a', 'v', 0), 'PUT /v1/kv/a?cas=0', 'v'],
    ['kv.acquire', (api) => api.kv.acquire('a', 'v', 's'), 'PUT /v1/kv/a?acquire=s', 'v'],
    ['kv.release', (api) => api.kv.release('a', 'v', 's'), 'PUT /v1/kv/a?release=s', 'v'],
    ['kv.deleteTree', (api) => api.kv.deleteTree('a/'), 'DELETE /v1/kv/a/?recurse=', ''],
    ['kv.compareAndDelete', (api) => api.kv.compareAndDelete('a', 7), 'DELETE /v1/kv/a?cas=7', ''],
    [
      'session.create',
      (api) => api.session.create({ name: 's', lockDelayMs: 0, ttlMs: 90_000, behavior: 'delete', nodeChecks: [] }),
      'PUT /v1/session/create',
      '{"Name":"s","LockDelay":"0s","Behavior":"delete","TTL":"1m30s","NodeChecks":[]}',
    ],
    [
      'event.fire',
      (api) => api.event.fire('deploy', { payload: 'p', filters: { node: 'a.*' } }),
      'PUT /v1/event/fire/deploy?node=a.%2A',
      'p',
    ],
    [
      'operator.removeRaftPeer',
      (api) => api.operator.removeRaftPeer({ id: 'x' }),
      'DELETE /v1/operator/raft/peer?id=x',
      '',
    ],
    [
      'operator.transferLeadership',
      (api) => api.operator.transferLeadership(),
      'POST /v1/operator/raft/transfer-leader',
      '',
    ],
    ['snapshot.restore', (api) => api.snapshot.restore(Buffer.from('tar')), 'PUT /v1/snapshot', 'tar'],
    [
      'transaction.run',
      (api) =>
        api.transaction.run([{ kv: { verb: 'cas', entry: { key: 'a', value: Buffer.from('v'), modifyIndex: 3 } } }]),
      'PUT /v1/txn',
      '[{"KV":{"Verb":"cas","Key":"a","Value":"dg==","Index":3}}]',
    ],
  ])('%s', async (_, call, request, body) => {
    await using server = await TestServer.start((_, response) =>
      sendJson(response, { ID: 'id', Results: [], Success: true }),
    )
    await using api = client(server)
    await call(api)
    expect(`${server.last.method} ${server.last.url}`).toBe(request)
    expect(server.last.body).toBe(body)
  })
})

const NODE = { ID: 'i', Node: 'n', Address: '127.0.0.1', Datacenter: 'dc1', Meta: { a: 'b' }, CreateIndex: 5 }

describe('calls that read', () => {
  it.each<[string, Call, string, unknown, unknown]>([
    [
      'agent.members',
      (api) => api.agent.members({ wan: true }),
      '/v1/agent/members?wan=1',
      [{ Name: 'n', Status: 1 }],
      [{ name: 'n', status: 1 }],
    ],
    [
      'agent.services',
      (api) => api.agent.services(),
      '/v1/agent/services',
      { w: { ID: 'w', Service: 'web' } },
      { w: { id: 'w', service: 'web' } },
    ],
    ['agent.nodeName', (api) => api.agent.nodeName(), '/v1/agent/self', { Config: { NodeName: 'n' } }, 'n'],
    [
      'catalog.nodes',
      async (api) => (await api.catalog.nodes()).value,
      '/v1/catalog/nodes',
      [NODE],
      [{ node: 'n', meta: { a: 'b' }, createIndex: 5 }],
    ],
    [
      'catalog.services',
      async (api) => (await api.catalog.services()).value,
      '/v1/catalog/services',
      { web: ['a'], db: null },
      { web: ['a'], db: [] },
    ],
    [
      'catalog.service',
      async (api) => (await api.catalog.service('web', { tags: ['a', 'b'] })).value,
      '/v1/catalog/service/web?tag=a&tag=b',
      [{ Node: 'n', ServicePort: 80 }],
      [{ node: 'n', servicePort: 80 }],
    ],
    [
      'catalog.node',
      async (api) => (await api.catalog.node('n')).value,
      '/v1/catalog/node/n',
      { Node: NODE, Services: { w: { ID: 'w' } } },
      { node: { node: 'n' }, services: { w: { id: 'w' } } },
    ],
    [
      'health.service',
      async (api) => (await api.health.service('web', { passingOnly: true })).value,
      '/v1/health/service/web?passing=1',
      [{ Node: NODE, Service: { ID: 'w' }, Checks: [{ Status: 'passing' }] }],
      [{ node: { node: 'n' }, service: { id: 'w' }, checks: [{ status: 'passing' }] }],
    ],
    [
      'health.state',
      async (api) => (await api.health.state('any')).value,
      '/v1/health/state/any',
      [{ CheckID: 'c', Status: 'critical' }],
      [{ checkId: 'c', status: 'critical' }],
    ],
    [
      'kv.keys',
      async (api) => (await api.kv.keys('a', { separator: '/' })).value,
      '/v1/kv/a?keys=&separator=%2F',
      ['a/'],
      ['a/'],
    ],
    [
      'kv.list',
      async (api) => (await api.kv.list('')).value,
      '/v1/kv/?recurse=',
      [{ Key: 'a', Value: 'dg==' }],
      [{ key: 'a' }],
    ],
    [
      'session.info',
      async (api) => (await api.session.info('s')).value,
      '/v1/session/info/s',
      [{ ID: 's', LockDelay: 15e9 }],
      { id: 's', lockDelayMs: 15_000 },
    ],
    [
      'event.list',
      async (api) => (await api.event.list({ name: 'd' })).value,
      '/v1/event/list?name=d',
      [{ Name: 'd', LTime: 3 }],
      [{ name: 'd', lTime: 3 }],
    ],
    [
      'coordinate.nodes',
      async (api) => (await api.coordinate.nodes()).value,
      '/v1/coordinate/nodes',
      [{ Node: 'n', Coord: { Height: 1 } }],
      [{ node: 'n', coord: { height: 1 } }],
    ],
    [
      'operator.raftConfiguration',
      (api) => api.operator.raftConfiguration(),
      '/v1/operator/raft/configuration',
      { Servers: [{ ID: 's', Leader: true, Voter: true }], Index: 2 },
      { servers: [{ id: 's', isLeader: true, isVoter: true }], index: 2 },
    ],
    ['status.peers', (api) => api.status.peers(), '/v1/status/peers', ['127.0.0.1:8300'], ['127.0.0.1:8300']],
  ])('%s', async (_, call, url, answer, expected) => {
    await using server = await TestServer.start((_, response) => sendJson(response, answer))
    await using api = client(server)
    expect({ value: await call(api) }).toMatchObject({ value: expected })
    expect(`${server.last.method} ${server.last.url}`).toBe(`GET ${url}`)
  })

  it('hand over what the headers say', async () => {
    await using server = await TestServer.start((_, response) => sendJson(response, [], 42))
    await using api = client(server)
    expect((await api.catalog.nodes({ minIndex: 41, maxWaitMs: 60_000, consistency: 'consistent' })).meta).toEqual({
      index: 42,
      knownLeader: true,
      lastContactMs: 0,
      effectiveConsistency: 'leader',
    })
    expect(server.last.url).toBe('/v1/catalog/nodes?consistent=&index=41&wait=60000ms')
  })

  it('have undefined, not an error, for what does not exist', async () => {
    await using server = await TestServer.start(
      (_, response) => void response.writeHead(404, { 'X-Consul-Index': '9' }).end(),
    )
    await using api = client(server)
    expect(await api.kv.get('none')).toMatchObject({ value: undefined, meta: { index: 9 } })
    expect((await api.kv.list('none')).value).toEqual([])
    expect(await api.agent.service('none')).toBeUndefined()
    expect(await api.agent.healthById('none')).toBeUndefined()
    expect(await api.session.renew('none')).toBeUndefined()
  })

  it('have the errors of a refused transaction as its outcome', async () => {
    const errors = [{ OpIndex: 1, What: 'key "a" doesn\'t exist' }]
    await using server = await TestServer.start((_, response) =>
      sendJson(response, { Results: null, Errors: errors }, 1, 409),
    )
    await using api = client(server)
    expect(await api.transaction.run([])).toEqual({
      isCommitted: false,
      results: [],
      errors: [{ opIndex: 1, what: 'key "a" doesn\'t exist' }],
    })
  })

  it('pass the 64 bits of an event index back as they came', async () => {
    await using server = await TestServer.start((_, response) => {
      response.writeHead(200, { 'X-Consul-Index': '17293822569102704641' }).end('[]')
    })
    await using api = client(server)
    const { meta } = await api.event.list()
    await api.event.list({ minIndex: meta.index })
    expect(server.last.url).toBe('/v1/event/list?index=17293822569102704641')
  })

  it('follow the log line by line until the agent ends it', async () => {
    await using server = await TestServer.start((_, response) => {
      response.write('first\nsec')
      response.write(Buffer.from('ond ü').subarray(0, 5))
      response.end(Buffer.from('ü\nlast').subarray(1))
    })
    await using api = client(server)
    const seen: string[] = []
    for await (const line of await api.agent.monitor({ level: 'debug', json: true })) seen.push(line)
    expect(seen).toEqual(['first', 'second ü', 'last'])
    expect(server.last.url).toBe('/v1/agent/monitor?logjson=true&loglevel=debug')
  })
})
