import type { Client } from '../client'
import type { Scenario } from '../suite'

const register = async (c: Client, ...definitions: unknown[]) => {
  for (const definition of definitions) await c.put('/v1/agent/check/register', definition)
}

export const agentCheckScenarios: readonly Scenario[] = [
  {
    name: 'life of a TTL check',
    run: async (c) => {
      await register(c, { Name: 'beat', TTL: '30m', Notes: 'n' })
      await c.script(`
        GET /v1/agent/checks
        PUT /v1/agent/check/pass/beat
        GET /v1/agent/checks
        PUT /v1/agent/check/pass/beat?note=fine
        GET /v1/agent/checks
        PUT /v1/agent/check/warn/beat?note=hm%20m
        GET /v1/agent/checks
        PUT /v1/agent/check/fail/beat?note=%3Cb%3E
        GET /v1/agent/checks
        PUT /v1/agent/check/update/beat {"Status":"passing","Output":"by update"}
        GET /v1/agent/checks
        PUT /v1/agent/check/update/beat {"Status":"odd"}
        PUT /v1/agent/check/update/beat {}
        PUT /v1/agent/check/update/beat
        PUT /v1/agent/check/update/beat {"Status":7}
        PUT /v1/agent/check/update/beat {"Status":"passing"
        PUT /v1/agent/check/update/beat {"Status":"passing","Bogus":1}
        PUT /v1/agent/check/update/none {"Status":"passing"}
        PUT /v1/agent/check/pass/none
        PUT /v1/agent/check/warn/none
        PUT /v1/agent/check/fail/none
        PUT /v1/agent/check/pass/
        GET /v1/agent/check/pass/beat
        POST /v1/agent/check/pass/beat
      `)
      await c.put('/v1/agent/check/update/beat', { Status: 'passing', Output: 'x'.repeat(5000) })
      await c.get('/v1/agent/checks')
      await c.synced()
      await c.script(`
        GET /v1/health/node/n1
        PUT /v1/agent/check/deregister/beat
        GET /v1/agent/checks
        PUT /v1/agent/check/deregister/beat
        PUT /v1/agent/check/deregister/
        PUT /v1/agent/check/pass/beat
        PUT /v1/agent/check/deregister/serfHealth
      `)
      await c.synced()
      await c.get('/v1/health/node/n1')
    },
  },
  {
    name: 'forms of checks',
    run: async (c) => {
      await register(
        c,
        { Name: 'http', ID: 'h', HTTP: 'http://127.0.0.1:1/', Interval: '1h', Timeout: '1s', Status: 'passing' },
        { Name: 'http2', CheckID: 'h2', HTTP: 'http://127.0.0.1:1/', Interval: 3600000000000 },
        { Name: 'tcp', TCP: '127.0.0.1:1', Interval: '1h', Status: 'warning' },
        { Name: 'udp', UDP: '127.0.0.1:1', Interval: '1h' },
        { Name: 'grpc', GRPC: '127.0.0.1:1', Interval: '1h' },
        { Name: 'script', Args: ['/bin/true', 'x'], Interval: '1h', Timeout: '5s' },
        { Name: 'of-service', TTL: '1h', ServiceID: 'none' },
        { Name: 'both-ids', ID: 'a', CheckID: 'b', TTL: '1h' },
        { Name: 'short-interval', HTTP: 'http://127.0.0.1:1/', Interval: '1ms', Status: 'passing', Timeout: '1ms' },
        { name: 'lower', ttl: '1h', notes: 'lower', check_id: 'ignored' },
        { Name: 'dereg', TTL: '1h', DeregisterCriticalServiceAfter: '10m' },
        {
          Name: 'snake',
          http: 'http://127.0.0.1:1/',
          interval: '1h',
          tls_skip_verify: true,
          success_before_passing: 2,
        },
      )
      await c.put('/v1/agent/check/deregister/short-interval')
      await c.get('/v1/agent/checks')
      await c.script(`
        PUT /v1/agent/check/pass/h
        PUT /v1/agent/check/update/h {"Status":"passing"}
        PUT /v1/agent/service/register {"Name":"owner"}
      `)
      await register(c, { Name: 'owned', TTL: '1h', ServiceID: 'owner', Status: 'passing' })
      await c.synced()
      await c.script(`
        GET /v1/agent/checks
        GET /v1/health/checks/owner
        GET /v1/health/node/n1
        PUT /v1/agent/service/deregister/owner
        GET /v1/agent/checks
      `)
      for (const id of ['h', 'h2', 'tcp', 'udp', 'grpc', 'script', 'a', 'b', 'lower', 'dereg', 'snake']) {
        await c.put(`/v1/agent/check/deregister/${id}`)
      }
      await c.get('/v1/agent/checks')
      await c.synced()
    },
  },
  {
    name: 'refused checks',
    run: async (c) => {
      await register(
        c,
        {},
        { Name: '' },
        { ID: 'x' },
        { Name: 'x' },
        { Name: 'x', TTL: 'x' },
        { Name: 'x', TTL: '-1s' },
        { Name: 'x', TTL: 5 },
        { Name: 'x', TTL: [] },
        { Name: 'x', HTTP: 'http://x' },
        { Name: 'x', HTTP: 'http://x', Interval: '0s' },
        { Name: 'x', TTL: '1h', Interval: '1h' },
        { Name: 'x', TTL: '1h', Status: 'odd' },
        { Name: 'x', HTTP: 'x', Interval: '1h', AliasService: 's' },
        { Name: 'x', Args: 'true', Interval: '1h' },
        { Name: 'x', Header: { a: 'b' }, HTTP: 'x', Interval: '1h' },
        { Name: 'x', DockerContainerID: 'c', Interval: '1h' },
        { Name: 'x', OutputMaxSize: -5, TTL: '1h' },
        { Name: 'x', FailuresBeforeWarning: 9, TTL: '1h' },
        { Name: 'x', DeregisterCriticalServiceAfter: 'x', TTL: '1h' },
        { Name: 'x', Bogus: 1, TTL: '1h' },
        { Name: 'x', TTL: '1h', Namespace: 'n' },
      )
      await c.script(`
        PUT /v1/agent/check/register
        PUT /v1/agent/check/register null
        PUT /v1/agent/check/register []
        PUT /v1/agent/check/register {"Name":
        PUT /v1/agent/check/register {"Name":"a\tb","TTL":"1h"}
        GET /v1/agent/check/register
        GET /v1/agent/checks
        PUT /v1/agent/check/deregister/x
        GET /v1/agent/checks
      `)
      await c.synced()
    },
  },
]
