import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder, freePorts, leave, type RunningAgent, startAgent } from './run-agent'

let agent: RunningAgent
const file = join(folder(), 'agent.json')
const write = (config: unknown) => writeFileSync(file, JSON.stringify(config))
const names = async () => Object.keys(await agent.json<object>('/v1/agent/services')).sort()
const reload = () => agent.request('PUT', '/v1/agent/reload')

beforeAll(async () => {
  write({ service: { name: 'a' }, node_meta: { rack: '1' } })
  agent = await startAgent(folder(), await freePorts(), `-config-file=${file}`)
})
afterAll(() => leave(agent))

test('services of files come and go, and node metadata changes', async () => {
  expect(await names()).toEqual(['a'])
  write({ services: [{ name: 'b' }, { name: 'c' }], node_meta: { rack: '2' } })
  expect(await reload()).toEqual({ status: 200, text: '' })
  expect(await names()).toEqual(['b', 'c'])
  expect(await agent.json('/v1/catalog/node/n1')).toMatchObject({ Node: { Meta: { rack: '2' } } })
})

test('what is refused changes nothing, neither services nor settings', async () => {
  const before = await names()
  write({
    log_level: 'error',
    node_meta: { rack: '3' },
    services: [{ name: 'd' }, { name: 'e', check: { args: ['true'], interval: '10s' } }],
  })
  expect(await reload()).toEqual({ status: 500, text: expect.stringContaining('Scripts are disabled on this agent') })
  expect(await names()).toEqual(before)
  expect(await agent.json('/v1/catalog/node/n1')).toMatchObject({ Node: { Meta: { rack: '2' } } })
  const said = agent.output().length
  await reload()
  // Still at level info.
  expect(agent.output().slice(said)).toContain('Reloading configuration')
})

test('the limit of connections and the filter of metrics change, what needs a restart is named', async () => {
  const said = agent.output().length
  write({ limits: { http_max_conns_per_client: 1 }, telemetry: { prefix_filter: ['-consul.api'] }, domain: 'other' })
  expect((await reload()).status).toBe(200)
  expect(agent.output().slice(said)).toMatch(/need a restart: settings="?domain/)
  expect(agent.output().slice(said)).not.toContain('http_max_conns_per_client')
  // The connections of the requests before may still be open: what counts is that one more is refused.
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => agent.request('GET', '/v1/status/leader').catch(() => ({ status: 0, text: '' }))),
  )
  expect(answers.map(({ status }) => status)).toContain(429)
  write({ limits: { http_max_conns_per_client: 200 } })
})
