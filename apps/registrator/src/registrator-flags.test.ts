import { toOptions } from './compose-registrator'
import { parseCommandLine, usage } from './registrator-flags'

const flagsOf = (...argv: string[]) => {
  const line = parseCommandLine([...argv, 'consul://'])
  if (line.kind !== 'run') throw new Error(`expected to run, got ${JSON.stringify(line)}`)
  return line.flags
}

test('has the defaults of gliderlabs/registrator', () => {
  expect({ ...flagsOf() }).toEqual({
    cleanup: false,
    deregister: 'always',
    explicit: false,
    internal: false,
    ip: '',
    resync: 0,
    'retry-attempts': 0,
    'retry-interval': 2000,
    tags: '',
    ttl: 0,
    'ttl-refresh': 0,
    useIpFromLabel: '',
  })
})

test.each([
  [['-ip', '10.0.0.1'], { ip: '10.0.0.1' }],
  [['--ip=10.0.0.1'], { ip: '10.0.0.1' }],
  [['-internal', '-explicit=true', '--cleanup'], { internal: true, explicit: true, cleanup: true }],
  [['-internal=false'], { internal: false }],
  [['-ttl', '30', '-ttl-refresh=10'], { ttl: 30, 'ttl-refresh': 10 }],
  [['-deregister', 'on-success', '-resync', '60'], { deregister: 'on-success', resync: 60 }],
  [['-retry-attempts', '-1', '-retry-interval', '10'], { 'retry-attempts': -1, 'retry-interval': 10 }],
  [['-useIpFromLabel', 'ip', '-tags', 'a,b'], { useIpFromLabel: 'ip', tags: 'a,b' }],
])('reads %j', (argv, expected) => {
  expect(flagsOf(...argv)).toMatchObject(expected)
})

test.each([
  [[], 'Missing required argument for registry URI.'],
  [['-ip', 'x'], 'Missing required argument for registry URI.'],
  [['consul://', '-ip', 'x'], 'Extra arguments: -ip x\nOptions come before the registry URI.'],
  [['-nope', 'consul://'], 'flag provided but not defined: -nope'],
  [['-resync', 'soon', 'consul://'], 'invalid value "soon" for flag -resync: parse error'],
  [['-ip'], 'flag needs an argument: -ip'],
  [['--version', 'consul://'], 'flag provided but not defined: -version'],
])('%j cannot be read', (argv, message) => {
  expect(parseCommandLine(argv)).toEqual({ kind: 'unreadable', message })
})

test.each([
  [['-tags', '{{.Config.Image}}'], 'templates'],
  [['-ttl', '10'], 'given together'],
  [['-ttl-refresh', '10'], 'given together'],
  [['-ttl', '10', '-ttl-refresh', '10'], 'greater than'],
  [['-ttl', '-2', '-ttl-refresh', '-1'], 'positive'],
  [['-resync', '-1'], 'negative'],
  [['-retry-interval', '0'], 'greater than 0'],
  [['-retry-attempts', '-2'], '-retry-attempts'],
  [['-deregister', 'never'], '"never"'],
])('%j is refused', (argv, message) => {
  expect(() => flagsOf(...argv)).toThrow(message)
})

test('version and help', () => {
  expect(parseCommandLine(['-version'])).toEqual({ kind: 'version' })
  expect(parseCommandLine(['--version'])).toEqual({ kind: 'version' })
  expect(parseCommandLine(['-h'])).toEqual({ kind: 'help' })
  expect(usage('x')).toContain('Usage of x:\n  x [options] <registry URI>\n\n  -cleanup\n')
})

test('flags in seconds become options in milliseconds', () => {
  const flags = flagsOf(
    '-resync',
    '60',
    '-ttl',
    '30',
    '-ttl-refresh',
    '10',
    '-ip',
    '10.0.0.1',
    '-deregister',
    'on-success',
  )
  expect(toOptions(flags, { hostname: 'h', hostAddress: '10.0.0.9' })).toMatchObject({
    hostname: 'h',
    hostAddress: '10.0.0.9',
    address: '10.0.0.1',
    resyncIntervalMs: 60_000,
    ttlSeconds: 30,
    refreshIntervalMs: 10_000,
    deregister: 'on-success',
    startRetries: 0,
    startRetryIntervalMs: 2_000,
  })
})
