import type { RenderedBody } from './backend/call'
import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { kvEntryFields, nodeFields } from '@sd/model'
import { noMetrics, SdError, silentLogger, systemClock } from '@sd/runtime'
import type { Backend } from './backend/backend'
import { HttpApiServer } from './http-server'
import { MemoryBackend } from './testing/memory-backend'
import { ask, exchange, startServer, stopServers } from './testing/with-server'

afterEach(stopServers)

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'http-api-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a blocking query answers when the value changes', async () => {
  const { port, backend } = await startServer()
  const waiting = ask(port, 'GET', '/v1/kv/a?index=1&wait=5m')
  await until(() => backend.parked === 1)
  backend.kv.write({ verb: 'set', entry: kvEntryFields.create({ key: 'a' }) })
  expect(await waiting).toMatchObject({ status: 200, headers: { 'X-Consul-Index': '2' } })
})

test('the signal aborts when the client goes away', async () => {
  const { port, backend } = await startServer()
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /v1/kv/a?index=1 HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => backend.parked === 1)
  socket.destroy()
  await until(() => backend.parked === 0)
  expect(backend.parked).toBe(0)
})

test('stop ends parked queries at once, and may be called twice', async () => {
  const { server, port, backend } = await startServer()
  const waiting = ask(port, 'GET', '/v1/kv/a?index=1&wait=10m')
  await until(() => backend.parked === 1)
  await Promise.all([server.stop(), server.stop()])
  expect((await waiting).status).toBe(503)
  expect(server.state).toBe('stopped')
})

test('stop does not wait for idle connections', async () => {
  const { server, port } = await startServer()
  const answered = exchange(port, 'GET /v1/status/leader HTTP/1.1\r\nHost: a\r\n\r\n', 10_000)
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await until(() => socket.readyState === 'open')
  await server.stop()
  expect(await answered).toMatch(/^(HTTP\/1.1 200 OK|$)/)
  socket.destroy()
})

test('encoded bodies are made once and shared', async () => {
  const { port, backend } = await startServer()
  const bodies = new Map<string, RenderedBody>()
  const sets: string[] = []
  backend.rendered = {
    get: (variant) => bodies.get(variant),
    set: (variant, bytes) => {
      sets.push(variant)
      bodies.set(variant, bytes)
    },
  }
  for (let i = 0; i < 100; i++) {
    backend.instances.push({ node: nodeFields.create({ node: `n${i}` }), service: null, checks: [] })
  }
  const plain = await ask(port, 'GET', '/v1/internal/ui/nodes')
  for (let i = 0; i < 2; i++) expect((await ask(port, 'GET', '/v1/internal/ui/nodes')).body).toBe(plain.body)
  await ask(port, 'GET', '/v1/internal/ui/nodes?pretty')
  expect(sets).toEqual(['json', 'prettyLine'])
})

test('long bodies are compressed for those who accept it', async () => {
  const { port, backend } = await startServer()
  backend.entries.set('big', kvEntryFields.create({ key: 'big', value: Buffer.alloc(5_000, 'x') }))
  backend.entries.set('small', kvEntryFields.create({ key: 'small', value: Buffer.alloc(10, 'x') }))
  const zipped = await ask(port, 'GET', '/v1/kv/big?raw', '', ['Accept-Encoding: deflate, gzip;q=0.5'])
  expect(zipped.headers['Content-Encoding']).toBe('gzip')
  expect(gunzipSync(Buffer.from(zipped.body, 'latin1')).toString()).toBe('x'.repeat(5_000))
  for (const [target, accepted] of [
    ['/v1/kv/small?raw', 'gzip'],
    ['/v1/kv/big?raw', 'gzip;q=0'],
    ['/v1/kv/big?raw', 'identity'],
  ]) {
    const plain = await ask(port, 'GET', target as string, '', [`Accept-Encoding: ${accepted}`])
    expect(plain.headers['Content-Encoding']).toBeUndefined()
  }
})

test('bodies are bounded by what they declare and by what they are', async () => {
  const { port, backend } = await startServer({ kvValueBytesMax: 1_000, transactionBytesMax: 10, bodyBytesMax: 50 })
  const put = (length: number) => ask(port, 'PUT', '/v1/kv/a', 'x'.repeat(length))
  expect(await put(1_000)).toMatchObject({ status: 200 })
  expect(await put(1_001)).toMatchObject({
    status: 413,
    body: 'Request body(1001 bytes) too large, max size: 1000 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.',
  })
  const chunked = (length: number) =>
    exchange(
      port,
      `PUT /v1/kv/a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n${'x'.repeat(length)}\r\n0\r\n\r\n`,
    )
  expect(await chunked(1_001)).toMatch(/^HTTP\/1.1 200/)
  expect(await chunked(1_002)).toContain('Request body too large. Max allowed is 1000 bytes.')
  expect(await ask(port, 'PUT', '/v1/txn', ' '.repeat(1_001))).toMatchObject({
    status: 413,
    body: 'Request body(1001 bytes) too large, max size: 1000 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len.',
  })
  expect(await ask(port, 'PUT', '/v1/agent/service/register', ' '.repeat(51))).toMatchObject({ status: 413 })
  expect(backend.calls.filter(({ name }) => name === 'kv.write')).toHaveLength(2)
})

// One request must never be two, whatever a proxy in front makes of it.
test.each([
  [
    'length and chunks',
    'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /',
  ],
  ['two lengths', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
  ['one length twice', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
  ['a folded header', 'GET /v1/kv/s HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n'],
  ['bare line feeds', 'GET /v1/kv/s HTTP/1.1\nHost: a\n\n'],
  ['a signed length', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello'],
  ['a space before a colon', 'GET /v1/kv/s HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello'],
  ['an unknown transfer coding', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n'],
  ['chunked not last', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
  ['a bad chunk length', 'PUT /v1/kv/s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n'],
  ['no host', 'GET /v1/kv/s HTTP/1.1\r\n\r\n'],
  ['another protocol', 'junk\r\n\r\n'],
])('%s is refused with 400 and the connection closed', async (_name, bytes) => {
  const { port, backend } = await startServer()
  const answer = await exchange(port, bytes, 10_000)
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect(answer.match(/HTTP\/1/g)).toHaveLength(1)
  expect(backend.entries.size).toBe(0)
})

test('too long headers answer 431, another version 505', async () => {
  const { port } = await startServer({ headerBytesMax: 4_096 })
  const long = `GET /v1/kv/a HTTP/1.1\r\nHost: a\r\nX-Long: ${'a'.repeat(10_000)}\r\n\r\n`
  expect(await exchange(port, long, 300)).toMatch(/^HTTP\/1\.1 431 /)
  expect(await exchange(port, 'GET / HTTP/2.0\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1\.1 505 /)
})

test('a client with too many connections is told so', async () => {
  const { port } = await startServer({ connectionsPerClientMax: 2 })
  const held: Socket[] = []
  for (let i = 0; i < 2; i++) {
    const socket = connect(port, '127.0.0.1')
    held.push(socket)
    socket.write('GET /v1/status/leader HTTP/1.1\r\nHost: a\r\n\r\n')
    await new Promise((resolve) => socket.once('data', resolve))
  }
  const refused = await exchange(port, 'GET /v1/status/leader HTTP/1.1\r\nHost: a\r\n\r\n')
  expect(refused).toBe(
    'HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/plain\r\nContent-Length: 81\r\nConnection: close\r\n\r\nYour IP is issuing too many concurrent connections, please rate limit your calls\n',
  )
  held[0]?.destroy()
  let status = 0
  while (status !== 200) status = (await ask(port, 'GET', '/v1/status/leader')).status
  held[1]?.destroy()
  expect(status).toBe(200)
})

test('blocked prefixes, networks that may not write, and headers of one’s own', async () => {
  const { port } = await startServer({
    blockEndpoints: ['/v1/agent/self'],
    allowWriteFrom: ['10.0.0.0/8', 'fd00::/8'],
    responseHeaders: { 'Access-Control-Allow-Origin': '*' },
  })
  expect(await ask(port, 'GET', '/v1/agent/self')).toMatchObject({
    status: 403,
    body: 'Endpoint is blocked by agent configuration',
    headers: { 'Access-Control-Allow-Origin': '*' },
  })
  expect(await ask(port, 'PUT', '/v1/kv/a', 'x')).toMatchObject({ status: 403, body: 'Access is restricted' })
  expect(await ask(port, 'GET', '/v1/status/leader')).toMatchObject({ status: 200 })
})

test('dev mode indents, without the line end that ?pretty adds', async () => {
  const { port } = await startServer({ prettyByDefault: true })
  expect((await ask(port, 'GET', '/v1/status/peers')).body).toBe('[\n    "127.0.0.1:8300"\n]')
  expect((await ask(port, 'GET', '/v1/status/peers?pretty')).body).toBe('[\n    "127.0.0.1:8300"\n]\n')
})

test('streams are sent as they come', async () => {
  const { port } = await startServer()
  const answer = await exchange(port, 'GET /v1/agent/monitor HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(answer).toContain('Transfer-Encoding: chunked')
  expect(answer).toContain('9\r\nline one\n\r\n9\r\nline two\n\r\n0\r\n\r\n')
})

test('snapshots are streams both ways', async () => {
  const { port, backend } = await startServer()
  const saved = await exchange(port, 'GET /v1/snapshot HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(saved).toContain('Content-Type: application/x-gzip')
  expect(saved).toContain('4\r\nsnap\r\n4\r\nshot\r\n0\r\n\r\n')
  expect(await ask(port, 'PUT', '/v1/snapshot', 'snapshot')).toMatchObject({ status: 200, body: '' })
  expect(backend.calls).toEqual([{ name: 'snapshot.restore', args: ['snapshot'] }])
})

test('the UI is served from its folder and never from beside it', () =>
  withFolder(async (folder) => {
    const uiRoot = join(folder, 'ui')
    await mkdir(uiRoot)
    await writeFile(join(folder, 'secret.txt'), 'secret')
    await writeFile(join(uiRoot, 'index.html'), '<html>')
    await writeFile(join(uiRoot, 'app.js'), 'js')
    await symlink(join(folder, 'secret.txt'), join(uiRoot, 'link.txt'))
    const { port } = await startServer({ uiRoot })
    expect(await ask(port, 'GET', '/')).toMatchObject({
      status: 301,
      headers: { Location: '/ui/' },
      body: '<a href="/ui/">Moved Permanently</a>.\n\n',
    })
    expect(await ask(port, 'GET', '/ui')).toMatchObject({ status: 307, headers: { Location: '/ui/' } })
    expect(await ask(port, 'GET', '/ui/app.js')).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'text/javascript; charset=utf-8', 'Content-Length': '2' },
      body: 'js',
    })
    for (const path of ['/ui/', '/ui/services/web', '/ui/%2e%2e%2fsecret.txt', '/ui/..%2fsecret.txt', '/ui/link.txt']) {
      expect(await ask(port, 'GET', path)).toMatchObject({ status: 200, body: '<html>' })
    }
    expect(await ask(port, 'HEAD', '/ui/')).toMatchObject({ status: 200, body: '' })
  }))

test('a port in use is a coded error that says what to do', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  const server = new HttpApiServer(
    { backend: {}, clock: systemClock, logger: silentLogger, metrics: noMetrics },
    {
      listeners: [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port },
      ],
    },
  )
  await expect(server.start()).rejects.toMatchObject({
    code: 'HTTP_LISTEN',
    message: `cannot listen on 127.0.0.1:${port}: the address is in use; stop the program that holds it or choose another port`,
  })
  expect(server.state).toBe('failed')
  expect(server.addresses).toEqual([])
  taken.close()
})

test('unix sockets get their mode, and one that was left behind is replaced', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'http.sock')
    // A process that dies without closing leaves its socket file behind.
    const dying = `const s=require('net').createServer().listen(${JSON.stringify(path)},()=>process.kill(process.pid,'SIGKILL'))`
    await new Promise<void>((resolve) => execFile(process.execPath, ['-e', dying], () => resolve()))
    const { server } = await startServer({ listeners: [{ path, mode: 0o600 }] }, new MemoryBackend())
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const body = await new Promise<string>((resolve, reject) => {
      get({ socketPath: path, path: '/v1/status/leader', agent: false }, (response) => {
        response.setEncoding('utf8').on('data', resolve)
      }).on('error', reject)
    })
    expect(body).toBe('"127.0.0.1:8300"')
    expect(server.addresses).toEqual([path])
    await stopServers()
  }))

test('what a backend throws shows its message and its status only', async () => {
  const backend: Backend = {
    status: {
      leader() {
        throw new SdError('NO_LEADER', 'No cluster leader', { details: { status: 429, secret: 'x' } })
      },
      peers: () => Promise.reject(new Error('peers failed')),
    },
  }
  const { port } = await startServer({}, backend)
  expect(await ask(port, 'GET', '/v1/status/leader')).toMatchObject({ status: 429, body: 'No cluster leader' })
  expect(await ask(port, 'GET', '/v1/status/peers')).toMatchObject({ status: 500, body: 'peers failed' })
})
