/** Asks one agent and remembers every answer. */
import { Agent as KeepAlive, type IncomingMessage, request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import type { Agent } from '../support/agents'
import { waitFor } from '../support/wait-for'
import type { Exchange, View } from './exchange'

/** Longest time for one answer, in milliseconds: the longest wait of a blocking query here is far below. */
const ANSWER_MS = 30_000

export interface Ask {
  readonly body?: string | Buffer | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly view?: View
}

export class Client {
  readonly #connections = new KeepAlive({ keepAlive: true, maxSockets: 16 })
  readonly #recorded: (Exchange | undefined)[] = []

  constructor(readonly agent: Agent) {}

  /** All answers so far, in the order of the requests. */
  takeExchanges(): Exchange[] {
    return this.#recorded.splice(0).filter((exchange) => exchange !== undefined)
  }

  close(): void {
    this.#connections.destroy()
  }

  get(path: string, ask?: Ask): Promise<Exchange> {
    return this.send('GET', path, ask)
  }

  put(path: string, body?: unknown, ask?: Ask): Promise<Exchange> {
    const raw = body === undefined || typeof body === 'string' || Buffer.isBuffer(body)
    return this.send('PUT', path, { ...ask, body: raw ? (body as string | undefined) : JSON.stringify(body) })
  }

  delete(path: string, ask?: Ask): Promise<Exchange> {
    return this.send('DELETE', path, ask)
  }

  /** A recorded request. */
  async send(method: string, path: string, ask: Ask = {}): Promise<Exchange> {
    const position = this.#recorded.push(undefined) - 1
    const exchange = await this.#ask(method, path, ask)
    this.#recorded[position] = exchange
    return exchange
  }

  /** Recorded requests, one per line: method, target and perhaps a body. Lines that start with # are remarks. */
  async script(lines: string, ask: Ask = {}): Promise<Exchange[]> {
    const exchanges: Exchange[] = []
    for (const line of lines.split('\n').map((each) => each.trim())) {
      if (line === '' || line.startsWith('#')) continue
      const [, method, path, body] = /^(\S+) (\S+)(?: (.*))?$/s.exec(line) as RegExpExecArray as unknown as string[]
      exchanges.push(await this.send(method as string, path as string, { ...ask, body }))
    }
    return exchanges
  }

  /** Asks without a record until the answer is as wanted. */
  async until(path: string, isWanted: (answer: Exchange) => boolean): Promise<void> {
    let last: Exchange | undefined
    await waitFor(`${this.agent.command}: ${path}`, async () => isWanted((last = await this.#ask('GET', path, {}))), {
      describe: () => `${last?.status} ${last?.body}`,
    })
  }

  /** Waits until the catalog has what the agent has. */
  async synced(): Promise<void> {
    type Service = { ID: string; Tags: string[] | null; Port?: number; Address: string }
    type Check = { CheckID: string; Status: string; Name: string }
    const read = async <T>(path: string) => json<T>(await this.#ask('GET', path, {}))
    const service = ({ ID, Tags, Port, Address }: Service) => [ID, Tags ?? [], Port ?? 0, Address]
    const check = ({ CheckID, Status, Name }: Check) => [CheckID, Status, Name]
    const list = (rows: unknown[][]) => JSON.stringify(rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)))
    await waitFor(`${this.agent.command} has synced`, async () => {
      const services = Object.values(await read<Record<string, Service>>('/v1/agent/services')).map(service)
      const known = await read<{ Services: Record<string, Service> }>('/v1/catalog/node/n1')
      const synced = Object.values(known.Services).filter(({ ID }) => ID !== 'consul')
      if (list(services) !== list(synced.map(service))) return false
      const checks = Object.values(await read<Record<string, Check>>('/v1/agent/checks')).map(check)
      const health = (await read<Check[]>('/v1/health/node/n1')).filter(({ CheckID }) => CheckID !== 'serfHealth')
      return list(checks) === list(health.map(check))
    })
  }

  #ask(method: string, path: string, { body, headers = {}, view = 'text' }: Ask): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      const isChunked = 'Transfer-Encoding' in headers
      const length = body === undefined || isChunked ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
      const call = request({
        host: '127.0.0.1',
        port: this.agent.httpPort,
        method,
        path,
        headers: { ...length, ...headers },
        agent: this.#connections,
        timeout: ANSWER_MS,
      })
      const label = `${method} ${path}`
      call.on('timeout', () => call.destroy(new Error(`${label}: no answer within ${ANSWER_MS} ms`)))
      call.on('error', (error: NodeJS.ErrnoException) => {
        // Go ends the connection of a handler that panics: an answer of its own.
        if (error.code !== 'ECONNRESET') return reject(error)
        resolve({ label, status: 0, reason: 'connection closed', headers: [], body: Buffer.alloc(0), view })
      })
      call.on('response', (response) => {
        readAll(response).then((bytes) => {
          const raw = response.rawHeaders
          resolve({
            label,
            status: response.statusCode as number,
            reason: response.statusMessage as string,
            headers: raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1] as string] as const] : [])),
            body: bytes,
            view,
          })
        }, reject)
      })
      call.end(body)
    })
  }
}

/** The whole body; compressed ones as they were before, since two programs may compress differently. */
async function readAll(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  return response.headers['content-encoding'] === 'gzip' && bytes.length > 0 ? gunzipSync(bytes) : bytes
}

export const json = <T>(exchange: Exchange): T => JSON.parse(exchange.body.toString('utf8')) as T

export const indexOf = (exchange: Exchange): string =>
  exchange.headers.find(([name]) => name === 'X-Consul-Index')?.[1] ?? ''
