import type { Client } from '../client'
import type { Scenario } from '../suite'

const register = (c: Client, ...definitions: unknown[]) =>
  definitions.reduce<Promise<unknown>>(
    (before, definition) => before.then(() => c.put('/v1/agent/service/register', definition)),
    Promise.resolve(),
  )

/** The agent walks its checks as a Go map. */
const CHECKS = { view: 'unordered' } as const

export const agentServiceScenarios: readonly Scenario[] = [
  {
    name: 'life of a service',
    run: async (c) => {
      await register(c, { Name: 'web', Port: 80 })
      await c.script(`
        GET /v1/agent/services
        GET /v1/agent/services?pretty
        GET /v1/agent/service/web
        GET /v1/agent/service/none
        GET /v1/agent/service/
        GET /v1/agent/services?filter=Port==80
        GET /v1/agent/services?filter=Port==81
        GET /v1/agent/services?filter=Nope==1
        GET /v1/agent/services?filter=((
      `)
      await c.synced()
      await c.get('/v1/catalog/service/web')
      await register(c, {
        ID: 'web',
        Name: 'web',
        Port: 8080,
        Tags: ['b', 'a', 'b'],
        Address: '10.0.0.9',
        Meta: { k: 'v' },
        EnableTagOverride: true,
        Weights: { Passing: 3, Warning: 2 },
        TaggedAddresses: { lan: { Address: '10.0.0.9', Port: 1 }, wan: { Address: '1.2.3.4', Port: 2 } },
      })
      await c.synced()
      await c.script(`
        GET /v1/agent/services
        GET /v1/agent/service/web
        GET /v1/catalog/service/web
        GET /v1/health/service/web
        GET /v1/catalog/node-services/n1
        PUT /v1/agent/service/deregister/web
        GET /v1/agent/services
        PUT /v1/agent/service/deregister/web
        PUT /v1/agent/service/deregister/
        PUT /v1/agent/service/deregister/none
        PUT /v1/agent/service/deregister/consul
      `)
      await c.synced()
      await c.get('/v1/catalog/service/web')
    },
  },
  {
    name: 'services with checks of every form',
    run: async (c) => {
      await register(
        c,
        { Name: 'ttl', Check: { TTL: '30m' } },
        {
          Name: 'ttl-passing',
          Check: { TTL: '30m', Status: 'passing', Notes: 'note', Name: 'own name', CheckID: 'own' },
        },
        {
          Name: 'http',
          Check: {
            HTTP: 'http://127.0.0.1:1/x',
            Interval: '1h',
            Timeout: '3s',
            Method: 'POST',
            Header: { A: ['b', 'c'] },
            Body: 'body',
            TLSSkipVerify: true,
            DisableRedirects: true,
          },
        },
        { Name: 'tcp', Check: { TCP: '127.0.0.1:1', Interval: '1h' } },
        { Name: 'tcp-tls', Check: { TCP: '127.0.0.1:1', Interval: '1h', TCPUseTLS: true } },
        { Name: 'udp', Check: { UDP: '127.0.0.1:1', Interval: '1h' } },
        { Name: 'grpc', Check: { GRPC: '127.0.0.1:1/svc', GRPCUseTLS: true, Interval: '1h' } },
        { Name: 'h2', Check: { H2PING: '127.0.0.1:1', H2PingUseTLS: false, Interval: '1h' } },
        { Name: 'script', Check: { Args: ['/bin/true'], Interval: '1h' } },
        { Name: 'docker', Check: { DockerContainerID: 'abc', Shell: '/bin/sh', Args: ['x'], Interval: '1h' } },
        {
          Name: 'many',
          Checks: [{ TTL: '1h' }, { TTL: '1h', Name: 'second' }, { CheckID: 'third', TTL: '1h', Status: 'warning' }],
        },
        { Name: 'both', Check: { TTL: '1h' }, Checks: [{ TTL: '2h' }] },
        {
          Name: 'limits',
          Check: {
            TTL: '1h',
            SuccessBeforePassing: 3,
            FailuresBeforeCritical: 2,
            FailuresBeforeWarning: 1,
            OutputMaxSize: 10,
            DeregisterCriticalServiceAfter: '90m',
          },
        },
        { Name: 'empty-check', Check: {} },
        { Name: 'empty-checks', Checks: [] },
        { Name: 'null-check', Check: null, Checks: null, Tags: null, Meta: null },
        {
          name: 'lower',
          port: 7,
          tags: ['x'],
          check: { ttl: '1h', check_id: 'lower-check', deregister_critical_service_after: '5m' },
        },
        { Name: 'snake', tagged_addresses: { lan: { address: '1.1.1.1', port: 1 } }, enable_tag_override: true },
      )
      await c.script(`
        GET /v1/agent/services
        GET /v1/agent/checks
        GET /v1/agent/checks?pretty
        GET /v1/agent/checks?filter=ServiceName==many
        GET /v1/agent/checks?filter=Status==critical+and+Type==ttl
        GET /v1/agent/checks?filter=Bogus==1
        GET /v1/agent/health/service/name/many?format=text
        GET /v1/agent/health/service/id/many?format=text
        GET /v1/agent/health/service/name/ttl-passing
        GET /v1/agent/health/service/name/ttl-passing?format=text
        GET /v1/agent/health/service/id/snake
        GET /v1/agent/health/service/name/none
        GET /v1/agent/health/service/name/none?format=text
        GET /v1/agent/health/service/id/none
        GET /v1/agent/health/service/id/
        GET /v1/agent/health/service/name/
      `)
      await c.get('/v1/agent/health/service/name/many', CHECKS)
      await c.get('/v1/agent/health/service/id/many', CHECKS)
      await c.synced()
      await c.script(`
        GET /v1/health/node/n1
        GET /v1/health/service/many
        GET /v1/health/service/http?passing
      `)
      for (const name of ['ttl', 'ttl-passing', 'http', 'tcp', 'tcp-tls', 'udp', 'grpc', 'h2', 'script', 'docker']) {
        await c.put(`/v1/agent/service/deregister/${name}`)
      }
      for (const name of ['many', 'both', 'limits', 'empty-check', 'empty-checks', 'null-check', 'lower', 'snake']) {
        await c.put(`/v1/agent/service/deregister/${name}`)
      }
      await c.get('/v1/agent/checks')
      await c.synced()
      await c.get('/v1/health/node/n1')
    },
  },
  {
    name: 'a check of a service of the operating system',
    run: async (c) => {
      await register(c, { Name: 'os', Check: { OSService: 'x', Interval: '1h' } })
      await c.put('/v1/agent/service/deregister/os')
    },
  },
  {
    name: 'a registration anew keeps or replaces checks',
    run: async (c) => {
      await register(c, { Name: 'again', Check: { TTL: '1h', CheckID: 'one', Status: 'passing' } })
      await register(c, { Name: 'again', Check: { TTL: '1h', CheckID: 'two' } })
      await c.get('/v1/agent/checks')
      await c.put('/v1/agent/service/register?replace-existing-checks', {
        Name: 'again',
        Check: { TTL: '1h', CheckID: 'three' },
      })
      await c.get('/v1/agent/checks')
      await c.put('/v1/agent/service/register?replace-existing-checks=true', { Name: 'again' })
      await c.get('/v1/agent/checks')
      await register(c, { Name: 'again', Check: { TTL: '1h', CheckID: 'one' } })
      await c.put('/v1/agent/check/pass/one?note=fine')
      await register(c, { Name: 'again', Check: { TTL: '1h', CheckID: 'one' } })
      await c.get('/v1/agent/checks')
      await register(c, { Name: 'again', Check: { TTL: '1h', CheckID: 'one', Status: 'critical' } })
      await c.get('/v1/agent/checks')
      await register(c, { ID: 'again', Name: 'other-name' })
      await c.script(`
        GET /v1/agent/services
        GET /v1/agent/checks
        PUT /v1/agent/service/deregister/again
        GET /v1/agent/checks
      `)
      await c.synced()
    },
  },
  {
    name: 'refused services',
    run: async (c) => {
      await register(
        c,
        {},
        { ID: 'x' },
        { Name: '' },
        { Name: 7 },
        { Name: 'x', Port: 'http' },
        { Name: 'x', Port: '80' },
        { Name: 'x', Port: -1 },
        { Name: 'x', Port: 80.5 },
        { Name: 'x', Port: 99999999999999999999 },
        { Name: 'x', Tags: 'a' },
        { Name: 'x', Tags: [1] },
        { Name: 'x', Meta: { a: 1 } },
        { Name: 'x', Meta: [] },
        { Name: 'x', Meta: { '': 'v' } },
        { Name: 'x', Meta: { 'a b': 'v' } },
        { Name: 'x', Meta: { 'consul-x': 'v' } },
        { Name: 'x', Meta: { k: 'v'.repeat(513) } },
        { Name: 'x', Meta: { ['k'.repeat(129)]: 'v' } },
        { Name: 'x', Meta: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 'v'])) },
        { Name: 'x', Address: '0.0.0.0' },
        { Name: 'x', Address: '::' },
        { Name: 'x', Weights: { Passing: 0, Warning: 1 } },
        { Name: 'x', Weights: { Passing: 1, Warning: -1 } },
        { Name: 'x', Weights: { Passing: 65536, Warning: 1 } },
        { Name: 'x', Weights: 1 },
        { Name: 'x', Check: { Name: 'no kind' } },
        { Name: 'x', Check: { HTTP: 'http://x' } },
        { Name: 'x', Check: { TTL: '1h', Interval: '1h' } },
        { Name: 'x', Check: { TTL: 'x' } },
        { Name: 'x', Check: { TTL: true } },
        { Name: 'x', Check: { Interval: '10', HTTP: 'x' } },
        { Name: 'x', Check: { TTL: '1h', Status: 'odd' } },
        { Name: 'x', Check: { TTL: '1h', OutputMaxSize: -1 } },
        { Name: 'x', Check: { TTL: '1h', FailuresBeforeWarning: 3, FailuresBeforeCritical: 2 } },
        { Name: 'x', Check: 'ttl' },
        { Name: 'x', Checks: {} },
        { Name: 'x', Checks: [{ TTL: '1h' }, { Name: 'no kind' }] },
        { Name: 'x', Check: { Script: 'old', Interval: '1h' } },
        { Name: 'x', Bogus: true },
        { Name: 'x', Check: { TTL: '1h', Bogus: true } },
        { Name: 'x', Kind: 'bogus' },
        { Name: 'x', Kind: 'connect-proxy', Port: 1 },
        { Name: 'x', Kind: 'connect-proxy', Proxy: { DestinationServiceName: 'y' } },
        { Name: 'x', Namespace: 'n' },
        { Name: 'x', Token: 't' },
        { Name: 'a b' },
        { Name: 'ünïcode', ID: 'u' },
        { Name: 'dots.in.name' },
        { Name: 'under_score' },
        { Name: 'x', SocketPath: '/tmp/s', Port: 1 },
        { Name: 'x', Ports: [{ Name: 'a', Port: 1 }] },
        { Name: 'x', Ports: [{ Name: 'a', Port: 1, Default: true }], Port: 2 },
      )
      await c.script(`
        PUT /v1/agent/service/register
        PUT /v1/agent/service/register null
        PUT /v1/agent/service/register []
        PUT /v1/agent/service/register "x"
        PUT /v1/agent/service/register {"Name":"x"
        PUT /v1/agent/service/register {"Name":"x",}
        PUT /v1/agent/service/register {'Name':'x'}
        PUT /v1/agent/service/register {"Name":"x"}{"Name":"y"}
        PUT /v1/agent/service/register?ns=x {"Name":"x"}
        GET /v1/agent/services
      `)
      for (const id of ['x', 'a b', 'u', 'dots.in.name', 'under_score', 'y']) {
        await c.put(`/v1/agent/service/deregister/${encodeURIComponent(id)}`)
      }
      await c.get('/v1/agent/services')
      await c.synced()
    },
  },
  {
    name: 'maintenance of a service and of the node',
    run: async (c) => {
      await register(c, { Name: 'maint', Check: { TTL: '1h', Status: 'passing' } })
      await c.script(`
        PUT /v1/agent/service/maintenance/maint?enable=true&reason=why
        GET /v1/agent/checks
        PUT /v1/agent/service/maintenance/maint?enable=true&reason=other
        GET /v1/agent/checks
        GET /v1/agent/health/service/name/maint?format=text
      `)
      await c.get('/v1/agent/health/service/id/maint', CHECKS)
      await c.synced()
      await c.get('/v1/health/service/maint')
      await c.script(`
        PUT /v1/agent/service/maintenance/maint?enable=false
        PUT /v1/agent/service/maintenance/maint?enable=false
        GET /v1/agent/checks
        PUT /v1/agent/service/maintenance/maint?enable=true
        GET /v1/agent/checks
        PUT /v1/agent/service/maintenance/maint?enable=0
        PUT /v1/agent/service/maintenance/maint
        PUT /v1/agent/service/maintenance/maint?enable=x
        PUT /v1/agent/service/maintenance/maint?enable=
        PUT /v1/agent/service/maintenance/none?enable=true
        PUT /v1/agent/service/maintenance/?enable=true
        PUT /v1/agent/maintenance?enable=true&reason=node%20why
        GET /v1/agent/checks
        PUT /v1/agent/maintenance?enable=true
        GET /v1/agent/checks
        PUT /v1/agent/maintenance?enable=false
        PUT /v1/agent/maintenance?enable=true
        GET /v1/agent/checks
        PUT /v1/agent/maintenance?enable=false
        PUT /v1/agent/maintenance
        PUT /v1/agent/maintenance?enable=maybe
        GET /v1/agent/checks
        PUT /v1/agent/service/deregister/maint
      `)
      await c.synced()
    },
  },
]
