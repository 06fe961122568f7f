import { type IncomingMessage, request as httpRequest, STATUS_CODES } from 'node:http'
import { type ClientHttp2Session, constants } from 'node:http2'
import type { Socket } from 'node:net'
import { h2ErrorText, openH2Session } from './h2-session'
import type { OutputBuffer } from '../output-buffer'
import { BodySink } from './body-sink'
import { dial } from './dial'
import { errorCode, GoError, NOT_TLS_TEXT, systemErrorText } from './go-error'
import type { NameLookup } from './name-lookup'
import type { TlsSettings } from './tls-settings'

export interface HttpExchange {
  readonly url: URL
  readonly method: string
  /** Value of the Host header, or `:authority`. */
  readonly host: string
  /** All others; names may repeat. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly lookup: NameLookup
  /** Used for https URLs. */
  readonly tls: () => TlsSettings
  readonly signal: AbortSignal
  /** Receives the body, unpacked. */
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
  const socket = await connectTo(exchange)
  try {
    const isH2 = 'alpnProtocol' in socket && socket.alpnProtocol === 'h2'
    return await (isH2 ? exchangeH2(socket, exchange) : exchangeH1(socket, exchange))
  } catch (error) {
    throw exchange.signal.aborted ? new GoError(TIMEOUT_TEXT, 'io') : error
  } finally {
    socket.on('error', () => {})
    socket.destroy()
  }
}

async function connectTo({ url, signal, lookup, tls }: HttpExchange): Promise<Socket> {
  const isTls = url.protocol === 'https:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  try {
    const settings: TlsSettings | undefined = isTls ? { ...tls(), alpn: ['h2', 'http/1.1'] } : undefined
    return await dial(host, Number(url.port || (isTls ? 443 : 80)), { signal, lookup, tls: settings })
  } catch (error) {
    if (signal.aborted) throw new GoError(TIMEOUT_TEXT, 'io')
    if (error instanceof GoError && error.message === NOT_TLS_TEXT) {
      throw new GoError('http: server gave HTTP response to HTTPS client', 'tls')
    }
    throw error
  }
}

function exchangeH1(socket: Socket, exchange: HttpExchange): Promise<HttpAnswer> {
  const { url, method, host, body, signal, output } = exchange
  const headers = ['Host', host, ...exchange.headers.flat(), 'Connection', 'close']
  if (body !== '') headers.push('Content-Length', String(Buffer.byteLength(body)))
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers,
      setHost: false,
    })
    let answer: IncomingMessage | undefined
    const onAbort = () => (answer ?? request).destroy()
    const onResponse = (response: IncomingMessage) => {
      answer = response
      const sink = new BodySink(output, response.headers['content-encoding'] === 'gzip')
      const statusCode = response.statusCode ?? 0
      const status = response.statusMessage ? `${statusCode} ${response.statusMessage}` : String(statusCode)
      response.on('data', (chunk: Buffer) => sink.write(chunk))
      // 'close' comes after the end, and after whatever broke the body off.
      response
        .on('error', () => {})
        .once('close', () => {
          signal.removeEventListener('abort', onAbort)
          void sink.end().then(() => resolve({ statusCode, status, location: response.headers.location }))
        })
    }
    request.once('response', onResponse)
    const onSwitched = (response: IncomingMessage) => {
      onResponse(response)
      response.destroy()
    }
    request.once('upgrade', onSwitched).once('connect', onSwitched)
    request.on('error', (error) => {
      if (answer) return
      signal.removeEventListener('abort', onAbort)
      reject(new GoError(h1ErrorText(error), 'io'))
    })
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    request.end(body === '' ? undefined : body)
  })
}

async function exchangeH2(socket: Socket, exchange: HttpExchange): Promise<HttpAnswer> {
  const session = openH2Session(socket, exchange.url.host, true)
  try {
    return await requestH2(session, exchange)
  } finally {
    session.destroy()
  }
}

function requestH2(session: ClientHttp2Session, exchange: HttpExchange): Promise<HttpAnswer> {
  const { url, method, host, body, signal, output } = exchange
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':path': `${url.pathname}${url.search}`,
    ':authority': host,
  }
  for (const [name, value] of exchange.headers) {
    const key = name.toLowerCase()
    const before = headers[key]
    headers[key] = before === undefined ? value : [before, value].flat()
  }
  return new Promise((resolve, reject) => {
    let answer: HttpAnswer | undefined
    let sink: BodySink | undefined
    const stream = session.request(headers, { endStream: body === '' })
    const onAbort = () => stream.close(constants.NGHTTP2_CANCEL)
    let failure: unknown = new Error('EOF')
    stream.once('response', (received) => {
      const statusCode = received[':status'] ?? 0
      answer = { statusCode, status: `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`, location: received.location }
      sink = new BodySink(output, received['content-encoding'] === 'gzip')
    })
    stream.on('data', (chunk: Buffer) => sink?.write(chunk))
    stream.on('error', (error) => (failure = error))
    stream.once('close', () => {
      signal.removeEventListener('abort', onAbort)
      const given = answer
      if (!given) return reject(new GoError(h2ErrorText(failure), 'io'))
      void sink?.end().then(() => resolve(given))
    })
    session.on('error', (error) => (failure = error))
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    if (body !== '') stream.end(body)
  })
}

/** Go's words for an exchange that broke before its answer. */
function h1ErrorText(error: Error & { rawPacket?: Buffer }): string {
  const code = errorCode(error)
  if (code === 'ECONNRESET' && error.message === 'socket hang up') return 'EOF'
  if (code === 'HPE_HEADER_OVERFLOW') return 'net/http: server response headers exceeded limit'
  if (code.startsWith('HPE_')) {
    const line = error.rawPacket?.toString('latin1').split(/\r?\n/, 1)[0]?.slice(0, 200) ?? ''
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`
  }
  return systemErrorText(error)
}
