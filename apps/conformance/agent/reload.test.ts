/** SIGHUP, `sd reload` and PUT /v1/agent/reload: what changes, and what a broken file changes. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, AgentYard } from '../support/agents'
import { ask } from '../support/ask-dns'
import { waitFor } from '../support/wait-for'

const yard = new AgentYard()
afterEach(() => yard.clear())

type Service = { Service: string; Port: number; Tags: string[] }
type Check = { Name: string; Status: string; Notes: string }
const services = (agent: Agent) => agent.json<Record<string, Service>>('/v1/agent/services')
const checks = (agent: Agent) => agent.json<Record<string, Check>>('/v1/agent/checks')
const catalog = async (agent: Agent) =>
  Object.keys(await agent.json<Record<string, string[]>>('/v1/catalog/services')).sort()

/** A server with a folder of configuration files. */
async function server(files: Record<string, unknown>) {
  const folder = join(yard.folder(), 'config')
  mkdirSync(folder)
  const write = (name: string, content: unknown) =>
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  for (const [name, content] of Object.entries(files)) write(name, content)
  const agent = await yard.ours({ flags: [`-config-dir=${folder}`] })
  let reloads = 0
  return {
    agent,
    write,
    remove: (name: string) => rmSync(join(folder, name)),
    /** Sends SIGHUP and waits until it was taken up. */
    async hup() {
      agent.signal('SIGHUP')
      reloads += 1
      await waitFor('the reload begins', () => agent.output.split('Reloading configuration').length > reloads)
    },
  }
}

test('services and checks of files come, change and go', async () => {
  const { agent, write, remove, hup } = await server({
    'web.json': { service: { name: 'web', port: 80, tags: ['a'] } },
    'db.hcl': 'service { name = "db" port = 5432 check { id = "db-alive" name = "db-alive" ttl = "1h" } }',
    'disk.json': { check: { id: 'disk', name: 'disk', ttl: '1h', status: 'passing' } },
  })
  await agent.must('PUT', '/v1/agent/service/register', { Name: 'api' })
  await waitFor('the catalog', async () => (await catalog(agent)).join() === 'api,consul,db,web')

  write('web.json', { service: { name: 'web', port: 8080, tags: ['b'] } })
  write('cache.json', { services: [{ name: 'cache' }, { id: 'cache2', name: 'cache', port: 2 }] })
  write('disk.json', { check: { id: 'disk', name: 'disk', ttl: '1h', notes: 'new' } })
  remove('db.hcl')
  await hup()

  await waitFor('the catalog', async () => (await catalog(agent)).join() === 'api,cache,consul,web')
  expect((await services(agent))['web']).toMatchObject({ Port: 8080, Tags: ['b'] })
  expect(Object.keys(await services(agent)).sort()).toEqual(['api', 'cache', 'cache2', 'web'])
  expect(await checks(agent)).toEqual({ disk: expect.objectContaining({ Notes: 'new', Status: 'passing' }) })
  remove('disk.json')
  remove('cache.json')
  await hup()
  await waitFor('the catalog', async () => (await catalog(agent)).join() === 'api,consul,web')
  expect(await checks(agent)).toEqual({})
})

test('the log level, DNS settings and node metadata change', async () => {
  const { agent, write, hup } = await server({
    'agent.json': { node_meta: { rack: '1' }, dns_config: { node_ttl: '1s' } },
  })
  expect((await ask(agent.dnsPort, 'n1.node.consul')).answers).toMatchObject([{ ttl: 1 }])
  write('agent.json', { log_level: 'error', node_meta: { rack: '2', row: 'b' }, dns_config: { node_ttl: '7s' } })
  await hup()
  const meta = async () => (await agent.json<{ Node: { Meta: object } }>('/v1/catalog/node/n1')).Node.Meta
  await waitFor('the metadata', async () => 'row' in (await meta()))
  expect(await meta()).toMatchObject({ rack: '2', row: 'b' })
  expect((await ask(agent.dnsPort, 'n1.node.consul')).answers).toMatchObject([{ ttl: 7 }])
  await agent.logs('Reloading configuration')
  const said = agent.output.length
  await agent.must('PUT', '/v1/agent/reload')
  expect(agent.output.slice(said)).toBe('')
})

test.each<[string, string, RegExp]>([
  ['JSON that ends early', '{"service":', /broken\.json/],
  ['a key that does not exist', '{"servize":{"name":"x"}}', /servize/],
  ['a value of the wrong kind', '{"service":{"name":"x","port":"many"}}', /port/i],
  ['a bad duration', '{"check":{"name":"x","ttl":"soon"}}', /soon/],
  ['a service without a name', '{"service":{"port":1}}', /name/i],
  ['a check without a type', '{"check":{"name":"x"}}', /x/],
])('%s at reload is an error in the log and changes nothing', async (_, content, words) => {
  const { agent, write, remove, hup } = await server({ 'a.json': { service: { name: 'a' } } })
  write('broken.json', content)
  write('a.json', { service: { name: 'changed' } })
  write('b.json', { service: { name: 'b' } })
  await hup()
  await agent.logs(/\[ERROR\] agent: Reload config failed/)
  expect(agent.output.slice(agent.output.indexOf('[ERROR]'))).toMatch(words)
  expect(Object.keys(await services(agent))).toEqual(['a'])

  const answer = await agent.request('PUT', '/v1/agent/reload')
  expect([answer.status, answer.text]).toEqual([500, expect.stringMatching(words)])
  const command = await agent.cli(['reload'])
  expect([command.exitCode, command.stderr]).toEqual([1, expect.stringMatching(words)])
  expect(Object.keys(await services(agent))).toEqual(['a'])

  remove('broken.json')
  const mended = await agent.cli(['reload'])
  expect([mended.exitCode, mended.stdout]).toEqual([0, 'Configuration reload triggered\n'])
  expect(Object.keys(await services(agent)).sort()).toEqual(['b', 'changed'])
})

test('a script check that is not allowed is an error, and the services before it stay', async () => {
  const { agent, write, hup } = await server({ 'a.json': { service: { name: 'a' } } })
  write('b.json', { check: { id: 'b', name: 'b', args: ['true'], interval: '10s' } })
  await hup()
  await agent.logs(/\[ERROR\].*Scripts are disabled/i)
  expect(Object.keys(await services(agent))).toEqual(['a'])
})

test('a setting that needs a restart is told and not taken over', async () => {
  const { agent, write, hup } = await server({ 'agent.json': { datacenter: 'dc1' } })
  write('agent.json', { datacenter: 'dc2' })
  await hup()
  await agent.logs(/\[WARN\].*datacenter/i)
  expect(await agent.json<string[]>('/v1/catalog/datacenters')).toEqual(['dc1'])
})

test('twenty reloads at once end with the newest files', async () => {
  const { agent, write } = await server({ 'a.json': { service: { name: 'a', port: 1 } } })
  for (let port = 2; port <= 21; port++) {
    write('a.json', { service: { name: 'a', port } })
    agent.signal('SIGHUP')
  }
  await waitFor('the newest port', async () => (await services(agent))['a']?.Port === 21)
  expect(agent.output).not.toContain('[ERROR]')
})
