import { json } from '../client'
import type { Scenario } from '../suite'

/** What the suite of these scenarios starts both agents with. */
export const SETTINGS = {
  datacenter: 'east',
  node_meta: { rack: '1' },
  discovery_max_stale: '5s',
  session_ttl_min: '2s',
  check_output_max_size: 20,
  disable_http_unprintable_char_filter: true,
  tagged_addresses: { wan: '192.0.2.1' },
  translate_wan_addrs: true,
  limits: { kv_max_value_size: 100 },
  http_config: {
    response_headers: { 'X-Extra': 'yes', 'Access-Control-Allow-Origin': '*' },
    block_endpoints: ['/v1/agent/maintenance', '/v1/operator'],
  },
}

export const settingsScenarios: readonly Scenario[] = [
  {
    name: 'headers of every answer, and blocked endpoints',
    run: async (c) => {
      await c.script(`
        GET /v1/status/leader
        GET /v1/catalog/nodes
        GET /v1/kv/none
        GET /v1/none
        GET /
        POST /v1/catalog/nodes
        OPTIONS /v1/catalog/nodes
        PUT /v1/agent/maintenance?enable=true
        GET /v1/operator/raft/configuration
        OPTIONS /v1/operator/raft/configuration
        GET /v1/agent/checks
      `)
    },
  },
  {
    name: 'another datacenter',
    run: async (c) => {
      await c.script(`
        GET /v1/catalog/datacenters
        GET /v1/catalog/nodes?dc=east
        GET /v1/catalog/nodes?dc=dc1
        GET /v1/catalog/node/n1
        GET /v1/health/service/consul
        GET /v1/agent/members
        GET /v1/agent/members?wan=1
        GET /v1/coordinate/datacenters
        PUT /v1/catalog/register {"Node":"a","Address":"10.0.0.1","Datacenter":"east"}
        PUT /v1/catalog/register {"Node":"b","Address":"10.0.0.2","Datacenter":"dc1"}
        GET /v1/catalog/nodes?node-meta=rack:1
        PUT /v1/txn [{"Node":{"Verb":"set","Node":{"Node":"c","Address":"10.0.0.3"}}}]
        PUT /v1/catalog/deregister {"Node":"a","Datacenter":"east"}
        PUT /v1/catalog/deregister {"Node":"c","Datacenter":"dc1"}
        PUT /v1/catalog/deregister {"Node":"c"}
        GET /v1/catalog/nodes
      `)
    },
  },
  {
    name: 'stale reads by default',
    run: async (c) => {
      await c.script(`
        GET /v1/catalog/services?consistent
        GET /v1/catalog/nodes?leader
        GET /v1/catalog/nodes
        GET /v1/health/state/any
        GET /v1/kv/none
        GET /v1/session/list
      `)
    },
  },
  {
    name: 'limits of values, of sessions and of outputs',
    run: async (c) => {
      await c.put('/v1/kv/a', 'x'.repeat(100))
      await c.put('/v1/kv/a', 'x'.repeat(101))
      await c.put('/v1/txn', [{ KV: { Verb: 'set', Key: 'a', Value: Buffer.alloc(101).toString('base64') } }])
      await c.put('/v1/session/create', { TTL: '1s' })
      const { ID } = json<{ ID: string }>(await c.put('/v1/session/create', { TTL: '2s' }))
      await c.put(`/v1/session/destroy/${ID}`)
      await c.put('/v1/agent/service/register', { Name: 'web', Check: { TTL: '1h' } })
      await c.put('/v1/agent/check/update/service:web', { Status: 'passing', Output: 'y'.repeat(50) })
      await c.script(`
        PUT /v1/agent/check/warn/service:web?note=abcdefghijklmnopqrstuvwxyz
        GET /v1/agent/checks
        PUT /v1/agent/service/deregister/web
        DELETE /v1/kv/a
        PUT /v1/kv/new%0aline x
        GET /v1/kv/new%0aline
        DELETE /v1/kv/new%0aline
      `)
    },
  },
]
