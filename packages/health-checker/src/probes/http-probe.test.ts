import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import {
  begin,
  closedPort,
  h2Server,
  httpServer,
  httpsServer,
  lookup,
  run,
  signalled,
  tcpServer,
  tlsSettings,
} from '../../test/support/servers'
import { HttpProbe, type HttpTarget } from './http-probe'

const probe = (target: HttpTarget, options: Parameters<typeof tlsSettings>[0] = {}, outputMaxBytes = 4_096) =>
  new HttpProbe({ lookup, tls: () => tlsSettings(options), outputMaxBytes: () => outputMaxBytes }, target, 10_000)

const serve = async (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
  `http://127.0.0.1:${await httpServer(handler)}`

const answering = (status: number, words = '', body = '') =>
  serve((_request, response) => {
    if (words) response.writeHead(status, words)
    else response.writeHead(status)
    response.end(body)
  })

test.each([
  [200, '', 'hello', 'passing', '200 OK Output: hello'],
  [299, 'My Reason', '', 'passing', '299 My Reason Output: '],
  [429, '', 'busy', 'warning', '429 Too Many Requests Output: busy'],
  [500, '', 'oops', 'critical', '500 Internal Server Error Output: oops'],
  [304, '', '', 'critical', '304 Not Modified Output: '],
])('status %d %s is shown with its body and counted', async (status, words, body, expected, text) => {
  const base = await answering(status, words, body)
  expect(await run(probe({ http: `${base}/x` }))).toEqual({ status: expected, output: `HTTP GET ${base}/x: ${text}` })
})

test('a status line without words is shown without', async () => {
  const port = await tcpServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok')),
  )
  const { output, status } = await run(probe({ http: `http://127.0.0.1:${port}/` }))
  expect([status, output]).toEqual(['passing', `HTTP GET http://127.0.0.1:${port}/: 200 Output: ok`])
})

test('method, body and headers are sent as given, with the standard ones of Consul', async () => {
  let seen: IncomingMessage | undefined
  let body = ''
  const base = await serve((request, response) => {
    seen = request
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => response.end())
  })
  const header = { 'X-A': ['1', '2'], Host: ['my.host'], accept: ['a/b'], Connection: ['keep-alive'] }
  const result = await run(probe({ http: base, method: 'PUT', header, body: 'bb' }))
  expect(result.status).toBe('passing')
  expect([seen?.method, body]).toEqual(['PUT', 'bb'])
  expect(seen?.headers).toMatchObject({
    host: 'my.host',
    'user-agent': 'Consul Health Check',
    'x-a': '1, 2',
    accept: 'a/b',
    connection: 'close',
    'content-length': '2',
    'accept-encoding': 'gzip',
  })
})

test('without headers, the defaults are those of Consul; a GET may have a body', async () => {
  const { promise, done } = signalled<IncomingMessage>()
  const base = await serve((request, response) => (done(request), response.end()))
  await run(probe({ http: base, body: 'bb' }))
  expect((await promise).headers).toMatchObject({ accept: 'text/plain, text/*, */*', 'content-length': '2' })
})

test('only the end of a long body is kept', async () => {
  const base = await answering(200, '', `${'a'.repeat(5_000)}END`)
  const { output } = await run(probe({ http: base }, {}, 10))
  expect(output).toBe(`HTTP GET ${base}: 200 OK Output: aaaaaaaEND`)
})

test('a packed body is unpacked, and a damaged one shortened', async () => {
  const packed = gzipSync('packed text')
  const base = await serve((request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' })
    response.end(request.url === '/bad' ? Buffer.concat([packed.subarray(0, 12), Buffer.from('damage')]) : packed)
  })
  expect((await run(probe({ http: `${base}/` }))).output).toContain('Output: packed text')
  expect(await run(probe({ http: `${base}/bad` }))).toMatchObject({ status: 'passing' })
})

describe('redirects', () => {
  const redirecting = () =>
    serve((request, response) => {
      const [, status, location] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? []
      if (status) response.writeHead(Number(status), { location })
      response.end(`${request.method} ${request.url} ${request.headers['referer'] ?? '-'}`)
    })

  test('are followed, as GET after 302, as they were after 307', async () => {
    const base = await redirecting()
    expect((await run(probe({ http: `${base}/302/final`, method: 'POST', body: 'b' }))).output).toBe(
      `HTTP POST ${base}/302/final: 200 OK Output: GET /final ${base}/302/final`,
    )
    expect((await run(probe({ http: `${base}/307/final`, method: 'POST', body: 'b' }))).output).toContain('POST /final')
  })

  test('are not followed when that is switched off', async () => {
    const base = await redirecting()
    const { status, output } = await run(probe({ http: `${base}/302/final`, disableRedirects: true }))
    expect(status).toBe('critical')
    expect(output).toContain(': 302 Found Output: GET /302/final')
  })

  test('end after ten', async () => {
    let requests = 0
    const base = await serve((_request, response) => {
      requests++
      response.writeHead(302, { location: '/loop' }).end()
    })
    expect(await run(probe({ http: `${base}/loop` }))).toEqual({
      status: 'critical',
      output: 'Get "/loop": stopped after 10 redirects',
    })
    expect(requests).toBe(10)
  })

  test('do not take credentials to another host', async () => {
    const seen: (string | undefined)[] = []
    const port = await httpServer((request, response) => {
      seen.push(request.headers.authorization)
      if (request.url === '/') response.writeHead(302, { location: `http://localhost:${port}/there` })
      response.end()
    })
    await run(probe({ http: `http://127.0.0.1:${port}/`, header: { Authorization: ['secret'] } }))
    expect(seen).toEqual(['secret', undefined])
  })
})

describe('what cannot be asked is critical, in the words of Consul', () => {
  test.each([
    ['GET', 'http://[::1/x', `parse "http://[::1/x": missing ']' in host`],
    ['GET', 'ftp://127.0.0.1/x', 'Get "ftp://127.0.0.1/x": unsupported protocol scheme "ftp"'],
    ['GET', '127.0.0.1:80/x', 'parse "127.0.0.1:80/x": first path segment in URL cannot contain colon'],
    ['GET', 'localhost/x', 'Get "localhost/x": unsupported protocol scheme ""'],
    ['GET', 'http:///x', 'Get "http:///x": http: no Host in request URL'],
    ['G T', 'http://127.0.0.1/', 'net/http: invalid method "G T"'],
  ])('%s %s', async (method, http, output) => {
    expect(await run(probe({ http, method }))).toEqual({ status: 'critical', output })
  })

  test('a refused connection; the password of the URL is not shown', async () => {
    const port = await closedPort()
    expect(await run(probe({ http: `http://u:p@127.0.0.1:${port}/x`, method: 'POST' }))).toEqual({
      status: 'critical',
      output: `Post "http://u:***@127.0.0.1:${port}/x": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    })
  })

  test('a connection that is closed without an answer', async () => {
    const base = await serve((request) => request.socket.destroy())
    expect((await run(probe({ http: base }))).output).toBe(`Get "${base}": EOF`)
  })

  test('an answer that is not HTTP', async () => {
    const port = await tcpServer((socket) => socket.once('data', () => socket.write('garbage\r\n')))
    const { status, output } = await run(probe({ http: `http://127.0.0.1:${port}/` }))
    expect(status).toBe('critical')
    expect(output).toContain('net/http: HTTP/1.x transport connection broken: malformed HTTP response')
  })

  test('a server that does not answer in time', async () => {
    const { promise, done } = signalled()
    const base = await serve(() => done())
    const running = begin(probe({ http: `${base}/slow` }))
    await promise
    running.timeUp()
    expect(await running.result).toEqual({
      status: 'critical',
      output: `Get "${base}/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    })
  })
})

test('a body that does not end in time or breaks off is shown as far as it came', async () => {
  const { promise, done } = signalled()
  const base = await serve((request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('abc', () => (request.url === '/cut' ? request.socket.destroySoon() : done()))
  })
  expect(await run(probe({ http: `${base}/cut` }))).toMatchObject({
    status: 'passing',
    output: expect.stringMatching(/: abc$/),
  })
  const running = begin(probe({ http: `${base}/trickle` }))
  await promise
  // The first bytes must have arrived before time is up: ask for something else on the same path first.
  await run(probe({ http: `${base}/cut` }))
  running.timeUp()
  expect(await running.result).toMatchObject({ status: 'passing', output: expect.stringMatching(/Output: abc$/) })
})

describe('https', () => {
  const serveTls = async () => `https://127.0.0.1:${await httpsServer((_request, response) => response.end('hi'))}`

  test('an unknown certificate is critical, unless it is not verified or its authority is trusted', async () => {
    const http = await serveTls()
    const unknown = await run(probe({ http }))
    expect(unknown.status).toBe('critical')
    expect(unknown.output).toContain(
      `Get "${http}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    )
    expect((await run(probe({ http }, { skipVerify: true }))).output).toBe(`HTTP GET ${http}: 200 OK Output: hi`)
    expect((await run(probe({ http }, { trusts: true }))).status).toBe('passing')
    expect((await run(probe({ http }, { trusts: true, serverName: 'localhost' }))).status).toBe('passing')
  })

  test('the name is verified against what the definition says', async () => {
    const { output } = await run(probe({ http: await serveTls() }, { trusts: true, serverName: 'other.example' }))
    expect(output).toContain('x509: certificate is valid for localhost, 127.0.0.1, not other.example')
  })

  test('HTTP/2 is spoken with those who offer it', async () => {
    const { promise, done } = signalled<string>()
    const port = await h2Server(
      (server) => server.on('request', (request, response) => (done(request.httpVersion), response.end('two'))),
      { tls: true },
    )
    const http = `https://127.0.0.1:${port}/`
    expect(await run(probe({ http }, { skipVerify: true }))).toEqual({
      status: 'passing',
      output: `HTTP GET ${http}: 200 OK Output: two`,
    })
    expect(await promise).toBe('2.0')
  })

  test('a server without TLS is told from one that fails', async () => {
    const base = await answering(200)
    const http = base.replace('http:', 'https:')
    expect((await run(probe({ http }))).output).toBe(`Get "${http}": http: server gave HTTP response to HTTPS client`)
  })
})
