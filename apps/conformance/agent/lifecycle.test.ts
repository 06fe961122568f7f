/** The agent as a process: how it starts, what signals do, and with which code it ends. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AgentYard, type StartOptions } from '../support/agents'
import { waitFor } from '../support/wait-for'

/** Far above what it takes; the bench measures. */
const READY_MS_MAX = 5_000
/** A stop that waits for nobody. */
const STOP_MS_MAX = 5_000

const yard = new AgentYard()
afterEach(() => yard.clear())

const hcl = (text: string): StartOptions => {
  const file = join(yard.folder(), 'agent.hcl')
  writeFileSync(file, text)
  return { flags: [`-config-file=${file}`] }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // Whom nobody waited for is still listed, but runs no more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

describe('a server ends with Consul’s exit codes', () => {
  test.each<[NodeJS.Signals, string, number, string]>([
    ['SIGINT', '', 1, 'Graceful shutdown disabled. Exiting'],
    ['SIGTERM', '', 1, 'Graceful shutdown disabled. Exiting'],
    ['SIGTERM', 'leave_on_terminate = true', 0, 'Graceful exit completed'],
    ['SIGINT', 'leave_on_terminate = true', 1, 'Graceful shutdown disabled. Exiting'],
    ['SIGINT', 'skip_leave_on_interrupt = false', 0, 'Graceful exit completed'],
    ['SIGTERM', 'skip_leave_on_interrupt = false', 1, 'Graceful shutdown disabled. Exiting'],
    ['SIGINT', 'skip_leave_on_interrupt = true', 1, 'Graceful shutdown disabled. Exiting'],
  ])('%s with "%s" ends with %d', async (signal, config, exitCode, said) => {
    const agent = await yard.ours(hcl(config))
    expect(await agent.end(signal)).toBe(exitCode)
    expect(agent.output).toContain(said)
    expect(agent.output).not.toContain('failed to stop cleanly')
  })

  test('in dev mode SIGINT ends with 1 and SIGTERM too, as a server does', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const agent = await yard.ours({ mode: ['-dev'] })
      expect(await agent.end(signal)).toBe(1)
    }
  })

  test('PUT /v1/agent/leave is answered and ends with 0', async () => {
    const agent = await yard.ours()
    expect((await agent.request('PUT', '/v1/agent/leave')).status).toBe(200)
    expect(await agent.exitCode()).toBe(0)
  })

  test('the command leave ends with 0, and so does the agent', async () => {
    const agent = await yard.ours()
    const leave = await agent.cli(['leave'])
    expect([leave.exitCode, leave.stdout]).toEqual([0, 'Graceful leave complete\n'])
    expect(await agent.exitCode()).toBe(0)
  })

  test('two signals at once end it too, with 1', async () => {
    const agent = await yard.ours()
    agent.signal('SIGTERM')
    agent.signal('SIGINT')
    expect(await agent.exitCode()).toBe(1)
  })

  test('requests that wait for a change do not hold up the end', async () => {
    const agent = await yard.ours()
    const index = (await agent.request('GET', '/v1/catalog/services')).headers.get('x-consul-index')
    const waiting = Array.from({ length: 20 }, () =>
      agent.request('GET', `/v1/catalog/services?wait=10m&index=${index}`).then(
        ({ status }) => status,
        () => 'closed',
      ),
    )
    // The last one has arrived when a later request on another connection was answered.
    await agent.must('GET', '/v1/status/leader')
    const asked = performance.now()
    expect(await agent.end('SIGTERM')).toBe(1)
    expect(performance.now() - asked).toBeLessThan(STOP_MS_MAX)
    await Promise.all(waiting)
  })
})

test('a signal during the start ends it', async () => {
  const agent = await yard.ours({ until: 'started' })
  await agent.logs('Starting agent')
  expect(await agent.end('SIGTERM')).toBe(1)
})

test('a reload asked for during the start does not end it', async () => {
  const agent = await yard.ours({ until: 'started' })
  await agent.logs('Starting agent')
  for (let n = 0; n < 5; n++) agent.signal('SIGHUP')
  await waitFor('a leader', async () => (await agent.json<string>('/v1/status/leader')) !== '')
  expect(await agent.end()).toBe(1)
})

test('scripts of checks end with the agent, and so do the programs that they started', async () => {
  const folder = yard.folder()
  const pids = () => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number)
  const script = `sleep 1000 & echo $! > ${folder}/new; echo $$ >> ${folder}/new; mv ${folder}/new ${folder}/pids; wait`
  const check = { name: 'slow', args: ['sh', '-c', script], interval: '1s', timeout: '1h' }
  const file = join(folder, 'check.json')
  writeFileSync(file, JSON.stringify({ enable_script_checks: true, check }))
  const agent = await yard.ours({ flags: [`-config-file=${file}`] })
  await waitFor('the script runs', () => existsSync(join(folder, 'pids')))
  await agent.end('SIGTERM')
  await waitFor('they are gone', () => pids().every((pid) => !isRunning(pid)))
  expect(pids()).toHaveLength(2)
})

test('answers and leads soon after its start', async () => {
  const agent = await yard.ours({ until: 'http' })
  const answeredMs = performance.now() - agent.startedAtMs
  await waitFor('a leader', async () => (await agent.json<string>('/v1/status/leader')) !== '')
  const leadsMs = performance.now() - agent.startedAtMs
  process.stdout.write(`first answer after ${answeredMs.toFixed()} ms, leader after ${leadsMs.toFixed()} ms\n`)
  expect(answeredMs).toBeLessThan(READY_MS_MAX)
  expect(leadsMs).toBeLessThan(READY_MS_MAX)
})

describe('the pid file', () => {
  test('holds the process id while the agent runs', async () => {
    const file = join(yard.folder(), 'agent.pid')
    const agent = await yard.ours({ flags: [`-pid-file=${file}`] })
    expect(readFileSync(file, 'utf8')).toBe(String(agent.pid))
    await agent.end()
    expect(existsSync(file)).toBe(false)
  })

  test('of another process that took over stays', async () => {
    const file = join(yard.folder(), 'agent.pid')
    const agent = await yard.ours({ flags: [`-pid-file=${file}`] })
    writeFileSync(file, '1')
    await agent.end()
    expect(readFileSync(file, 'utf8')).toBe('1')
  })

  test('that cannot be written refuses the start', async () => {
    const file = join(yard.folder(), 'absent', 'agent.pid')
    const agent = await yard.ours({ flags: [`-pid-file=${file}`], until: 'started' })
    expect(await agent.exitCode()).toBe(1)
    expect(agent.stderr).toContain(`Could not write PID file ${file}`)
  })
})

describe('the log', () => {
  test('is JSON on every line with -log-json', async () => {
    const agent = await yard.ours({ flags: ['-log-json', '-log-level=trace'] })
    await agent.must('PUT', '/v1/agent/service/register', { Name: 'line\nbreak "quoted" é' })
    await agent.end()
    const lines = agent.stdout.trimEnd().split('\n')
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(parsed.length).toBeGreaterThan(3)
    for (const each of parsed) {
      expect(each).toMatchObject({
        '@level': expect.stringMatching(/^(trace|debug|info|warn|error)$/),
        '@message': expect.any(String),
        '@timestamp': expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      })
    }
    expect(agent.stderr).toBe('')
  })

  test('cannot be forged by what users name their services', async () => {
    const agent = await yard.ours({ flags: ['-log-level=trace'] })
    await agent.must('PUT', '/v1/agent/service/register', { Name: 'line\nbreak' })
    await agent.end()
    const log = agent.stdout.slice(agent.stdout.indexOf('\n\n') + 2)
    expect(log).toContain('break')
    // What spans lines is set apart by a bar, so that no value can look like a message.
    for (const line of log.split('\n').filter((each) => each.trim())) {
      expect(line).toMatch(/^(\d{4}-\d\d-\d\dT\S+ \[(TRACE|DEBUG|INFO|WARN|ERROR)\] {1,2}agent| {2}\S+=$| {2}\| )/)
    }
  })

  test('of a level that does not exist refuses the start', async () => {
    const agent = await yard.ours({ flags: ['-log-level=loud'], until: 'started' })
    expect(await agent.exitCode()).toBe(1)
    expect(agent.output).toContain('loud')
  })
})
