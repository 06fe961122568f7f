/** The commands of the same program, against a running agent: a smoke run of each with its exit code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, AgentYard, sdBin } from '../support/agents'
import { run } from '../support/run'
import { waitFor } from '../support/wait-for'

const yard = new AgentYard()
let agent: Agent
beforeAll(async () => (agent = await yard.ours()))
afterAll(() => yard.clear())

const file = (name: string, content: string): string => {
  const path = join(yard.folder(), name)
  writeFileSync(path, content)
  return path
}

/** Runs a command that must end with 0, and returns what it printed. */
async function sd(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await agent.cli(args)
  expect([args, exitCode, stderr]).toEqual([args, 0, ''])
  return stdout
}

test('validate says what it thinks of a file', async () => {
  const good = await run(sdBin(), ['validate', file('good.hcl', 'service { name = "web" }')])
  expect([good.exitCode, good.stdout]).toEqual([1, '']) // Without a data_dir Consul refuses too.
  expect(good.stderr).toContain('data_dir cannot be empty')
  const whole = await run(sdBin(), ['validate', file('whole.json', '{"data_dir": "/tmp", "service": {"name": "web"}}')])
  expect([whole.exitCode, whole.stdout]).toEqual([0, 'Configuration is valid!\n'])
  const bad = await run(sdBin(), ['validate', file('bad.json', '{"servize": {}}')])
  expect(bad.exitCode).toBe(1)
  expect(bad.stderr).toMatch(/bad\.json[^]*invalid config key servize/)
})

test('version -format=json is JSON with a version', async () => {
  expect(JSON.parse(await sd('version', '-format=json'))).toMatchObject({ Version: expect.stringMatching(/^\d+\.\d+/) })
  expect(await sd('version')).toMatch(/\d+\.\d+\.\d+/)
  expect(await sd('--version')).toMatch(/\d+\.\d+\.\d+/)
})

test('members lists this server alone', async () => {
  const [header, ...rows] = (await sd('members')).trimEnd().split('\n')
  expect(header).toMatch(/^Node +Address +Status +Type +Build +Protocol +DC +Partition +Segment$/)
  expect(rows).toEqual([
    expect.stringMatching(/^n1 +127\.0\.0\.1:8301 +alive +server +1\.22\.3 +2 +dc1 +default +<all>$/),
  ])
})

test('info shows the parts', async () => {
  const text = await sd('info')
  for (const part of ['agent:', 'consul:', 'raft:', 'runtime:']) expect(text).toContain(part)
  expect(text).toMatch(/leader = true/)
})

test('kv put, get, delete, export and import', async () => {
  expect(await sd('kv', 'put', 'a/b', 'one')).toBe('Success! Data written to: a/b\n')
  expect(await sd('kv', 'get', 'a/b')).toBe('one\n')
  expect(await sd('kv', 'get', '-keys', 'a/')).toBe('a/b\n')
  expect((await agent.cli(['kv', 'put', '-cas', '-modify-index=1', 'a/b', 'two'])).exitCode).toBe(1)
  const exported = await sd('kv', 'export', 'a/')
  expect(await sd('kv', 'delete', '-recurse', 'a/')).toBe('Success! Deleted keys with prefix: a/\n')
  const absent = await agent.cli(['kv', 'get', 'a/b'])
  expect([absent.exitCode, absent.stderr]).toEqual([1, 'Error! No key exists at: a/b\n'])
  expect((await agent.cli(['kv', 'import', '-'], exported)).exitCode).toBe(0)
  expect((await agent.cli(['kv', 'put', 'piped', '-'], 'from stdin')).exitCode).toBe(0)
  expect(await sd('kv', 'get', 'piped')).toBe('from stdin\n')
})

test('services register and deregister take files', async () => {
  const path = file('web.hcl', 'service { id = "web-1" name = "web" port = 80 check { ttl = "1h" } }')
  expect(await sd('services', 'register', path)).toBe('Registered service: web\n')
  expect(Object.keys(await agent.json<object>('/v1/agent/services'))).toEqual(['web-1'])
  await waitFor('the catalog', async () => (await sd('catalog', 'services')) === 'consul\nweb\n')
  expect(await sd('services', 'deregister', path)).toBe('Deregistered service: web-1\n')
  expect(await agent.json<object>('/v1/agent/services')).toEqual({})
  expect((await agent.cli(['services', 'register', '/absent.hcl'])).exitCode).toBe(1)
})

test('catalog shows nodes and datacenters', async () => {
  expect(await sd('catalog', 'nodes')).toMatch(/^Node +ID +Address +DC\nn1 /)
  expect(await sd('catalog', 'datacenters')).toBe('dc1\n')
})

test('maint turns maintenance on and off', async () => {
  expect(await sd('maint', '-enable', '-reason=paint')).toBe('Node maintenance is now enabled\n')
  expect(await sd('maint')).toContain('paint')
  expect(await sd('maint', '-disable')).toBe('Node maintenance is now disabled\n')
  expect(await sd('maint')).toBe('')
})

test('event fires, and watch hears it', async () => {
  const address = `-http-addr=127.0.0.1:${agent.httpPort}`
  const watch = spawn(sdBin(), ['watch', address, '-type=event', '-name=deploy', 'cat'])
  let heard = ''
  watch.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text))
  const ended = once(watch, 'close')
  try {
    await waitFor('the event is heard', async () => {
      await sd('event', '-name=deploy', 'payload')
      return heard.includes(Buffer.from('payload').toString('base64'))
    })
  } finally {
    watch.kill('SIGTERM')
    await ended
  }
  expect(await agent.must('GET', '/v1/event/list?name=deploy')).toContain('deploy')
})

test('watch prints once without a handler, and runs one with it', async () => {
  expect(JSON.parse(await sd('watch', '-type=services'))).toMatchObject({ consul: [] })
  const out = join(yard.folder(), 'out')
  const address = `-http-addr=127.0.0.1:${agent.httpPort}`
  const watch = spawn(sdBin(), ['watch', address, '-type=key', '-key=watched', `cat >> ${out}`])
  const ended = once(watch, 'close')
  try {
    await sd('kv', 'put', 'watched', 'value')
    await waitFor('the handler ran', async () => (await run('cat', [out])).stdout.includes('"Key":"watched"'))
  } finally {
    watch.kill('SIGTERM')
    await ended
  }
})

test('monitor streams the log until it is interrupted', async () => {
  const monitor = spawn(sdBin(), ['monitor', '-log-level=debug', `-http-addr=127.0.0.1:${agent.httpPort}`])
  let heard = ''
  monitor.stdout.setEncoding('utf8').on('data', (text: string) => (heard += text))
  const ended = once(monitor, 'close')
  try {
    let n = 0
    await waitFor('a line', async () => {
      await agent.must('PUT', '/v1/agent/service/register', { Name: `monitored-${n++}` })
      return heard.includes('[INFO]')
    })
  } finally {
    monitor.kill('SIGINT')
  }
  expect(await ended).toEqual([0, null])
})

test('a command with a bad flag prints how it is used and ends with 1', async () => {
  for (const command of [['members'], ['kv', 'put'], ['maint'], ['event'], ['watch']]) {
    const { exitCode, stdout, stderr } = await agent.cli([...command, '-nonsense'])
    expect([command, exitCode]).toEqual([command, 1])
    expect(stdout + stderr).toContain('flag provided but not defined: -nonsense')
  }
})

test('reload and leave end with 0', async () => {
  expect(await sd('reload')).toBe('Configuration reload triggered\n')
  expect(await sd('leave')).toBe('Graceful leave complete\n')
  expect(await agent.exitCode()).toBe(0)
  const { exitCode, stderr } = await agent.cli(['members'])
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/connection refused/)])
})
