/** The command against an engine on a unix socket and an agent on TCP, both played. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CommandIo, runRegistrator } from '../src'

const folder = mkdtempSync(join(tmpdir(), 'registrator-'))
const socket = join(folder, 's')
const servers: Server[] = []
const serve = async (listener: RequestListener, at: string | number): Promise<Server> => {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) =>
    typeof at === 'string' ? server.listen(at, resolve) : server.listen(at, '127.0.0.1', resolve),
  )
  return server
}
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (argv: string[], io: Partial<CommandIo> = {}) => {
  const stop = new AbortController()
  const lines = { stdout: '', stderr: '' }
  const exitCode = runRegistrator(argv, {
    env: { DOCKER_HOST: `unix://${socket}` },
    stdout: (text) => (lines.stdout += text),
    stderr: (text) => (lines.stderr += text),
    hostname: 'node-1',
    resolve: async () => '10.0.0.9',
    exists: () => false,
    signal: stop.signal,
    ...io,
  })
  return { exitCode, lines, stop }
}

const engine: RequestListener = ({ url = '' }, response) => {
  if (url.includes('/events')) return void response.writeHead(200).flushHeaders()
  if (url === '/version') return void response.end('{"ApiVersion":"1.41","MinAPIVersion":"1.12"}')
  if (url.endsWith('/containers/json')) return void response.end('[{"Id":"4a5b6c7d8e9f0123"}]')
  response.end(
    JSON.stringify({
      Id: '4a5b6c7d8e9f0123',
      Name: '/web',
      State: { Running: true },
      HostConfig: { NetworkMode: 'default' },
      Config: {
        Image: 'team/web',
        Env: ['SERVICE_CHECK_SCRIPT=curl http://$SERVICE_IP', 'SERVICE_CHECK_TIMEOUT=1s'],
        ExposedPorts: { '8080/tcp': {} },
      },
      NetworkSettings: { Ports: { '8080/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] } },
    }),
  )
}

test('registers what runs, says that it listens, and ends on a signal with exit code 0', async () => {
  await serve(engine, socket)
  let registration = ''
  let done = () => {}
  const registered = new Promise<void>((resolve) => (done = resolve))
  const agent = await serve((request, response) => {
    if (request.method === 'GET')
      return void response.end(request.url === '/v1/agent/services' ? '{}' : '"10.0.0.2:8300"')
    request.on('data', (chunk) => (registration += String(chunk)))
    request.on('end', () => {
      response.end()
      done()
    })
  }, 0)
  const { port } = agent.address() as AddressInfo
  const { exitCode, lines, stop } = run(['-tags', 'x', `consul://127.0.0.1:${port}`])
  await registered
  expect(JSON.parse(registration)).toEqual({
    ID: 'node-1:web:8080',
    Name: 'web',
    Tags: ['x'],
    Port: 80,
    Address: '10.0.0.9',
    Meta: { check_script: 'curl http://$SERVICE_IP', check_timeout: '1s' },
    Check: { Args: ['/bin/sh', '-c', 'curl http://10.0.0.9'], Interval: '10s', Timeout: '1s' },
  })
  stop.abort()
  expect(await exitCode).toBe(0)
  expect(lines.stdout).toBe('')
  expect(lines.stderr).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Starting sd-registrator v/)
  expect(lines.stderr).toMatch(/^.{19} Listening for Docker events \.\.\.$/m)
})

test('the version goes to standard output', async () => {
  const { exitCode, lines } = run(['--version'])
  expect(await exitCode).toBe(0)
  expect(lines).toEqual({ stdout: expect.stringMatching(/^v\d+\.\d+\.\d+\n$/) as string, stderr: '' })
})

test.each([
  [[], 2, 'Missing required argument'],
  [['a', 'b'], 2, 'Extra arguments: b'],
  [['-nope'], 2, 'Usage of sd-registrator'],
  [['-h'], 0, 'Usage of sd-registrator'],
  [['etcd://127.0.0.1'], 1, 'unrecognized adapter: etcd://127.0.0.1'],
  [['-ttl', '5', 'consul://'], 1, '-ttl and -ttl-refresh'],
  [['consul://127.0.0.1:1'], 1, 'cannot reach the registry at http://127.0.0.1:1'],
])('%j ends with exit code %i', async (argv, expected, message) => {
  const { exitCode, lines } = run(argv)
  expect(await exitCode).toBe(expected)
  expect(lines.stderr).toContain(message)
})

test('an engine that is not there is said to be so', async () => {
  const server = await serve((_request, response) => response.end('""'), 0)
  const { exitCode, lines } = run([`consul://127.0.0.1:${(server.address() as AddressInfo).port}`], {
    env: { DOCKER_HOST: `unix://${folder}/nothing` },
  })
  expect(await exitCode).toBe(1)
  expect(lines.stderr).toContain(`cannot reach the container engine at unix://${folder}/nothing`)
})

test('a signal while it waits for a first connection ends it', async () => {
  const { exitCode, lines, stop } = run(['-retry-attempts', '-1', '-retry-interval', '60000', 'consul://127.0.0.1:1'])
  while (!lines.stderr.includes('no answer, trying again')) await new Promise((resolve) => setImmediate(resolve))
  stop.abort()
  expect(await exitCode).toBe(0)
})
