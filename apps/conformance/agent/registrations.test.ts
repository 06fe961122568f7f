/** What came by the API outlives a restart; what files define wins. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, AgentYard } from '../support/agents'
import { waitFor } from '../support/wait-for'

const yard = new AgentYard()
afterEach(() => yard.clear())

type Checks = Record<string, { Status: string; Output: string; ServiceID: string; Notes: string }>
type Services = Record<string, { Port: number; Tags: string[]; Meta: Record<string, string>; Weights: object }>
const checks = (agent: Agent) => agent.json<Checks>('/v1/agent/checks')
const services = (agent: Agent) => agent.json<Services>('/v1/agent/services')

describe.each(['SIGTERM', 'SIGKILL'] as const)('after %s', (signal) => {
  const restart = async (agent: Agent, flags: readonly string[] = []) => {
    await agent.end(signal)
    return yard.ours({ dataDir: agent.dataDir, flags })
  }

  test('services, checks, maintenance and TTL results are as before', async () => {
    const agent = await yard.ours()
    await agent.must('PUT', '/v1/agent/service/register', {
      ID: 'web-1',
      Name: 'web',
      Port: 80,
      Tags: ['b', 'a'],
      Meta: { version: '2', umlaut: 'ü' },
      Weights: { Passing: 10, Warning: 2 },
      Checks: [
        { CheckID: 'fresh', Name: 'fresh', TTL: '1h' },
        { CheckID: 'initial', Name: 'initial', TTL: '1h', Status: 'warning' },
      ],
    })
    await agent.must('PUT', '/v1/agent/check/register', { ID: 'node-ttl', Name: 'node-ttl', TTL: '1h', Notes: 'mine' })
    await agent.must('PUT', '/v1/agent/check/update/fresh', { Status: 'warning', Output: 'so "so"\n' })
    await agent.must('PUT', '/v1/agent/check/pass/node-ttl?note=all+well')
    await agent.must('PUT', '/v1/agent/service/maintenance/web-1?enable=true&reason=paint')
    await agent.must('PUT', '/v1/agent/maintenance?enable=true')
    const before = { checks: await checks(agent), services: await services(agent) }

    const again = await restart(agent)
    expect(await services(again)).toEqual(before.services)
    const after = await checks(again)
    expect(Object.keys(after).sort()).toEqual(Object.keys(before.checks).sort())
    expect(after['fresh']).toMatchObject({ Status: 'warning', Output: 'so "so"\n', ServiceID: 'web-1' })
    expect(after['initial']).toMatchObject({ Status: 'warning' })
    expect(after['node-ttl']).toMatchObject({ Status: 'passing', Output: 'all well', Notes: 'mine' })
    expect(after['_service_maintenance:web-1']).toMatchObject({ Status: 'critical' })
    expect(after['_node_maintenance']).toMatchObject({ Status: 'critical' })
    await again.must('PUT', '/v1/agent/check/pass/fresh')
    await again.must('PUT', '/v1/agent/maintenance?enable=false')
    await again.must('PUT', '/v1/agent/service/maintenance/web-1?enable=false')
    await waitFor('the catalog agrees', async () => {
      const rows = await again.json<{ CheckID: string; Status: string }[]>('/v1/health/node/n1')
      return (
        rows
          .map(({ CheckID, Status }) => `${CheckID}=${Status}`)
          .sort()
          .join() === 'fresh=passing,initial=warning,node-ttl=passing,serfHealth=passing'
      )
    })
  })

  test('a TTL that ran out meanwhile is not passing', async () => {
    const agent = await yard.ours()
    await agent.must('PUT', '/v1/agent/check/register', { ID: 'short', Name: 'short', TTL: '1s' })
    await agent.must('PUT', '/v1/agent/check/pass/short')
    await agent.end(signal)
    await waitFor('the TTL is over', () => performance.now() - agent.startedAtMs > 2_500)
    const again = await yard.ours({ dataDir: agent.dataDir })
    expect((await checks(again))['short']?.Status).toBe('critical')
  })

  test('what was deregistered stays away, in the catalog too', async () => {
    const agent = await yard.ours()
    for (const name of ['stays', 'goes']) {
      await agent.must('PUT', '/v1/agent/service/register', { Name: name, Check: { TTL: '1h' } })
    }
    await waitFor('the catalog', async () => 'goes' in (await agent.json<object>('/v1/catalog/services')))
    await agent.must('PUT', '/v1/agent/service/deregister/goes')
    const again = await restart(agent)
    expect(Object.keys(await services(again))).toEqual(['stays'])
    expect(Object.keys(await checks(again))).toEqual(['service:stays'])
    await waitFor('the catalog', async () => !('goes' in (await again.json<object>('/v1/catalog/services'))))
  })

  test('the file’s definition wins over the one from the API', async () => {
    const agent = await yard.ours()
    await agent.must('PUT', '/v1/agent/service/register', { Name: 'web', Port: 1, Tags: ['api'], Check: { TTL: '1h' } })
    await agent.must('PUT', '/v1/agent/check/register', { Name: 'disk', TTL: '1h', Notes: 'api' })
    const file = join(yard.folder(), 'web.json')
    writeFileSync(
      file,
      JSON.stringify({ service: { name: 'web', port: 2 }, check: { name: 'disk', ttl: '2h', notes: 'file' } }),
    )
    const withFile = await restart(agent, [`-config-file=${file}`])
    expect((await services(withFile))['web']).toMatchObject({ Port: 2, Tags: [] })
    expect((await checks(withFile))['disk']).toMatchObject({ Notes: 'file' })

    // The API's definition was replaced for good: without the file nothing of it comes back.
    const without = await restart(withFile)
    expect(Object.keys(await services(without))).toEqual([])
    expect((await checks(without))['disk']).toBeUndefined()
    await waitFor('the catalog', async () => !('web' in (await without.json<object>('/v1/catalog/services'))))
  })
})

test('a saved definition that is damaged is named in the log, and the others are there', async () => {
  const agent = await yard.ours()
  await agent.must('PUT', '/v1/agent/service/register', { Name: 'good' })
  await agent.end('SIGKILL')
  const damaged = join(agent.dataDir, 'services', 'damaged')
  writeFileSync(damaged, '{"Token":"","Serv')
  const again = await yard.ours({ dataDir: agent.dataDir })
  expect(Object.keys(await services(again))).toEqual(['good'])
  expect(again.output).toContain(damaged)
})
