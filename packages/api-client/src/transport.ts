/** Requests over undici: address, TLS, token and error texts; the only file that knows HTTP. */
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { errorMessage } from '@sd/runtime'
import type { QueryOptions } from '@sd/model'
import type { Agent, Dispatcher } from 'undici'
import { parseAddress } from './address'
import { connectionFault, fileFault, isStaleConnection } from './connection-fault'
import { ApiAnswerError, ApiError, ApiOptionsError, ApiUnreachableError } from './errors'
import { parseJson } from './json'
import {
  ANSWER_BYTES_MAX,
  CONNECT_TIMEOUT_MS,
  type ConsulClientOptions,
  DEFAULT_WAIT_MS,
  REQUEST_TIMEOUT_MS,
} from './options'
import { type QueryParameters, queryString, readParameters } from './query-string'
import { type AnswerHeaders, type QueryResult, readMeta } from './read-meta'
import { readTlsFiles } from './tls-files'

/** What every call takes. */
export interface CallOptions {
  readonly token?: string
  readonly datacenter?: string
  readonly signal?: AbortSignal | undefined
}

/** What every read of the cluster's state takes. */
export interface ReadOptions extends QueryOptions {
  readonly signal?: AbortSignal | undefined
}

export interface ApiRequest {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Escaped, from "/v1/". */
  readonly path: string
  readonly query?: QueryParameters
  readonly body?: string | Uint8Array | Readable
  readonly call?: CallOptions | undefined
  /** Statuses besides 200 that are no errors. */
  readonly accept?: readonly number[]
}

export interface ApiAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: Buffer
}

export class Transport {
  readonly #options: ConsulClientOptions
  readonly #address
  #ready: Promise<{ agent: Agent; headers: Record<string, string> }> | undefined
  #isClosed = false

  /** Throws {@link ApiOptionsError} for an address that cannot be read; files are read at the first request. */
  constructor(options: ConsulClientOptions) {
    this.#options = options
    this.#address = parseAddress(options.address, options.useTls)
  }

  /** Sends one request and holds its answer in memory. Throws {@link ApiError} for other statuses than expected. */
  async request(request: ApiRequest): Promise<ApiAnswer> {
    const { response, fail } = await this.#send(request, this.#timeoutMs(request.query))
    let body: Buffer
    try {
      body = await collect(response.body, request.path)
    } catch (error) {
      throw error instanceof ApiAnswerError ? error : fail(error)
    }
    const answer = { status: response.statusCode, headers: response.headers, body }
    if (answer.status !== 200 && !request.accept?.includes(answer.status)) throw unexpected(answer.status, body)
    return answer
  }

  /** Sends one request and hands its body over as it comes; the caller reads it to its end or destroys it. */
  async stream(request: ApiRequest): Promise<Readable> {
    const { response, fail } = await this.#send(request, 0)
    if (response.statusCode === 200) return response.body
    let body: Buffer
    try {
      body = await collect(response.body, request.path)
    } catch (error) {
      throw fail(error)
    }
    throw unexpected(response.statusCode, body)
  }

  /** A request whose answer is JSON. */
  async json(request: ApiRequest): Promise<unknown> {
    return parseAnswer(request.path, await this.request(request))
  }

  /** A read of the cluster's state: JSON and the X-Consul-* headers. */
  async read<T>(
    path: string,
    options: ReadOptions,
    decode: (value: unknown, path: string) => T,
    extra: QueryParameters = {},
  ): Promise<QueryResult<T>> {
    const answer = await this.request({ path, query: { ...readParameters(options), ...extra }, call: options })
    return { value: decode(parseAnswer(path, answer), path), meta: readMeta(answer.headers) }
  }

  /** Reads token and certificate files now. Throws {@link ApiOptionsError}. */
  async prepare(): Promise<void> {
    await this.#open()
  }

  /** Closes idle connections and breaks the others. May be called twice. */
  async close(): Promise<void> {
    this.#isClosed = true
    const ready = this.#ready
    this.#ready = undefined
    const opened = await ready?.catch(() => undefined)
    await opened?.agent.destroy()
  }

  async #send(request: ApiRequest, timeoutMs: number) {
    const { agent, headers } = await this.#open()
    const method = request.method ?? 'GET'
    const query = { ...this.#defaults(), ...defined(request.query ?? {}) }
    if (request.call?.datacenter) query.dc = request.call.datacenter
    const path = this.#address.pathPrefix + request.path + queryString(query)
    const fail = (error: unknown): unknown =>
      request.call?.signal?.aborted
        ? request.call.signal.reason
        : new ApiUnreachableError(
            method,
            this.#address.origin + path,
            connectionFault(error, this.#address.socketPath),
            error,
          )
    const send = (): Promise<Dispatcher.ResponseData> =>
      agent.request({
        origin: this.#address.origin,
        path,
        method,
        headers: request.call?.token ? { ...headers, 'x-consul-token': request.call.token } : headers,
        body: request.body ?? null,
        signal: request.call?.signal ?? null,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      })
    try {
      return { response: await send(), fail }
    } catch (error) {
      // A kept-alive connection may close while the request is on its way: a read is sent once more.
      if (method !== 'GET' || !isStaleConnection(error)) throw fail(error)
    }
    try {
      return { response: await send(), fail }
    } catch (error) {
      throw fail(error)
    }
  }

  #defaults(): Record<string, string | number | boolean | readonly string[] | undefined> {
    return { dc: this.#options.datacenter, ns: this.#options.namespace, partition: this.#options.partition }
  }

  /** A blocking query is answered within its wait and a sixteenth of jitter; the rest is the ordinary limit. */
  #timeoutMs(query: QueryParameters = {}): number {
    const limit = this.#options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
    if (limit === 0 || query.index === undefined) return limit
    const waitMs = typeof query.wait === 'string' ? Number.parseInt(query.wait, 10) : DEFAULT_WAIT_MS
    return Math.ceil(waitMs * (1 + 1 / 16)) + limit
  }

  #open() {
    if (this.#isClosed) throw new ApiOptionsError('the client is closed')
    if (!this.#ready) {
      this.#ready = this.#prepare()
      // Unreadable files may be mended: the next request tries again.
      this.#ready.catch(() => (this.#ready = undefined))
    }
    return this.#ready
  }

  async #prepare() {
    const { tls, httpAuth, connectTimeoutMs = CONNECT_TIMEOUT_MS } = this.#options
    const headers: Record<string, string> = { ...this.#options.headers }
    const token = (await this.#readToken()) || this.#options.token
    if (token) headers['x-consul-token'] = token
    if (httpAuth) {
      const pair = Buffer.from(`${httpAuth.username}:${httpAuth.password}`).toString('base64')
      headers.authorization = `Basic ${pair}`
    }
    // Read at the first request only: whoever links the client and does not call should not pay for it.
    // By its default export: a bundler gives a CommonJS module no others when it is imported like this.
    const { default: undici } = await import('undici')
    const agent: Agent = new undici.Agent({
      connect: {
        timeout: connectTimeoutMs,
        ...(this.#address.socketPath === undefined ? {} : { socketPath: this.#address.socketPath }),
        ...(await readTlsFiles(tls ?? {})),
      },
    })
    return { agent, headers }
  }

  async #readToken(): Promise<string> {
    const { tokenFile } = this.#options
    if (!tokenFile) return ''
    try {
      return (await readFile(tokenFile, 'utf8')).trim()
    } catch (error) {
      throw new ApiOptionsError(`Error loading token file ${tokenFile} : ${fileFault(tokenFile, error)}`, error)
    }
  }
}

const defined = (query: QueryParameters) =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

const unexpected = (status: number, body: Buffer) => new ApiError(status, body.toString('utf8').trim(), body)

async function collect(body: Readable, path: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > ANSWER_BYTES_MAX) throw new ApiAnswerError(path, `it is longer than ${ANSWER_BYTES_MAX} bytes`)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
}

export function parseAnswer(path: string, answer: ApiAnswer): unknown {
  try {
    return parseJson(answer.body.toString('utf8'))
  } catch (error) {
    throw new ApiAnswerError(path, errorMessage(error), error)
  }
}
