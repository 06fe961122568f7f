import { STATUS_CODES } from 'node:http'
import { createGunzip } from 'node:zlib'
import { Client } from 'undici'
import type { OutputBuffer } from '../output-buffer'
import { dial } from './dial'
import { errorCode, GoError, NOT_TLS_TEXT, systemErrorText } from './go-error'
import type { NameLookup } from './name-lookup'
import type { TlsSettings } from './tls-settings'

export interface HttpExchange {
  readonly url: URL
  readonly method: string
  /** Name, value, name, value; names may repeat. */
  readonly headers: readonly string[]
  readonly body: string
  readonly lookup: NameLookup
  /** Used for https URLs. */
  readonly tls: () => TlsSettings
  readonly signal: AbortSignal
  /** Receives the body, decompressed. */
  readonly output: OutputBuffer
}

export interface HttpAnswer {
  readonly statusCode: number
  /** As on the wire, "200 OK"; a server may leave the words out. */
  readonly status: string
  readonly location: string | undefined
}

/** The text when time is up before an answer began (Go's http.Client). */
const TIMEOUT_TEXT = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'

/**
 * One request on one connection of its own: a kept connection would hide a target that accepts no new ones.
 * HTTP/2 when the target offers it over TLS. Once the answer began, whatever breaks the body only shortens it.
 */
export async function exchangeHttp(exchange: HttpExchange): Promise<HttpAnswer> {
  const { url, signal } = exchange
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = Number(url.port || (isTls ? 443 : 80))
  // Dialled here and not by undici, so that failures have Go's words and the deadline is ours.
  let socket
  try {
    const tls: TlsSettings | undefined = isTls ? { ...exchange.tls(), alpn: ['h2', 'http/1.1'] } : undefined
    socket = await dial(host, port, { signal, lookup: exchange.lookup, tls })
  } catch (error) {
    if (signal.aborted) throw new GoError(TIMEOUT_TEXT, 'io')
    if (error instanceof GoError && error.message === NOT_TLS_TEXT) {
      throw new GoError('http: server gave HTTP response to HTTPS client', 'tls')
    }
    throw error
  }
  const connected = socket
  const client = new Client(url.origin, {
    allowH2: true,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (_options, callback) => callback(null, connected),
  })
  // What a connection reports after its answer interests nobody.
  client.on('connectionError', () => {})
  connected.on('error', () => {})
  try {
    return await dispatch(client, exchange, isTls && 'alpnProtocol' in connected && connected.alpnProtocol === 'h2')
  } finally {
    connected.destroy()
    void client.destroy().catch(() => {})
  }
}

function dispatch(client: Client, exchange: HttpExchange, isH2: boolean): Promise<HttpAnswer> {
  const { url, method, body, signal, output } = exchange
  return new Promise((resolve, reject) => {
    let answer: HttpAnswer | undefined
    let sink: BodySink | undefined
    let stopReading: (() => void) | undefined
    const finish = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort)
      if (!answer) return reject(signal.aborted ? new GoError(TIMEOUT_TEXT, 'io') : exchangeError(error))
      const given = answer
      void (sink?.end() ?? Promise.resolve()).then(() => resolve(given))
    }
    const onAbort = () => {
      stopReading?.()
      finish()
    }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) return finish()
    client.dispatch(
      {
        path: `${url.pathname}${url.search}`,
        method: method as 'GET',
        headers: [...exchange.headers],
        body: body === '' ? null : body,
        reset: true,
      },
      {
        onRequestStart: (controller) => {
          stopReading = () => controller.abort(new Error('time is up'))
        },
        onResponseStart: (_controller, statusCode, headers, statusMessage) => {
          if (statusCode < 200) return
          const words = isH2 ? STATUS_CODES[statusCode] : statusMessage
          const location = headers['location']
          answer = {
            statusCode,
            status: words ? `${statusCode} ${words}` : String(statusCode),
            location: Array.isArray(location) ? location[0] : location,
          }
          sink = new BodySink(output, headers['content-encoding'] === 'gzip')
        },
        onResponseData: (_controller, chunk) => sink?.write(chunk),
        onResponseEnd: () => finish(),
        onResponseError: (_controller, error) => finish(error),
      },
    )
  })
}

/** Writes a body to the output, unpacking it when it is packed; damage ends it. */
class BodySink {
  readonly #gunzip: ReturnType<typeof createGunzip> | undefined
  readonly #ended: Promise<void>

  constructor(
    private readonly output: OutputBuffer,
    isPacked: boolean,
  ) {
    if (!isPacked) {
      this.#ended = Promise.resolve()
      return
    }
    const gunzip = (this.#gunzip = createGunzip())
    gunzip.on('data', (chunk: Buffer) => this.output.write(chunk))
    this.#ended = new Promise((resolve) => {
      gunzip
        .once('end', resolve)
        .once('error', () => resolve())
        .once('close', resolve)
    })
  }

  write(chunk: Buffer): void {
    if (this.#gunzip) this.#gunzip.write(chunk)
    else this.output.write(chunk)
  }

  async end(): Promise<void> {
    this.#gunzip?.end()
    await this.#ended
  }
}

/** Go's words for what undici reports before an answer began. */
function exchangeError(error: unknown): GoError {
  const code = errorCode(error)
  const message = error instanceof Error ? error.message : String(error)
  if (code === 'UND_ERR_SOCKET' && /closed|other side/.test(message)) return new GoError('EOF', 'io')
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return new GoError('net/http: server response headers exceeded limit', 'io')
  if (code.startsWith('HPE_')) {
    const line = /^HPE_(.*)$/.exec(code)?.[1] ?? ''
    return new GoError(`net/http: HTTP/1.x transport connection broken: malformed HTTP response (${line})`, 'io')
  }
  return new GoError(systemErrorText(error), 'io')
}
