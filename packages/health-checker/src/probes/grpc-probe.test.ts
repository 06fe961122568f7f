import type { Http2Server, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2'
import { SeededRandom } from '@sd/runtime/testing'
import {
  begin,
  closedPort,
  h2Server,
  httpServer,
  lookup,
  run,
  signalled,
  tcpServer,
  tlsSettings,
} from '../../test/support/servers'
import { decodeGrpcMessage, decodeHealthResponse, encodeHealthRequest } from './grpc-health'
import { GrpcProbe } from './grpc-probe'

const probe = (target: string, tls?: ReturnType<typeof tlsSettings>) => new GrpcProbe(lookup, target, 10_000, tls)

const SERVING = '0801'

interface Script {
  body?: string
  trailers?: OutgoingHttpHeaders
  headers?: OutgoingHttpHeaders
  seen?: (headers: IncomingHttpHeaders, body: Buffer) => void
}

/** A gRPC server that answers every call with the same message. */
const grpc =
  ({ body = SERVING, trailers = { 'grpc-status': '0' }, headers = {}, seen }: Script) =>
  (server: Http2Server) =>
    server.on('stream', (stream, requestHeaders) => {
      const chunks: Buffer[] = []
      stream.on('error', () => {})
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        seen?.(requestHeaders, Buffer.concat(chunks))
        stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...headers }, { waitForTrailers: true })
        stream.on('wantTrailers', () => stream.sendTrailers(trailers))
        const message = Buffer.from(body, 'hex')
        const frame = Buffer.alloc(5)
        frame.writeUInt32BE(message.length, 1)
        stream.end(Buffer.concat([frame, message]))
      })
    })

test('a serving server is passing, and was asked for the service that was named', async () => {
  let seen: [IncomingHttpHeaders, Buffer] | undefined
  const target = `127.0.0.1:${await h2Server(grpc({ seen: (...call) => (seen = call) }))}/svc`
  expect(await run(probe(target))).toEqual({ status: 'passing', output: `gRPC check ${target}: success` })
  expect(seen?.[0]).toMatchObject({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': '10000m',
  })
  expect(seen?.[1].toString('hex')).toBe('00000000050a03737663')
})

test('TLS is spoken when asked', async () => {
  const target = `127.0.0.1:${await h2Server(grpc({}), { tls: true })}`
  expect((await run(probe(target, tlsSettings({ skipVerify: true })))).status).toBe('passing')
  expect((await run(probe(target, tlsSettings()))).output).toMatch(
    /^rpc error: code = Unavailable desc = connection error: desc = "transport: authentication handshake failed: tls: failed to verify/,
  )
})

test.each([
  ['0802', 'NOT_SERVING'],
  ['0803', 'SERVICE_UNKNOWN'],
  ['', 'UNKNOWN'],
  ['0809', '9'],
])('status %s is critical as %s', async (body, name) => {
  const target = `127.0.0.1:${await h2Server(grpc({ body }))}/a`
  expect(await run(probe(target))).toEqual({ status: 'critical', output: `gRPC ${target} serving status: ${name}` })
})

test('a failed call is critical with its code and message', async () => {
  const trailers = { 'grpc-status': '12', 'grpc-message': 'unknown service%21 %E2%9C%93 %zz' }
  const target = `127.0.0.1:${await h2Server(grpc({ body: '', trailers }))}`
  expect((await run(probe(target))).output).toBe('rpc error: code = Unimplemented desc = unknown service! ✓ %zz')
})

test('an answer of headers only is read, too', async () => {
  const port = await h2Server((server) =>
    server.on('stream', (stream) =>
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true }),
    ),
  )
  expect((await run(probe(`127.0.0.1:${port}`))).output).toBe('rpc error: code = NotFound desc = ')
})

test('a web server is told from a gRPC server', async () => {
  const port = await h2Server((server) =>
    server.on('request', (_request, response) => {
      response.writeHead(404, { 'content-type': 'text/html' })
      response.end('<p>no</p>')
    }),
  )
  expect((await run(probe(`127.0.0.1:${port}`))).output).toBe(
    'rpc error: code = Unimplemented desc = unexpected HTTP status code received from server: 404 (Not Found); transport: received unexpected content-type "text/html"',
  )
  const old = await run(probe(`127.0.0.1:${await httpServer((_request, response) => response.end())}`))
  expect(old.output).toMatch(
    /^rpc error: code = Unavailable desc = connection error: desc = "error reading server preface: /,
  )
})

test('a refused connection and a silent server are critical', async () => {
  const port = await closedPort()
  expect((await run(probe(`127.0.0.1:${port}/svc`))).output).toBe(
    `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:${port}: connect: connection refused"`,
  )
  const { promise, done } = signalled()
  const running = begin(probe(`127.0.0.1:${await tcpServer((socket) => socket.once('data', () => done()))}`))
  await promise
  running.timeUp()
  expect((await running.result).output).toBe(
    'rpc error: code = DeadlineExceeded desc = context deadline exceeded while waiting for connections to become ready',
  )
})

test('a call without an answer ends when time is up', async () => {
  const { promise, done } = signalled()
  const port = await h2Server((server) => server.on('stream', (stream) => (stream.on('error', () => {}), done())))
  const running = begin(probe(`127.0.0.1:${port}`))
  await promise
  running.timeUp()
  expect((await running.result).output).toBe('rpc error: code = DeadlineExceeded desc = context deadline exceeded')
})

test('a service name of more than 127 bytes has a length of two bytes', () => {
  const frame = encodeHealthRequest('x'.repeat(300))
  expect(frame.subarray(0, 8).toString('hex')).toBe('000000012f0aac02')
  expect(frame.length).toBe(5 + 3 + 300)
})

test('unknown fields of an answer are skipped', () => {
  const frame = (hex: string) => {
    const message = Buffer.from(hex, 'hex')
    return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message])
  }
  expect(
    decodeHealthResponse(frame('1203616263' + '0801' + '2112345678123456782d12345678' + '30ffffffffffffffffff01')),
  ).toBe('SERVING')
  expect(decodeHealthResponse(frame('08'))).toBeUndefined()
  expect(decodeHealthResponse(frame('12ff'))).toBeUndefined()
  expect(decodeHealthResponse(frame('0b'))).toBeUndefined()
})

test('random bytes never make the decoders throw', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const runs = Number(process.env['FUZZ_RUNS'] ?? 20_000)
  const random = new SeededRandom(seed)
  const statuses = new Set<string | undefined>()
  for (let i = 0; i < runs; i++) {
    const bytes = Buffer.from(
      Array.from({ length: Math.floor(random.next() * 24) }, () => Math.floor(random.next() * 256)),
    )
    if (bytes.length >= 5 && random.next() < 0.8) {
      bytes[0] = 0
      bytes.writeUInt32BE(bytes.length - 5, 1)
      if (random.next() < 0.5 && bytes.length > 5) bytes[5] = 8
    }
    const status = decodeHealthResponse(bytes)
    statuses.add(status)
    if (typeof decodeGrpcMessage(bytes.toString('latin1')) !== 'string') throw new Error(`seed ${seed}, run ${i}`)
  }
  expect(statuses.has(undefined)).toBe(true)
  expect(statuses.has('SERVING')).toBe(true)
})
