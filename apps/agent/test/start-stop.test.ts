import { createServer } from 'node:net'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Resolver } from 'node:dns/promises'
import { folder, freePorts, leave, runAgent, startAgent } from './run-agent'

test('a server answers HTTP and DNS, and leaves with 0', async () => {
  const agent = await startAgent(folder(), await freePorts())
  expect(await agent.request('PUT', '/v1/kv/a', 'value')).toEqual({ status: 200, text: 'true' })
  expect(await agent.request('GET', '/v1/kv/a?raw')).toEqual({ status: 200, text: 'value' })
  const resolver = new Resolver()
  resolver.setServers([`127.0.0.1:${agent.dnsPort}`])
  expect(await resolver.resolve4('n1.node.consul')).toEqual(['127.0.0.1'])
  expect(await leave(agent)).toBe(0)
  await expect(agent.request('GET', '/v1/status/leader')).rejects.toThrow()
})

test('what was written is there after the next start, in the same places', async () => {
  const [dataDir, ports] = [folder(), await freePorts()]
  const first = await startAgent(dataDir, ports)
  await first.request('PUT', '/v1/kv/kept', 'value')
  await first.request('PUT', '/v1/agent/service/register', '{"Name": "web", "Port": 80}')
  expect(await leave(first)).toBe(0)
  const second = await startAgent(dataDir, ports)
  expect(await second.request('GET', '/v1/kv/kept?raw')).toEqual({ status: 200, text: 'value' })
  expect(await second.json('/v1/agent/services')).toMatchObject({ web: { Port: 80 } })
  await leave(second)
})

test.each(['httpPort', 'dnsPort'] as const)(
  'a start whose %s is taken ends with 1 and holds nothing',
  async (which) => {
    const [dataDir, ports] = [folder(), await freePorts()]
    const pidFile = join(dataDir, 'pid')
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(ports[which], '127.0.0.1', resolve))
    const refused = runAgent(dataDir, ports, `-pid-file=${pidFile}`)
    expect(await refused.exitCode).toBe(1)
    expect(refused.output()).toMatch(new RegExp(`127\\.0\\.0\\.1:${ports[which]}.*in use`))
    expect(readdirSync(dataDir)).not.toContain('agent.lock')
    await new Promise((resolve) => taken.close(resolve))
    expect(existsSync(pidFile)).toBe(false)

    const agent = await startAgent(dataDir, ports)
    expect(await leave(agent)).toBe(0)
  },
)
