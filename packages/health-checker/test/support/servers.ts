/** Real servers on ports of the system's choice, closed at the end of each test file. */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createSecureServer, createServer as createH2, type Http2Server } from 'node:http2'
import { createServer as createHttps } from 'node:https'
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sd/runtime'
import { NameLookup } from '../../src/network/name-lookup'
import { TlsContexts, type TlsSettings } from '../../src/network/tls-settings'
import type { Probe, ProbeResult } from '../../src/probe'

const fixture = (name: string) => readFileSync(join(__dirname, '..', 'fixtures', name), 'utf8')
/** For localhost and 127.0.0.1, signed by itself, valid for 100 years. */
export const certificate = fixture('cert.pem')
export const privateKey = fixture('key.pem')

const closers: (() => void)[] = []

afterAll(() => {
  for (const close of closers.splice(0)) close()
})

export async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

export const httpServer = (handler: RequestListener) => listen(createHttp(handler))
export const httpsServer = (handler: RequestListener) =>
  listen(createHttps({ cert: certificate, key: privateKey }, handler))
export const tcpServer = (onSocket: (socket: Socket) => void = () => {}) => listen(createTcp(onSocket))

export function h2Server(setUp: (server: Http2Server) => void, options: { tls?: boolean } = {}): Promise<number> {
  const server = options.tls ? createSecureServer({ cert: certificate, key: privateKey }) : createH2()
  setUp(server as Http2Server)
  server.on('sessionError', () => {})
  return listen(server as unknown as Server)
}

export async function unixServer(handler: RequestListener): Promise<string> {
  const directory = temporaryDirectory()
  const path = join(directory, 'engine.sock')
  const server = createHttp(handler)
  await new Promise<void>((resolve) => server.listen(path, resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return path
}

export async function udpServer(
  onMessage: (message: Buffer, reply: (answer: Buffer) => void) => void,
): Promise<number> {
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => onMessage(message, (answer) => socket.send(answer, from.port, from.address)))
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  closers.push(() => socket.close())
  return socket.address().port
}

/** A port on which nothing listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createTcp()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

export async function closedUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const { port } = socket.address()
  await new Promise<void>((resolve) => socket.close(() => resolve()))
  return port
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'health-checker-'))
  closers.push(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const lookup = new NameLookup(systemClock)

export const tlsSettings = (
  options: { trusts?: boolean; skipVerify?: boolean; serverName?: string } = {},
): TlsSettings => ({
  context: new TlsContexts(options.trusts ? { ca: certificate } : {}).context,
  serverName: options.serverName ?? '',
  skipVerify: options.skipVerify ?? false,
})

export interface RunningProbe {
  readonly result: Promise<ProbeResult>
  /** Tells the probe that its time is up. */
  timeUp(): void
}

export function begin(probe: Probe): RunningProbe {
  const controller = new AbortController()
  return { result: probe.run({ signal: controller.signal }), timeUp: () => controller.abort(new Error('time is up')) }
}

export const run = (probe: Probe): Promise<ProbeResult> => begin(probe).result

/** A promise and what resolves it. */
export function signalled<T = void>(): { promise: Promise<T>; done: (value: T) => void } {
  let done!: (value: T) => void
  const promise = new Promise<T>((resolve) => (done = resolve))
  return { promise, done }
}
