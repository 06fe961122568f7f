import type { Scenario } from '../suite'

const TARGETS = [
  '/v1/agent/services',
  '/v1/agent/service/register',
  '/v1/catalog/nodes',
  '/v1/catalog/register',
  '/v1/health/state/any',
  '/v1/kv/protocol',
  '/v1/session/create',
  '/v1/status/leader',
  '/v1/txn',
  '/v1/event/list',
]

export const protocolScenarios: readonly Scenario[] = [
  {
    name: 'methods that a path does not have',
    run: async (c) => {
      for (const path of TARGETS) {
        for (const method of ['OPTIONS', 'HEAD', 'POST', 'PATCH', 'DELETE', 'TRACE']) await c.send(method, path)
      }
      await c.script(`
        PROPFIND /v1/kv/a
        OPTIONS *
        OPTIONS /v1/none
        GET /v1/agent/service/register
        PUT /v1/health/service/x
        DELETE /v1/session/list
      `)
    },
  },
  {
    name: 'paths that do not exist',
    run: async (c) => {
      await c.script(`
        GET /
        GET /ui
        GET /v1
        GET /v1/
        GET /v2/kv/a
        GET /v1/none
        GET /v1/kvx
        GET /v1/catalog
        GET /v1/catalog/
        GET /v1/catalog/node
        GET /v1/catalog/service
        GET /v1/health/service
        GET /v1/health/node
        GET /v1//kv/a
        GET //v1/kv/a
        GET /v1/./status/leader
        GET /v1/status/../status/leader
        GET /v1/status/leader/
        GET /v1/Status/leader
        GET /V1/status/leader
        GET /v1/status%2Fleader
        GET /%76%31/status/leader
        PUT /v1//kv/a x
        PUT /none x
        HEAD /
        HEAD /v1/none
        GET /favicon.ico
        GET /v1/status/leader?x=%zz
        GET /v1/status/leader?a;b
        GET /v1/status/leader?pretty=false
        GET /v1/status/leader?pretty=1
        GET /v1/catalog/nodes?pretty&dc=nope
        GET /debug/pprof/
        GET /v1/acl/bootstrap
        GET /v1/query
        GET /v1/connect/ca/roots
        GET /v1/config/service-defaults
      `)
    },
  },
  {
    name: 'headers of a request',
    run: async (c) => {
      const ask = (path: string, headers: Record<string, string>) => c.get(path, { headers })
      await ask('/v1/status/leader', { 'X-Consul-Token': 'x' })
      await ask('/v1/catalog/nodes', { 'X-Consul-Token': '00000000-0000-0000-0000-000000000000' })
      await ask('/v1/catalog/nodes', { Authorization: 'Bearer x' })
      await ask('/v1/catalog/nodes', { Authorization: 'Basic eDp5' })
      await ask('/v1/catalog/nodes', { 'X-Consul-Namespace': 'x' })
      await ask('/v1/catalog/services', { 'X-Consul-Namespace': 'x' })
      await ask('/v1/catalog/services', { 'X-Consul-Partition': 'x' })
      await ask('/v1/kv/a', { 'X-Consul-Namespace': 'x' })
      await ask('/v1/catalog/nodes', { 'Cache-Control': 'max-age=30' })
      await ask('/v1/catalog/nodes', { 'Cache-Control': 'max-age=x' })
      await ask('/v1/catalog/nodes', { 'Cache-Control': 'stale-if-error=x' })
      await ask('/v1/catalog/nodes', { 'Cache-Control': 'no-cache, must-revalidate' })
      await ask('/v1/catalog/nodes', { 'If-None-Match': '"1"' })
      await ask('/v1/catalog/nodes', { Range: 'bytes=0-10' })
      await ask('/v1/catalog/nodes', { Accept: 'text/plain' })
      await ask('/v1/catalog/nodes', { Origin: 'http://example.com' })
      await ask('/v1/catalog/nodes', { Host: 'example.com' })
      await ask('/v1/catalog/nodes', { Connection: 'close' })
      await ask('/v1/agent/metrics', { Accept: 'text/plain;version=0.4.0' })
      await c.put('/v1/session/create', '{}', { headers: { 'Content-Type': 'text/plain' } })
      await c.put('/v1/catalog/register', '{}', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
      await c.put('/v1/catalog/register', 'a=b', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })
    },
  },
  {
    name: 'compressed answers',
    run: async (c) => {
      const sizes = { small: 10, nearly: 900, large: 5_000 }
      for (const [name, size] of Object.entries(sizes)) await c.put(`/v1/kv/gzip/${name}`, 'x'.repeat(size))
      for (const encoding of ['gzip', 'deflate', 'identity', 'gzip;q=0', 'gzip;q=0.5, deflate', '*', 'br, gzip']) {
        const headers = { 'Accept-Encoding': encoding }
        for (const name of Object.keys(sizes)) {
          await c.get(`/v1/kv/gzip/${name}`, { headers })
          await c.get(`/v1/kv/gzip/${name}?raw`, { headers })
        }
        await c.get('/v1/kv/none', { headers })
        await c.send('HEAD', '/v1/kv/gzip/large', { headers })
      }
      await c.delete('/v1/kv/gzip?recurse')
    },
  },
  {
    name: 'texts for malformed JSON',
    run: async (c) => {
      const bodies = [
        ' ',
        '\n',
        'nul',
        'true',
        'x',
        '{x}',
        '{"a"}',
        '{"a":1,}',
        '{"a":1',
        '{"Node":"a\nb"}',
        '{"Node":"\\x"}',
        '{"Node":"\\u12"}',
        '{"Node":"\\ud800"}',
        '{"Node":01}',
        '{"Node":1.}',
        '{"Node":-}',
        '{"Node":1e}',
        '{"Node":tru}',
        '{"Node":[1,]}',
        '{"Node":{}}',
        '{"Node":null}',
        '{"Node":true,"Address":[]}',
        '{"NodeMeta":{"a":null}}',
        '{"NodeMeta":{"a":{}}}',
        '{"TaggedAddresses":[]}',
        '{"Service":{"Port":1e3}}',
        '{"Service":{"Port":"x"}}',
        '{"Service":{"Tags":[null]}}',
        '{"Service":{"Tags":[[]]}}',
        '{"Service":{"Weights":{"Passing":"x"}}}',
        '{"Check":{"Definition":{"Interval":"x"}}}',
        '{"Check":{"Definition":{"Interval":[]}}}',
        '{"Check":{"Status":1}}',
        '{"Checks":{}}',
        '{"Checks":[1]}',
        '{"SkipNodeUpdate":"x"}',
        '{"SkipNodeUpdate":1}',
        '{"Node":"a"}]',
        '\ufeff{}',
        '[[[[',
        '{"Node":"a","Node":7}',
        '{"a":{"b":{"c":[1,2,{"d":}]}}}',
      ]
      for (const body of bodies) {
        await c.put('/v1/catalog/register', body)
        await c.put('/v1/agent/service/register', body)
        await c.put('/v1/session/create', body)
      }
      await c.script(`
        PUT /v1/catalog/deregister {"Node":"a"}
        GET /v1/catalog/nodes
        GET /v1/agent/services
      `)
    },
  },
]
