import { systemClock } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { seed, setUp } from '../test/support/checker'
import { closedPort, httpServer, signalled, tcpServer } from '../test/support/servers'
import type { CheckDefinition } from './check-definition'
import { HealthChecker, type HealthCheckerEvents } from './health-checker'

const nextEvent = <Name extends keyof HealthCheckerEvents>(checker: HealthChecker, name: Name) =>
  new Promise<HealthCheckerEvents[Name]>((resolve) => checker.once(name, resolve))

const ttl = (fields: Partial<CheckDefinition> = {}): CheckDefinition => ({ id: 't', ttlMs: 10_000, ...fields })

describe('TTL checks', () => {
  test('are critical at first without an event, then what they are told, then expired', async () => {
    const { clock, checker, log } = setUp()
    await checker.start()
    expect(checker.add(ttl())).toMatchObject({
      id: 't',
      type: 'ttl',
      status: 'critical',
      output: '',
      criticalForMs: undefined,
    })
    expect(log).toEqual([])
    checker.pass('t', 'fine')
    await clock.advance(9_999)
    checker.warn('t', 'hot')
    await clock.advance(9_999)
    expect(log).toEqual(['t: critical > passing: fine', 't: passing > warning: hot'])
    await clock.advance(1)
    expect(log.at(-1)).toBe('t: warning > critical: TTL expired (last output before timeout follows): hot')
    await clock.advance(60_000)
    expect(log).toHaveLength(3)
    checker.pass('t')
    expect(checker.get('t')).toMatchObject({ status: 'passing', output: '', criticalForMs: undefined })
    await clock.advance(10_000)
    expect(checker.get('t')).toMatchObject({ status: 'critical', output: 'TTL expired', criticalForMs: 0 })
  })

  test('say when only the output changed, and nothing when nothing did', async () => {
    const { checker, log } = setUp()
    await checker.start()
    checker.add(ttl({ status: 'passing' }))
    for (const output of ['', 'a', 'a', 'b']) checker.pass('t', output)
    checker.fail('t', 'b')
    expect(log).toEqual(['t: passing: a', 't: passing: b', 't: passing > critical: b'])
  })

  test('keep the beginning of a long output and return what they keep', async () => {
    const { checker } = setUp({ outputMaxSize: 10 })
    checker.add(ttl())
    expect(checker.pass('t', 'x'.repeat(12))).toBe('xxxxxxxxxx ... (captured 10 of 12 bytes)')
    checker.add(ttl({ id: 'small', outputMaxSize: 3 }))
    expect(checker.pass('small', 'abcd')).toBe('abc ... (captured 3 of 4 bytes)')
    checker.configure({ outputMaxSize: 2 })
    expect(checker.pass('t', 'abc')).toBe('ab ... (captured 2 of 3 bytes)')
  })

  test('wait for the start before their time runs', async () => {
    const { clock, checker, log } = setUp()
    checker.add(ttl({ status: 'passing' }))
    await clock.advance(20_000)
    expect(log).toEqual([])
    await checker.start()
    await clock.advance(10_000)
    expect(log).toEqual(['t: passing > critical: TTL expired'])
  })

  test('restore what they were', async () => {
    const { checker } = setUp()
    expect(checker.add(ttl(), { status: 'warning', output: 'as before' })).toMatchObject({
      status: 'warning',
      output: 'as before',
    })
  })
})

describe('the list of checks', () => {
  test('a definition that takes the place of another inherits its status', async () => {
    const { clock, checker, log } = setUp()
    await checker.start()
    checker.add(ttl())
    checker.pass('t', 'fine')
    log.length = 0
    expect(checker.add(ttl({ ttlMs: 50_000, status: 'critical' }))).toMatchObject({ status: 'passing', output: 'fine' })
    expect(checker.update(ttl({ ttlMs: 30_000 })).definition.ttlMs).toBe(30_000)
    await clock.advance(29_999)
    expect(log).toEqual([])
    await clock.advance(1)
    expect(log).toEqual(['t: passing > critical: TTL expired'])
    expect(checker.size).toBe(1)
  })

  test('a removed check is silent', async () => {
    const { clock, checker, log } = setUp()
    await checker.start()
    checker.add(ttl({ status: 'passing' }))
    checker.add(ttl({ id: 'u' }))
    expect(checker.list().map(({ id }) => id)).toEqual(['t', 'u'])
    expect([checker.remove('t'), checker.remove('t')]).toEqual([true, false])
    await clock.advance(100_000)
    expect(log).toEqual(['u: critical: TTL expired'])
    expect(checker.get('t')).toBeUndefined()
  })

  test('what cannot be done is refused with a code', async () => {
    const { checker } = setUp()
    checker.add(ttl())
    checker.add({ id: 'h', tcp: '127.0.0.1:1', intervalMs: 10_000 })
    expect(() => checker.add({ id: 'x' })).toThrow(
      expect.objectContaining({ code: 'HEALTH_INVALID_CHECK', problem: 'TTL must be > 0 for TTL checks' }),
    )
    expect(() => checker.add(ttl({ id: '' }))).toThrow('CheckID missing')
    expect(() => checker.pass('nope')).toThrow(expect.objectContaining({ code: 'HEALTH_UNKNOWN_CHECK' }))
    expect(() => checker.update(ttl({ id: 'nope' }))).toThrow(expect.objectContaining({ code: 'HEALTH_UNKNOWN_CHECK' }))
    expect(() => checker.pass('h')).toThrow('CheckID "h" does not have associated TTL')
    await expect(checker.runNow('t')).rejects.toMatchObject({ code: 'HEALTH_NOT_RUNNABLE' })
    expect(() => checker.add({ id: 'a', aliasService: 'web' })).toThrow('alias checks need a statusSource port')
    expect(() => setUp({ outputMaxSize: 0 })).toThrow(expect.objectContaining({ code: 'HEALTH_OPTIONS' }))
    expect(checker.size).toBe(2)
  })

  test('scripts are refused unless the source is allowed', () => {
    const script = { id: 's', scriptArgs: ['true'], intervalMs: 10_000 }
    const docker = { ...script, dockerContainerId: 'c' }
    const refusal = expect.objectContaining({ code: 'HEALTH_SCRIPTS_DISABLED' })
    const off = setUp().checker
    expect(() => off.add(script, { source: 'local' })).toThrow(refusal)
    expect(() => off.add(docker)).toThrow(refusal)
    const local = setUp({ scriptChecksEnabled: 'local' }).checker
    expect(() => local.add(script)).toThrow("from remote calls; to enable, configure 'enable_script_checks' to true")
    expect(local.add(script, { source: 'local' }).type).toBe('script')
    expect(setUp({ scriptChecksEnabled: true }).checker.add(script).type).toBe('script')
  })
})

describe('checks that run', () => {
  test('start at a random moment of the interval and then keep it', async () => {
    const { clock, checker, logger } = setUp()
    const connected: number[] = []
    const port = await tcpServer(() => connected.push(clock.monotonic()))
    const definition = { id: 'c', tcp: `127.0.0.1:${port}`, intervalMs: 10_000 }
    await checker.start()
    checker.add(definition)
    const changed = nextEvent(checker, 'statusChanged')
    await clock.advance(10_000)
    expect(await changed).toMatchObject({ checkId: 'c', from: 'critical', to: 'passing', at: expect.any(Number) })
    const firstMs = Math.floor(new SeededRandom(seed).next() * 10_000)
    expect(connected).toEqual([firstMs])
    expect(logger.records.map(({ level, component }) => [level, component])).toEqual([['debug', 'health']])
  })

  test('on demand run at once and share the run', async () => {
    const { checker } = setUp()
    let requests = 0
    const port = await httpServer((_request, response) => {
      requests++
      response.end('ok')
    })
    await checker.start()
    checker.add({ id: 'h', http: `http://127.0.0.1:${port}/`, intervalMs: 3_600_000 })
    const [first, second] = await Promise.all([checker.runNow('h'), checker.runNow('h')])
    expect(first).toMatchObject({ status: 'passing', output: `HTTP GET http://127.0.0.1:${port}/: 200 OK Output: ok` })
    expect(second).toEqual(first)
    expect(requests).toBe(1)
  })

  test('change only after enough results in a row', async () => {
    const { checker, log } = setUp()
    let status = 200
    const port = await httpServer((_request, response) => response.writeHead(status).end())
    await checker.start()
    checker.add({
      id: 'h',
      http: `http://127.0.0.1:${port}/`,
      intervalMs: 3_600_000,
      failuresBeforeWarning: 2,
      failuresBeforeCritical: 3,
      successBeforePassing: 2,
    })
    const seen: string[] = []
    for (const next of [200, 500, 500, 500, 200, 200]) {
      status = next
      seen.push((await checker.runNow('h')).status)
    }
    expect(seen).toEqual(['passing', 'passing', 'warning', 'critical', 'critical', 'passing'])
    expect(log).toHaveLength(4)
  })

  test('are told when their time is up, and run again one interval later', async () => {
    const { clock, checker, log } = setUp()
    let requests = 0
    let arrived = signalled()
    const port = await httpServer(() => {
      requests++
      arrived.done()
    })
    await checker.start()
    checker.add({ id: 'h', http: `http://127.0.0.1:${port}/`, intervalMs: 5_000, timeoutMs: 2_000, status: 'passing' })
    const changed = nextEvent(checker, 'statusChanged')
    const running = checker.runNow('h')
    await arrived.promise
    arrived = signalled()
    await clock.advance(2_000)
    await running
    expect((await changed).output).toContain('Client.Timeout exceeded while awaiting headers')
    await clock.advance(4_999)
    expect(requests).toBe(1)
    await clock.advance(1)
    await arrived.promise
    expect([requests, log.length]).toEqual([2, 1])
  })

  test('outlive a listener that throws', async () => {
    const { checker, logger } = setUp()
    const port = await tcpServer()
    await checker.start()
    checker.on('statusChanged', () => {
      throw new Error('listener broke')
    })
    checker.add({ id: 'c', tcp: `127.0.0.1:${port}`, intervalMs: 10_000 })
    expect(await checker.runNow('c')).toMatchObject({ status: 'passing' })
    expect(logger.records.at(-1)).toMatchObject({ level: 'error', message: 'a listener of check results failed' })
  })

  test('with too short an interval are slowed down, with a warning', async () => {
    const { clock, checker, logger } = setUp()
    let connections = 0
    const port = await tcpServer(() => connections++)
    await checker.start()
    checker.add({ id: 'c', tcp: `127.0.0.1:${port}`, intervalMs: 1 })
    expect(logger.records[0]).toMatchObject({ level: 'warn', message: 'check has interval below minimum' })
    await checker.runNow('c')
    await clock.advance(999)
    expect(connections).toBe(1)
  })

  test('never show up in the log with their headers', async () => {
    const { checker, logger } = setUp()
    const port = await closedPort()
    await checker.start()
    const header = { Authorization: ['Bearer topsecret'] }
    checker.add({
      id: 'h',
      http: `http://127.0.0.1:${port}/`,
      header,
      intervalMs: 1,
      token: 'topsecret',
      status: 'passing',
    })
    await checker.runNow('h')
    expect(logger.records.length).toBeGreaterThan(1)
    expect(JSON.stringify(logger.records)).not.toContain('topsecret')
  })

  test('a removed check lets go of its run, and no more than the allowed number run at once', async () => {
    const { checker } = setUp({ concurrentProbesMax: 2 })
    let open = 0
    let opened = signalled()
    const port = await httpServer((request) => {
      open++
      request.socket.on('close', () => open--)
      if (open === 2) opened.done()
    })
    await checker.start()
    const runs = ['a', 'b', 'c'].map((id) => {
      checker.add({ id, http: `http://127.0.0.1:${port}/`, intervalMs: 3_600_000 })
      return checker.runNow(id)
    })
    await opened.promise
    opened = signalled()
    expect(open).toBe(2)
    checker.remove('a')
    await runs[0]
    await opened.promise
    await checker.stop()
    await Promise.all(runs)
    expect([checker.state, checker.size]).toEqual(['stopped', 0])
  })
})

test('a script that hangs is killed when the checker stops', async () => {
  const checker = new HealthChecker(
    { clock: systemClock, random: new SeededRandom(seed) },
    { scriptChecksEnabled: true },
  )
  await checker.start()
  checker.add({ id: 's', scriptArgs: ['sleep', '600'], intervalMs: 3_600_000 })
  const running = checker.runNow('s')
  await checker.stop()
  await running
  expect(checker.state).toBe('stopped')
})

test('a check that was critical too long is reported at each look, until it is removed', async () => {
  const { clock, checker, log, logger } = setUp()
  await checker.start()
  checker.add(ttl({ deregisterCriticalServiceAfterMs: 90_000 }))
  checker.add(ttl({ id: 'short', deregisterCriticalServiceAfterMs: 1 }))
  checker.add(ttl({ id: 'none' }))
  expect(logger.records[0]).toMatchObject({ level: 'warn', fields: { check: 'short', minimumMs: 60_000 } })
  await clock.advance(90_000)
  const late = () => log.splice(0).filter((line) => line.includes('limit'))
  expect(late()).toEqual(['short: critical for 80000, limit 60000'])
  checker.remove('short')
  await clock.advance(30_000)
  expect(late()).toEqual(['t: critical for 110000, limit 90000'])
  await clock.advance(30_000)
  expect(late()).toEqual(['t: critical for 140000, limit 90000'])
  checker.pass('t')
  checker.fail('t')
  await clock.advance(60_000)
  expect(late()).toEqual([])
})

test('output may be thrown away', async () => {
  const { checker, log } = setUp({ discardOutput: true })
  await checker.start()
  checker.add(ttl())
  checker.pass('t', 'a')
  checker.pass('t', 'b')
  checker.configure({ discardOutput: false })
  checker.pass('t', 'c')
  expect(log).toEqual(['t: critical > passing: ', 't: passing: c'])
})

test('ten thousand checks start and stop in passing', async () => {
  const { checker, clock } = setUp()
  for (let i = 0; i < 10_000; i++) checker.add({ id: `c${i}`, tcp: '127.0.0.1:9', intervalMs: 10_000 })
  expect([checker.size, clock.pending]).toEqual([10_000, 0])
  await checker.stop()
  expect(checker.size).toBe(0)
})
