import { SeededRandom, VirtualClock } from '@sd/runtime/testing'
import { randomInteger } from '@sd/runtime'
import {
  type LogRecord,
  formatJson,
  formatText,
  LogMonitor,
  LogWriter,
  parseLogLevel,
  unknownLevelMessage,
} from './index'

const AT = Date.UTC(2026, 10, 23, 12, 0, 0, 7)

const record = (message: string, fields?: LogRecord['fields']): LogRecord => ({
  at: AT,
  level: 'info',
  component: 'agent.http',
  message,
  fields,
})

beforeAll(() => {
  process.env['TZ'] = 'UTC'
})

describe('formatText', () => {
  it.each<[string, LogRecord['fields'], string]>([
    ['no fields', undefined, ''],
    ['plain values', { method: 'GET', count: 3, ok: true, took: 1.5 }, ': method=GET count=3 ok=true took=1.5'],
    ['a URL without quotes', { url: 'consul://a:1/b<none>' }, ': url=consul://a:1/b<none>'],
    ['quotes where there are blanks', { text: 'a "b" é' }, String.raw`: text="a \"b\" é"`],
    ['an empty text', { from: '' }, ': from=""'],
    ['an error by its message', { error: new Error('no route') }, ': error="no route"'],
    ['a list', { list: ['a', 'b c', 3] }, ': list=["a", "b c", 3]'],
    ['a map', { map: { b: 1, a: 'x' } }, ': map="map[a:x b:1]"'],
    ['nothing for undefined', { a: undefined, b: null }, ': b=<nil>'],
    ['control characters escaped', { text: 'a\u001b[31m\tb\u0000' }, String.raw`: text="a\x1b[31m\tb\x00"`],
    ['lines of their own', { out: 'one\ntwo\n' }, ':\n  out=\n  | one\n  | two\n  '],
  ])('writes %s', (_name, fields, expected) => {
    expect(formatText(record('request', fields))).toBe(
      `2026-11-23T12:00:00.007Z [INFO]  agent.http: request${expected}\n`,
    )
  })

  it('lets no message forge a line', () => {
    expect(formatText(record('a\n2026-11-23T12:00:00.007Z [INFO]  agent: b'))).toMatch(/^[^\n]*\n$/)
  })

  it('survives any field', () => {
    const random = new SeededRandom(1)
    const loop: Record<string, unknown> = {}
    loop['self'] = loop
    const values = [
      '',
      '\n',
      '\n\n',
      '"',
      '\\',
      '\ud800',
      'x y',
      -1,
      NaN,
      Infinity,
      null,
      undefined,
      true,
      [],
      [[loop]],
      loop,
      10n,
      Symbol('s'),
    ]
    for (let run = 0; run < 2_000; run++) {
      const fields = Object.fromEntries(
        Array.from({ length: randomInteger(random, 4) }, (_, i) => [
          `k${i}`,
          values[randomInteger(random, values.length)],
        ]),
      )
      expect(formatText(record('m', fields)).endsWith('\n')).toBe(true)
      expect(JSON.parse(formatJson(record('m', fields)))['@message']).toBe('m')
    }
  })
})

describe('formatJson', () => {
  it('has the keys of hclog, sorted', () => {
    expect(formatJson(record('request', { method: 'GET', took: 1.5, error: new Error('x'), Upper: '<' }))).toBe(
      '{"@level":"info","@message":"request","@module":"agent.http","@timestamp":"2026-11-23T12:00:00.007000Z","Upper":"\\u003c","error":"x","method":"GET","took":1.5}\n',
    )
  })
})

describe('LogWriter', () => {
  const setup = (options = {}) => {
    const lines: string[] = []
    const logger = new LogWriter(
      { clock: new VirtualClock(AT), sinks: [{ write: (line) => lines.push(line) }] },
      options,
    )
    return { lines, logger }
  }

  it('writes its level and above, with the names of its parents', () => {
    const { lines, logger } = setup({ level: 'warn' })
    logger.child('server').child('raft').info('quiet')
    logger.child('server').child('raft').warn('loud', { index: 1 })
    expect(lines).toEqual(['2026-11-23T12:00:00.007Z [WARN]  agent.server.raft: loud: index=1\n'])
    logger.setLevel('trace')
    logger.trace('deep')
    expect(lines[1]).toBe('2026-11-23T12:00:00.007Z [TRACE] agent: deep\n')
  })

  it('gives each monitor its own level and form', () => {
    const { lines, logger } = setup({ level: 'error' })
    const monitor = new LogMonitor(logger)
    const text = monitor.watch({ level: 'debug' })
    const json = monitor.watch({ level: 'warn', json: true })
    logger.debug('one')
    logger.warn('two')
    expect(text.take()).toMatch(/ \[DEBUG\] agent: one\n.* \[WARN\]  agent: two\n$/)
    expect(JSON.parse(json.take())).toMatchObject({ '@level': 'warn', '@message': 'two' })
    expect(lines).toEqual([])
    text.close()
    logger.debug('three')
    expect(text.take()).toBe('')
  })

  it('drops lines of a slow monitor and counts them', () => {
    const { logger } = setup()
    const watch = new LogMonitor(logger, { queueMax: 2 }).watch()
    for (let i = 0; i < 5; i++) logger.info('x')
    expect(watch.dropped).toBe(3)
    expect(watch.take().split('\n')).toHaveLength(3)
  })

  it('streams lines until its signal aborts', async () => {
    const { logger } = setup()
    const aborter = new AbortController()
    const watch = new LogMonitor(logger).watch({ signal: aborter.signal })
    const seen: string[] = []
    logger.info('first')
    for await (const line of watch) {
      seen.push(line)
      if (seen.length === 1) queueMicrotask(() => logger.info('second'))
      else aborter.abort()
    }
    expect(seen.map((line) => line.slice(-7))).toEqual([' first\n', 'second\n'])
  })

  it('remembers the last records', () => {
    const { logger } = setup()
    const monitor = new LogMonitor(logger, { recentMax: 3 })
    for (const text of ['a', 'b', 'c', 'd']) logger.info(text)
    expect(monitor.recent().map((line) => line.slice(-2, -1))).toEqual(['b', 'c', 'd'])
  })

  it('knows the levels that Consul knows', () => {
    expect(['ERR', 'error', 'Trace', 'fatal'].map(parseLogLevel)).toEqual(['error', 'error', 'trace', undefined])
    expect(unknownLevelMessage('x')).toBe(
      'Invalid log level: x. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]',
    )
  })
})
