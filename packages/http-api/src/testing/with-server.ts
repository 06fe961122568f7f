/** Test support: a running server, raw sockets, and answers without the parts that change. */
import { connect } from 'node:net'
import { noMetrics, silentLogger, systemClock } from '@sd/runtime'
import { RecordingLogger } from '@sd/runtime/testing'
import type { Backend } from '../backend/backend'
import { HttpApiServer } from '../http-server'
import type { HttpApiOptions } from '../options'
import { MemoryBackend } from './memory-backend'

const open: HttpApiServer[] = []

export async function startServer<T extends Backend = MemoryBackend>(
  options: HttpApiOptions = {},
  backend: T = new MemoryBackend() as unknown as T,
) {
  const logger = new RecordingLogger()
  const server = new HttpApiServer(
    { backend, clock: systemClock, logger: process.env.DEBUG_LOG ? silentLogger : logger, metrics: noMetrics },
    { listeners: [{ host: '127.0.0.1', port: 0 }], ...options },
  )
  await server.start()
  open.push(server)
  const url = server.addresses[0] as string
  return { server, backend, logger, url, port: Number(new URL(url.startsWith('/') ? 'http://x' : url).port) }
}

export async function stopServers(): Promise<void> {
  await Promise.all(open.splice(0).map((server) => server.stop()))
}

/** Sends bytes and returns everything that came back until the peer closed. */
export function exchange(port: number, bytes: string | Buffer, closeAfterMs = 2_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    const done = () => {
      socket.destroy()
      resolve(Buffer.concat(chunks).toString('latin1'))
    }
    socket.setTimeout(closeAfterMs, done)
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', done)
    socket.on('error', done)
    socket.on('close', done)
    socket.write(bytes)
  })
}

/** One request that closes its connection; status line, headers without Date, and body. */
export async function ask(
  port: number,
  method: string,
  target: string,
  body = '',
  headers: readonly string[] = [],
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  const head = [`${method} ${target} HTTP/1.1`, 'Host: test', 'Connection: close', ...length, ...headers]
  const text = await exchange(port, Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`))
  const end = text.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const names = lines.map((line) => line.split(/: (.*)/s) as [string, string])
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(names.filter(([name]) => name !== 'Date' && name !== 'Connection')),
    body: text.slice(end + 4),
  }
}
