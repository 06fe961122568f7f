import type { Client } from '../client'
import type { Scenario } from '../suite'

/** Three nodes of a service, one in each state. */
async function populate(c: Client): Promise<void> {
  for (const [i, status] of ['passing', 'warning', 'critical'].entries()) {
    const place = { Node: `h${i}`, Address: `10.3.0.${i}`, NodeMeta: { zone: i === 0 ? 'a' : 'b' } }
    await c.put('/v1/catalog/register', {
      ...place,
      Service: {
        ID: `web${i}`,
        Service: 'web',
        Port: 80 + i,
        Tags: i === 1 ? ['b', 'a'] : ['a'],
        Meta: { n: String(i) },
      },
      Check: { CheckID: `web:${i}`, Name: 'web', ServiceID: `web${i}`, Status: status, Output: `is ${status}` },
    })
    await c.put('/v1/catalog/register', {
      ...place,
      Check: { CheckID: 'node', Name: 'node check', Status: 'passing' },
    })
  }
}

const depopulate = async (c: Client) => {
  for (const Node of ['h0', 'h1', 'h2']) await c.put('/v1/catalog/deregister', { Node })
}

export const healthScenarios: readonly Scenario[] = [
  {
    name: 'a service by state, tag, place and filter',
    run: async (c) => {
      await populate(c)
      await c.script(`
        GET /v1/health/service/web
        GET /v1/health/service/web?pretty
        GET /v1/health/service/web?passing
        GET /v1/health/service/web?passing=true
        GET /v1/health/service/web?passing=1
        GET /v1/health/service/web?passing=false
        GET /v1/health/service/web?passing=x
        GET /v1/health/service/web?tag=b
        GET /v1/health/service/web?tag=a&tag=b
        GET /v1/health/service/web?tag=none
        GET /v1/health/service/web?tag=
        GET /v1/health/service/web?near=h2
        GET /v1/health/service/web?near=_agent
        GET /v1/health/service/web?near=_ip
        GET /v1/health/service/web?node-meta=zone:b
        GET /v1/health/service/web?node-meta=zone:c
        GET /v1/health/service/web?filter=Service.Port==81
        GET /v1/health/service/web?filter=Checks.Status==critical
        GET /v1/health/service/web?filter=%22warning%22+in+Checks.Status
        GET /v1/health/service/web?filter=Service.Meta.n==2
        GET /v1/health/service/web?filter=Node.Meta.zone==a+and+not+Service.Tags+is+empty
        GET /v1/health/service/web?filter=Service.Tags+contains+b
        GET /v1/health/service/web?filter=Service.ID+matches+%22^web[01]$%22
        GET /v1/health/service/web?filter=Service.ID+matches+%22[%22
        GET /v1/health/service/web?filter=Service.Bogus==1
        GET /v1/health/service/web?filter=Service.Port==x
        GET /v1/health/service/web?filter=Service.Port
        GET /v1/health/service/web?filter=((
        GET /v1/health/service/web?filter=any+Checks+as+c+%7B+c.Status==critical+%7D
        GET /v1/health/service/web?passing&filter=Service.Port==80
        GET /v1/health/service/web?merge-central-config
        GET /v1/health/service/web?peer=x
        GET /v1/health/service/web?sg=x
        GET /v1/health/service/none
        GET /v1/health/service/
        GET /v1/health/service/consul
        GET /v1/health/connect/web
        GET /v1/health/ingress/web
        GET /v1/health/service/web?dc=nope
        GET /v1/health/service/web?cached
        GET /v1/health/service/web?stale
        GET /v1/health/service/web?consistent
        GET /v1/health/service/web?cached&consistent
        GET /v1/health/service/web?ns=x
        GET /v1/health/service/web?wait=1
        GET /v1/health/service/web?index=1x
        POST /v1/health/service/web
        HEAD /v1/health/service/web
      `)
      await depopulate(c)
      await c.get('/v1/health/service/web')
    },
  },
  {
    name: 'checks by node, service and state',
    run: async (c) => {
      await populate(c)
      await c.script(`
        GET /v1/health/node/h0
        GET /v1/health/node/H0
        GET /v1/health/node/none
        GET /v1/health/node/
        GET /v1/health/node/h0?filter=Status==passing
        GET /v1/health/node/h0?filter=ServiceTags+contains+a
        GET /v1/health/checks/web
        GET /v1/health/checks/web?near=h1
        GET /v1/health/checks/web?node-meta=zone:a
        GET /v1/health/checks/web?filter=Output==%22is+passing%22
        GET /v1/health/checks/none
        GET /v1/health/checks/
        GET /v1/health/state/any
        GET /v1/health/state/passing
        GET /v1/health/state/warning
        GET /v1/health/state/critical
        GET /v1/health/state/critical?node-meta=zone:a
        GET /v1/health/state/any?near=h1
        GET /v1/health/state/unknown
        GET /v1/health/state/bogus
        GET /v1/health/state/
        GET /v1/health/state/any?filter=Bogus==1
        GET /v1/health/state/any?dc=nope
        PUT /v1/health/state/any
        GET /v1/health/
        GET /v1/health/bogus/x
      `)
      await depopulate(c)
    },
  },
  {
    name: 'the filter language',
    run: async (c) => {
      await populate(c)
      const filters = [
        'Node == h0',
        'Node != h0',
        'Node=="h0" or Node==`h1`',
        'not Node == h0 and Node != h1',
        'Node in ["h0"]',
        '"h" in Node',
        'Node contains h1',
        'Node not contains h1',
        'Node matches `h[12]`',
        'Node not matches "h1"',
        'Node is empty',
        'Node is not empty',
        'Meta is empty',
        'zone in Meta',
        'Meta contains zone',
        'Meta.zone == a',
        'Meta["zone"] == b',
        'Meta.none is empty',
        'Meta.none != a',
        'TaggedAddresses.lan is not empty',
        'ID == ""',
        'Datacenter==dc1',
        'node==h0',
        'Node = h0',
        'Node == ',
        '== h0',
        'Node == h0 and',
        'Node == "h0',
        'Node == h0 extra',
        '(Node == h0',
        'Node == h0)',
        'Node == 7',
        'CreateIndex > 1',
        'CreateIndex == x',
        'CreateIndex is empty',
        'Meta == a',
        'Node.x == 1',
        'all Meta as k, v { v == a }',
        'any Meta as k, v { v == a }',
        '   ',
        'Ä == 1',
        'Node == ä',
      ]
      for (const filter of filters) await c.get(`/v1/catalog/nodes?filter=${encodeURIComponent(filter)}`)
      await depopulate(c)
    },
  },
]
