import { shapeOf } from '../normalise'
import type { Scenario } from '../suite'

interface Self {
  readonly Config: object
  readonly Coord: object
  readonly Member: object
  readonly Meta: object
  readonly Stats: object
}

interface Metrics {
  readonly Gauges: readonly object[]
  readonly Counters: readonly object[]
  readonly Samples: readonly object[]
}

/** Which figures there are is a matter of what runs; how each is told is not. */
const metricKeys = (metrics: Metrics) => [
  Object.keys(metrics),
  ...[metrics.Gauges, metrics.Counters, metrics.Samples].map((list) => Object.keys(list[0] ?? {})),
]

export const agentInfoScenarios: readonly Scenario[] = [
  {
    name: 'what an agent says of itself',
    run: async (c) => {
      await c.get('/v1/agent/self', {
        view: ({ Config, Coord, Member, Meta, Stats }: Self) => ({
          Config,
          Coord,
          Member,
          Meta,
          Stats: shapeOf(Stats),
        }),
      })
      await c.get('/v1/agent/self', { view: Object.keys })
      await c.get('/v1/agent/host', { view: Object.keys })
      await c.get('/v1/agent/metrics', { view: metricKeys })
      await c.get('/v1/agent/version', { view: 'shape' })
      await c.script(`
        GET /v1/agent/members
        GET /v1/agent/members?pretty
        GET /v1/agent/members?wan=1
        GET /v1/agent/members?segment=_all
        GET /v1/agent/members?segment=x
        GET /v1/agent/members?wan=1&segment=x
        GET /v1/agent/members?filter=Name==n1
        GET /v1/agent/members?filter=Bogus==1
        GET /v1/agent/metrics?format=prometheus
        GET /v1/agent/monitor?loglevel=bogus
        PUT /v1/agent/self
        PUT /v1/agent/metrics
        GET /v1/agent/reload
        PUT /v1/agent/reload
        PUT /v1/agent/force-leave/none
        PUT /v1/agent/force-leave/none?prune
        PUT /v1/agent/force-leave/
        PUT /v1/agent/join/127.0.0.1:1
        PUT /v1/agent/join/
        GET /v1/agent/
        GET /v1/agent/bogus
        PUT /v1/agent/token/bogus {}
        GET /v1/agent/leave
      `)
    },
  },
  {
    name: 'status, operator and coordinates',
    run: async (c) => {
      await c.script(`
        GET /v1/status/leader
        GET /v1/status/peers
        GET /v1/status/leader?pretty
        GET /v1/status/leader?dc=nope
        PUT /v1/status/leader
        GET /v1/status/
        GET /v1/operator/raft/configuration
        GET /v1/operator/raft/configuration?dc=nope
        DELETE /v1/operator/raft/peer
        DELETE /v1/operator/raft/peer?id=a&address=b
        DELETE /v1/operator/raft/peer?id=none
        DELETE /v1/operator/raft/peer?address=127.0.0.1:1
        GET /v1/operator/autopilot/configuration
        GET /v1/coordinate/datacenters
        GET /v1/coordinate/nodes?dc=nope
        GET /v1/coordinate/node/none
        GET /v1/coordinate/node/
        PUT /v1/coordinate/update {}
        PUT /v1/coordinate/update
        PUT /v1/coordinate/update {"Node":"none","Coord":{"Vec":[0,0,0,0,0,0,0,0],"Error":1.5,"Adjustment":0,"Height":0.00001}}
        PUT /v1/coordinate/update {"Node":"n1","Coord":{"Vec":[0,0],"Error":1.5}}
        PUT /v1/coordinate/update {"Node":7}
        PUT /v1/coordinate/update {
        GET /v1/coordinate/update
      `)
      await c.get('/v1/operator/autopilot/health', { view: 'shape' })
      await c.get('/v1/operator/autopilot/state', { view: 'shape' })
      await c.get('/v1/operator/usage', { view: 'shape' })
    },
  },
  {
    name: 'events',
    run: async (c) => {
      await c.script(`
        GET /v1/event/list
        PUT /v1/event/fire/deploy payload
        PUT /v1/event/fire/empty
        PUT /v1/event/fire/
        PUT /v1/event/fire/filtered?node=n&service=s&tag=t x
        PUT /v1/event/fire/bad?node=(
        PUT /v1/event/fire/bad?service=(
        PUT /v1/event/fire/bad?tag=x
        PUT /v1/event/fire/dc?dc=nope x
        GET /v1/event/fire/deploy
        POST /v1/event/list
      `)
      await c.put('/v1/event/fire/large', 'x'.repeat(600))
      await c.until('/v1/event/list', ({ body }) => String(body).includes('empty'))
      await c.script(`
        GET /v1/event/list?name=deploy
        GET /v1/event/list?name=none
        GET /v1/event/list?node=n1&name=empty
        GET /v1/event/list?node=none&name=empty
        GET /v1/event/list?service=s
        GET /v1/event/list?wait=x
      `)
    },
  },
  {
    name: 'the web interface',
    run: async (c) => {
      await c.put('/v1/catalog/register', {
        Node: 'ui',
        Address: '10.4.0.1',
        Service: { Service: 'web', Port: 80, Tags: ['a'] },
        Check: { CheckID: 'c', Name: 'c', Status: 'passing', ServiceID: 'web' },
      })
      await c.put('/v1/catalog/register', {
        Node: 'ui2',
        Address: '10.4.0.2',
        Service: { ID: 'web2', Service: 'web', Port: 81, Tags: ['a', 'b'] },
        Check: { CheckID: 'c', Name: 'c', Status: 'critical', ServiceID: 'web2' },
      })
      await c.script(`
        GET /v1/internal/ui/nodes
        GET /v1/internal/ui/node/ui
        GET /v1/internal/ui/node/none
        GET /v1/internal/ui/node/
        GET /v1/internal/ui/services
        GET /v1/internal/ui/services?filter=Service==web
        GET /v1/internal/ui/nodes?filter=Node==ui
        GET /v1/internal/ui/nodes?dc=nope
        GET /v1/internal/ui/bogus
        PUT /v1/internal/ui/nodes
        PUT /v1/catalog/deregister {"Node":"ui"}
        PUT /v1/catalog/deregister {"Node":"ui2"}
      `)
    },
  },
]
