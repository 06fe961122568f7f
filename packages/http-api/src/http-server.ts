/** Serves the API on node:http: limits, lifecycle, and what every request goes through. */
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { BlockList, isIP, type Socket } from 'node:net'
import { errorMessage, type Clock, type Logger, type MetricLabels, type Metrics, type Random } from '@sd/runtime'
import { type Service, type ServiceState, sleep } from '@sd/runtime'
import type { Backend } from './backend/backend'
import { ConnectionLimit } from './connection-limit'
import { errorReply, errorStatus } from './error-responses'
import { HttpOptionError, HttpStatusError } from './errors'
import { type HttpApiOptions, type HttpListener, resolveOptions, type ResolvedOptions } from './options'
import { listenerName, openListener } from './open-listener'
import { FailedRead } from './replies'
import { type AbortRegistry, RequestContext } from './request-context'
import { respond, TEXT_TYPE } from './respond'
import type { Reply } from './route'
import { allRoutes } from './routes/all-routes'
import { serveAsset } from './static-assets'
import { type BoundRoute, type Resolved, TargetResolver } from './target-resolver'

export interface HttpApiPorts {
  readonly backend: Backend
  readonly clock: Clock
  readonly random?: Random
  readonly logger: Logger
  readonly metrics: Metrics
}

/** How often `stop` looks for connections that have become idle. */
const STOP_POLL_MS = 5
/** More headers than this are not looked at by Node. */
const HEADERS_MAX = 1_000
const NO_UI = 'Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent configuration and restart.'
const UNKNOWN_API = 'Invalid URL path: not a recognized HTTP API endpoint\n'
const UNKNOWN_PATH = "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n"
const BLOCKED = 'Endpoint is blocked by agent configuration'
const TOKEN_IN_QUERY =
  'This request used the token query parameter which is deprecated and will be removed in a future Consul version'

type ApiTarget = Extract<Resolved, { kind: 'api' }>

/** Consul's HTTP API over {@link HttpApiPorts.backend}. */
export class HttpApiServer implements Service {
  readonly #ports: HttpApiPorts
  readonly #options: ResolvedOptions
  readonly #resolver: TargetResolver
  readonly #limit: ConnectionLimit
  readonly #writers: BlockList | undefined
  readonly #apiHeaders: readonly string[]
  readonly #plainHeaders: readonly string[]
  readonly #labels = new Map<BoundRoute, Map<string, MetricLabels>>()
  readonly #waiting = new Set<AbortController>()
  readonly #aborts: AbortRegistry
  #servers: { server: Server; listener: HttpListener }[] = []
  #state: ServiceState = 'new'
  #stopping: Promise<void> | undefined

  constructor(ports: HttpApiPorts, options: HttpApiOptions = {}) {
    this.#ports = { ...ports, logger: ports.logger.child('http') }
    this.#options = resolveOptions(options)
    this.#resolver = new TargetResolver(allRoutes(ports.backend), this.#options)
    this.#limit = new ConnectionLimit(this.#options.connectionsPerClientMax)
    this.#writers = networks(this.#options.allowWriteFrom)
    this.#plainHeaders = Object.entries(this.#options.responseHeaders).flat()
    this.#apiHeaders = [
      ...this.#plainHeaders,
      'Vary',
      'Accept-Encoding',
      ...(this.#options.aclDefaultPolicy === '' ? [] : ['X-Consul-Default-Acl-Policy', this.#options.aclDefaultPolicy]),
      ...(this.#options.translateAddresses ? ['X-Consul-Translate-Addresses', 'true'] : []),
    ]
    const waiting = this.#waiting
    this.#aborts = {
      add: (controller) => void waiting.add(controller),
      delete: (controller) => void waiting.delete(controller),
    }
  }

  get state(): ServiceState {
    return this.#state
  }

  /** Where it listens: URLs, or paths of unix sockets; in the order of `listeners`. */
  get addresses(): readonly string[] {
    return this.#servers.map(({ server, listener }) => {
      if ('path' in listener) return listener.path
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : listener.port
      return `${listener.tls ? 'https' : 'http'}://${listenerName({ host: listener.host, port })}`
    })
  }

  async start(): Promise<void> {
    this.#state = 'starting'
    try {
      for (const listener of this.#options.listeners) {
        const server = this.#createServer(listener)
        await openListener(server, listener)
        server.on('error', (error) => this.#ports.logger.error('HTTP server failed', { error: errorMessage(error) }))
        this.#servers.push({ server, listener })
      }
    } catch (error) {
      await Promise.all(this.#servers.map(({ server }) => closeServer(server)))
      this.#servers = []
      this.#state = 'failed'
      throw error
    }
    this.#state = 'running'
  }

  /** Takes no more connections, ends waiting queries at once, and gives the rest `stopTimeoutMs`. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Changes what may change while it runs (a reload of `limits.http_max_conns_per_client`). */
  reload(options: Pick<HttpApiOptions, 'connectionsPerClientMax'>): void {
    if (options.connectionsPerClientMax !== undefined) this.#limit.perClientMax = options.connectionsPerClientMax
  }

  async #stop(): Promise<void> {
    this.#state = 'stopping'
    const servers = this.#servers.map(({ server }) => server)
    let isClosed = false
    const closed = Promise.all(servers.map(closeServer)).then(() => void (isClosed = true))
    for (const controller of this.#waiting) controller.abort(new HttpStatusError(503, 'shutting down'))
    const { clock } = this.#ports
    const deadline = clock.monotonic() + this.#options.stopTimeoutMs
    while (!isClosed && clock.monotonic() < deadline) {
      for (const server of servers) server.closeIdleConnections()
      await Promise.race([closed, sleep(clock, STOP_POLL_MS)])
    }
    for (const server of servers) server.closeAllConnections()
    await closed
    this.#state = 'stopped'
  }

  #createServer(listener: HttpListener): Server {
    const options = this.#options
    const settings = {
      maxHeaderSize: options.headerBytesMax,
      headersTimeout: options.headersTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs,
      insecureHTTPParser: false,
    }
    const onRequest = (request: IncomingMessage, response: ServerResponse) => this.#onRequest(request, response)
    const server = listener.tls
      ? createTlsServer({ ...listener.tls, ...settings }, onRequest)
      : createServer(settings, onRequest)
    server.maxHeadersCount = HEADERS_MAX
    server.on('connection', (socket: Socket) => void this.#limit.admit(socket))
    server.on('clientError', onClientError)
    return server
  }

  #onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (request.httpVersionMajor !== 1) {
      response.shouldKeepAlive = false
      return plain(response, 505, CLOSE, '505 HTTP Version Not Supported: unsupported protocol version')
    }
    const resolved = this.#resolver.resolve(request.url as string)
    if (resolved.kind === 'api') return this.#onApi(request, response, resolved)
    switch (resolved.kind) {
      case 'malformed':
        if (request.url === '*') return plain(response, 200, [], '')
        response.shouldKeepAlive = false
        return plain(response, 400, CLOSE, '400 Bad Request')
      case 'unprintable':
        return plain(response, 400, [], '')
      case 'redirect':
        return redirect(request, response, 307, resolved.location)
      case 'asset':
        return this.#onAsset(request, response, resolved.path)
      case 'unknown':
        if (resolved.path !== '/') {
          const text = resolved.path.includes('/v1/') ? UNKNOWN_API : UNKNOWN_PATH
          return plain(response, 404, this.#plainHeaders, text)
        }
        return this.#options.uiRoot === undefined
          ? plain(response, 200, this.#plainHeaders, NO_UI)
          : redirect(request, response, 301, this.#options.uiContentPath, this.#plainHeaders)
    }
  }

  #onAsset(request: IncomingMessage, response: ServerResponse, path: string): void {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plain(response, 405, this.#plainHeaders, 'method not allowed\n')
    }
    const root = this.#options.uiRoot as string
    serveAsset(root, path, request, response, this.#plainHeaders).catch((error: unknown) => {
      this.#ports.logger.error('UI file failed', { path, error: errorMessage(error) })
      response.destroy()
    })
  }

  #onApi(request: IncomingMessage, response: ServerResponse, resolved: ApiTarget): void {
    const { clock, metrics } = this.#ports
    const startedMs = clock.monotonic()
    const { route } = resolved
    const context = new RequestContext(request, response, resolved.target, this.#options, this.#aborts)
    let answered: void | Promise<void> = undefined
    try {
      const reply = this.#answer(context, resolved)
      answered =
        reply instanceof Promise
          ? reply.then((value) => respond(context, this.#apiHeaders, value))
          : respond(context, this.#apiHeaders, reply)
    } catch (error) {
      this.#onError(context, error)
    }
    const finish = () =>
      metrics.sample('api.http', clock.monotonic() - startedMs, this.#labelsOf(route, context.method))
    if (answered instanceof Promise) {
      answered.then(finish, (error: unknown) => {
        this.#onError(context, error)
        finish()
      })
    } else {
      finish()
    }
  }

  /** The checks that come before a handler, in Consul's order, and the handler. */
  #answer(context: RequestContext, { route, badQuery, blocked, target }: ApiTarget): Reply | Promise<Reply> {
    if (badQuery) return { status: 500, contentType: TEXT_TYPE }
    if (target.query.has('token')) this.#ports.logger.warn(TOKEN_IN_QUERY, { path: target.path })
    if (blocked) throw new HttpStatusError(403, BLOCKED)
    const { method } = context
    if (method === 'OPTIONS') return { headers: ['Allow', route.allow] }
    if (!(route.methods as readonly string[]).includes(method)) {
      throw new HttpStatusError(405, `method ${method} not allowed`, ['Allow', route.allow])
    }
    if (method !== 'GET' && this.#writers && !this.#mayWrite(context.remoteAddress)) {
      throw new HttpStatusError(403, 'Access is restricted')
    }
    return route.handle(context)
  }

  #mayWrite(address: string): boolean {
    const mapped = address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
    const family = isIP(mapped)
    return family !== 0 && (this.#writers as BlockList).check(mapped, family === 4 ? 'ipv4' : 'ipv6')
  }

  #onError(context: RequestContext, thrown: unknown): void {
    const error = thrown instanceof FailedRead ? thrown.cause : thrown
    const { logger } = this.#ports
    const { response, method, target, remoteAddress } = context
    const fields = { method, path: target.path, from: remoteAddress, error: errorMessage(error) }
    if (response.destroyed || response.headersSent) {
      logger.info('Request cancelled', fields)
      response.destroy()
      return
    }
    if (errorStatus(error) >= 500) logger.error('Request error', fields)
    else logger.debug('Request refused', fields)
    const reply = thrown instanceof FailedRead ? thrown.reply : errorReply(error)
    try {
      void respond(context, this.#apiHeaders, reply)
    } catch (failure) {
      logger.error('Answer could not be sent', { path: target.path, error: errorMessage(failure) })
      response.destroy()
    }
  }

  #labelsOf(route: BoundRoute, method: string): MetricLabels {
    let byMethod = this.#labels.get(route)
    if (!byMethod) this.#labels.set(route, (byMethod = new Map()))
    let labels = byMethod.get(method)
    // A method is one of those that Node's parser knows, so this stays small.
    if (!labels) byMethod.set(method, (labels = { method, path: route.label }))
    return labels
  }
}

const CLOSE = ['Connection', 'close']

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })

function networks(list: readonly string[]): BlockList | undefined {
  if (list.length === 0) return undefined
  const blocks = new BlockList()
  for (const network of list) {
    const [address = '', bits = ''] = network.split('/')
    const family = isIP(address)
    if (family === 0 || !/^\d{1,3}$/.test(bits)) {
      throw new HttpOptionError(`allowWriteFrom: ${JSON.stringify(network)} is no network; write it as 10.0.0.0/8`)
    }
    blocks.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  }
  return blocks
}

function plain(response: ServerResponse, status: number, headers: readonly string[], body: string): void {
  const type = body === '' ? [] : ['Content-Type', TEXT_TYPE]
  response.removeHeader('connection')
  response.writeHead(status, [...headers, ...type, 'Content-Length', String(Buffer.byteLength(body))])
  response.end(body)
}

function redirect(
  request: IncomingMessage,
  response: ServerResponse,
  status: 301 | 307,
  location: string,
  headers: readonly string[] = [],
): void {
  const isGet = request.method === 'GET'
  const html = location.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character] as string)
  const body = isGet ? `<a href="${html}">${STATUS_CODES[status]}</a>.\n\n` : ''
  const type = isGet || request.method === 'HEAD' ? ['Content-Type', 'text/html; charset=utf-8'] : []
  response.removeHeader('connection')
  response.writeHead(status, [
    ...headers,
    ...type,
    'Location',
    asciiLocation(location),
    'Content-Length',
    String(Buffer.byteLength(body)),
  ])
  response.end(body)
}

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
}

/** Bytes above 127 may not stand in a header as they are. */
const asciiLocation = (location: string): string =>
  location.replace(/[^\x21-\x7e]/g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** What Node's parser refuses is answered in Go's words; nothing is written into an answer that is under way. */
function onClientError(error: NodeJS.ErrnoException, socket: Socket & { _httpMessage?: ServerResponse | null }): void {
  if (error.code === 'ECONNRESET' || !socket.writable || socket._httpMessage?.headersSent) return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const text = `${status} ${STATUS_CODES[status]}`
  socket.end(`HTTP/1.1 ${text}\r\nContent-Type: ${TEXT_TYPE}\r\nConnection: close\r\n\r\n${text}`, () =>
    socket.destroy(),
  )
}
