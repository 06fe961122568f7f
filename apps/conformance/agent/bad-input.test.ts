/** Bad input gets a clear answer; the process lives on, or ends with code 1 and leaves nothing behind. */
import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { createSocket } from 'node:dgram'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { type Agent, AgentYard, sdBin } from '../support/agents'
import { run } from '../support/run'

const yard = new AgentYard()
afterEach(() => yard.clear())

const TLS = JSON.stringify({
  ports: { https: 1 },
  tls: { https: { cert_file: '/absent.pem', key_file: '/absent.pem' } },
})

describe('at the start', () => {
  /** Starts an agent that must refuse, and returns what it said. */
  async function refusal(flags: readonly string[]): Promise<string> {
    const agent = await yard.ours({ flags, until: 'started' })
    expect(await agent.exitCode()).toBe(1)
    return agent.output
  }
  const file = (name: string, content: string) => {
    const path = join(yard.folder(), name)
    writeFileSync(path, content)
    return path
  }

  test.each<[string, string[], RegExp]>([
    ['a flag that does not exist', ['-nonsense=1'], /flag provided but not defined: -nonsense/],
    ['a flag without its value', ['-node'], /flag needs an argument: -node/],
    ['a number that is none', ['-bootstrap-expect=many'], /invalid value "many" for flag -bootstrap-expect/],
    ['a port out of range', ['-http-port=70000'], /70000/],
    ['arguments after the flags', ['more'], /Unexpected extra arguments: \[more\]/],
    ['a datacenter with a bad name', ['-datacenter=a b'], /datacenter/i],
    ['an address that is none', ['-bind=300.1.1.1'], /300\.1\.1\.1/],
    ['a file that is not there', ['-config-file=/absent/sd.json'], /\/absent\/sd\.json/],
    ['a folder that is not there', ['-config-dir=/absent/sd.d'], /\/absent\/sd\.d/],
    ['a node id that is none', ['-node-id=me'], /me/],
  ])('%s is refused', async (_, flags, words) => {
    expect(await refusal(flags)).toMatch(words)
  })

  test.each<[string, string, string, RegExp]>([
    ['an unknown key in JSON', 'a.json', '{"servre": true}', /a\.json[^]*invalid config key servre/],
    ['an unknown key in HCL', 'a.hcl', 'servre = true', /a\.hcl[^]*invalid config key servre/],
    ['an unknown key in a section', 'a.json', '{"ports": {"htp": 1}}', /ports\.htp/],
    ['JSON that ends early', 'a.json', '{"server": ', /a\.json/],
    ['HCL that ends early', 'a.hcl', 'service {', /a\.hcl/],
    ['a value of the wrong kind', 'a.json', '{"ports": {"http": "many"}}', /http/],
    ['a bad duration', 'a.json', '{"session_ttl_min": "soon"}', /soon/],
    ['a service without a name', 'a.json', '{"service": {"port": 1}}', /name/i],
    ['a check without a type', 'a.json', '{"check": {"name": "odd"}}', /odd/],
    ['a script that is not allowed', 'a.json', '{"check": {"name": "s", "args": ["a"], "interval": "1s"}}', /script/i],
    ['a certificate that is not there', 'a.json', TLS, /absent\.pem/],
  ])('%s is refused', async (_, name, content, words) => {
    expect(await refusal([`-config-file=${file(name, content)}`])).toMatch(words)
  })

  test('a file that cannot be read is refused by name', async () => {
    const path = file('secret.json', '{}')
    // Root reads everything, so for root it is a folder that stands where a file should.
    if (process.getuid?.() === 0) execFileSync('sh', ['-c', 'rm "$0" && mkdir -p "$0/x" && mv "$0" "$0.d"', path])
    else chmodSync(path, 0o000)
    expect(await refusal([`-config-file=${path}`])).toContain(path)
  })

  test('a data directory that is a file is refused by name', async () => {
    const path = file('data', '')
    const agent = await yard.ours({ dataDir: path, until: 'started' })
    expect(await agent.exitCode()).toBe(1)
    expect(agent.output).toContain(path)
  })

  test('a server without a data directory is refused', async () => {
    const agent = await yard.ours({ mode: ['-server', '-bootstrap-expect=1'], until: 'started' })
    expect([await agent.exitCode(), agent.stderr]).toEqual([1, expect.stringContaining('data_dir cannot be empty')])
  })

  test.each(['HTTP', 'DNS over TCP', 'DNS over UDP'])(
    'a port of %s that is taken is refused by number',
    async (kind) => {
      const server = createServer()
      const socket = createSocket('udp4')
      const port = await new Promise<number>((resolve) => {
        if (kind === 'DNS over UDP') socket.bind(0, '127.0.0.1', () => resolve(socket.address().port))
        else server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
      })
      try {
        const said = await refusal([`-${kind === 'HTTP' ? 'http' : 'dns'}-port=${port}`])
        expect(said).toContain(String(port))
        expect(said).toMatch(/in use/)
      } finally {
        server.close()
        socket.close()
      }
    },
  )

  test('a refused start leaves a folder that starts well afterwards', async () => {
    const dataDir = yard.folder()
    const first = await yard.ours({ dataDir, flags: ['-http-port=70000'], until: 'started' })
    expect(await first.exitCode()).toBe(1)
    await (await yard.ours({ dataDir })).must('PUT', '/v1/kv/a', '1')
  })
})

describe('over HTTP', () => {
  let agent: Agent
  const steady = new AgentYard()
  beforeAll(async () => {
    agent = await steady.ours()
    await agent.must('PUT', '/v1/agent/service/register', { Name: 'steady', Check: { TTL: '1h', Status: 'passing' } })
    await agent.must('PUT', '/v1/kv/steady', 'value')
  })
  afterAll(() => steady.clear())

  /** All that users can see of the state. */
  const state = async () =>
    Promise.all(
      ['agent/services', 'agent/checks', 'catalog/nodes', 'health/state/any', 'kv/?recurse', 'session/list'].map(
        (path) => agent.must('GET', `/v1/${path}`),
      ),
    )

  test.each<[string, string, string | undefined, number, RegExp]>([
    ['PUT', '/v1/agent/service/register', '{"Name":', 400, /Request decode failed: unexpected EOF/],
    ['PUT', '/v1/agent/service/register', '', 400, /Request decode failed: EOF/],
    ['PUT', '/v1/agent/service/register', '[]', 400, /Request decode failed: json: cannot unmarshal array/],
    ['PUT', '/v1/agent/service/register', '{"Name":1}', 400, /cannot unmarshal number/],
    ['PUT', '/v1/agent/service/register', '{"Nam":"x"}', 400, /json: unknown field "Nam"/],
    ['PUT', '/v1/agent/service/register', '{"Name":""}', 400, /Missing service name/],
    ['PUT', '/v1/agent/service/register', '{"Name":"x","Check":{"TTL":"soon"}}', 400, /invalid duration \\?"soon\\?"/],
    ['PUT', '/v1/agent/service/register', '{"Name":"x","Check":{"HTTP":"http://a"}}', 400, /Interval must be > 0/],
    ['PUT', '/v1/agent/service/register', '{"Name":"x","Check":{"Args":["a"],"Interval":"1s"}}', 500, /disabled/],
    ['PUT', '/v1/agent/check/register', '{"Name":"x"}', 400, /Invalid check: TTL must be > 0 for TTL checks/],
    ['PUT', '/v1/agent/check/register', '{"Name":"x","TTL":"1h","ServiceID":"absent"}', 404, /absent/],
    ['PUT', '/v1/agent/check/pass/absent', undefined, 404, /Unknown check ID "absent"/],
    ['PUT', '/v1/agent/check/update/service:steady', '{"Status":"fine"}', 400, /Invalid check status: 'fine'/],
    ['PUT', '/v1/agent/service/deregister/', undefined, 404, /Unknown service ID ""/],
    ['PUT', '/v1/agent/maintenance', undefined, 400, /enable/],
    ['PUT', '/v1/catalog/register', '{"Node":"x"}', 500, /Must provide address if SkipNodeUpdate is not set/],
    ['PUT', '/v1/catalog/register', '{"Node":', 400, /Request decode failed: unexpected EOF/],
    [
      'PUT',
      '/v1/session/create',
      '{"TTL":"1ms"}',
      500,
      /Invalid Session TTL '1000000', must be between \[10s=24h0m0s\]/,
    ],
    ['PUT', '/v1/session/create', '{"Behavior":"sulk"}', 500, /Invalid Behavior setting 'sulk'/],
    ['PUT', '/v1/kv/steady?cas=x', 'new', 500, /invalid syntax/],
    ['PUT', '/v1/kv/steady?acquire=absent', 'new', 500, /invalid session/],
    ['PUT', '/v1/kv/steady?acquire=a&release=b', 'new', 400, /Conflicting flags/],
    ['DELETE', '/v1/kv/', undefined, 400, /Missing key name/],
    ['GET', '/v1/kv/steady?wait=soon&index=1', undefined, 400, /Invalid wait time/],
    ['GET', '/v1/kv/steady?index=-1', undefined, 400, /Invalid index/],
    ['GET', '/v1/catalog/services?filter=((', undefined, 500, /Failed to create boolean expression evaluator: 1:3/],
    ['GET', '/v1/agent/services?filter=((', undefined, 500, /Failed to create boolean expression evaluator: 1:3/],
    ['PUT', '/v1/event/fire/x?tag=a', undefined, 500, /Cannot provide tag filter without service filter/],
    [
      'PUT',
      '/v1/event/fire/x?node=((',
      undefined,
      500,
      /Invalid node filter: error parsing regexp: missing closing \)/,
    ],
    ['PUT', '/v1/event/fire/', undefined, 400, /Missing name/],
    ['GET', '/v1/catalog/nodes?stale&consistent', undefined, 400, /Cannot specify \?stale/],
    ['GET', '/v1/catalog/nodes?dc=absent', undefined, 500, /No path to datacenter/],
    ['GET', '/v1/nothing/here', undefined, 404, /./],
    ['DELETE', '/v1/catalog/nodes', undefined, 405, /method DELETE not allowed/],
    ['GET', '/v1/agent/leave', undefined, 405, /method GET not allowed/],
    ['POST', '/v1/agent/reload', undefined, 405, /method POST not allowed/],
    ['GET', '/v1/kv/a%00b', undefined, 400, /^$/],
  ])('%s %s with %s is answered with %d', async (method, path, body, status, words) => {
    const before = await state()
    const answer = await agent.request(method, path, body)
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(words)])
    expect(await state()).toEqual(before)
  })

  test('a value of 512 KB is taken, and one byte more is refused with 413', async () => {
    const limit = 512 * 1024
    expect((await agent.request('PUT', '/v1/kv/large', 'v'.repeat(limit))).status).toBe(200)
    const more = await agent.request('PUT', '/v1/kv/large', 'w'.repeat(limit + 1))
    expect([more.status, more.text]).toEqual([
      413,
      `Request body(${limit + 1} bytes) too large, max size: ${limit} bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.`,
    ])
    expect(await agent.must('GET', '/v1/kv/large?raw')).toBe('v'.repeat(limit))
    await agent.must('DELETE', '/v1/kv/large')
  })

  test.each([
    '/v1/agent/service/register',
    '/v1/catalog/register',
    '/v1/session/create',
    '/v1/txn',
    '/v1/event/fire/x',
  ])('a body of 80 MB to %s is refused', async (path) => {
    const before = await state()
    const outcome = await agent.request('PUT', path, new Uint8Array(80 * 2 ** 20).fill(0x20)).then(
      ({ status }) => status,
      () => 'closed',
    )
    expect(['closed', 400, 413]).toContain(outcome)
    expect(await state()).toEqual(before)
  })

  test.each<[string, string]>([
    ['no HTTP at all', '\x00\x01\x02\x03\r\n\r\n'],
    ['a request that ends early', 'PUT /v1/kv/steady HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc'],
    ['headers of 2 MB', `GET /v1/kv/steady HTTP/1.1\r\nHost: a\r\nX-Large: ${'x'.repeat(2 ** 21)}\r\n\r\n`],
    ['two lengths', 'PUT /v1/kv/steady HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    ['a chunk of a bad size', 'PUT /v1/kv/steady HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('%s changes nothing', async (_, bytes) => {
    const before = await state()
    await new Promise<void>((resolve) => {
      const socket = connect(agent.httpPort, '127.0.0.1', () => socket.end(bytes, 'latin1'))
      socket
        .on('error', () => {})
        .on('close', () => resolve())
        .resume()
    })
    expect(await state()).toEqual(before)
  })

  test('the log names no fault of the agent, and it ends as ever', async () => {
    expect(agent.hasEnded).toBe(false)
    expect(agent.output).not.toMatch(/TypeError|RangeError|at .*\.c?js:\d+/)
  })
})

test.each<[string[], number]>([
  [['nonsense'], 127],
  [['agent', '-nonsense'], 1],
  [['kv'], 1],
  [['validate'], 1],
  [['members', '-http-addr=127.0.0.1:1'], 1],
])('sd %j ends with %d and says why', async (args, exitCode) => {
  const result = await run(sdBin(), args)
  expect(result.exitCode).toBe(exitCode)
  expect(result.stdout + result.stderr).not.toBe('')
  expect(result.stderr).not.toMatch(/at .*\.c?js:\d+/)
})
