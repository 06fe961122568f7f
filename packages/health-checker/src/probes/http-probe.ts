import { errorMessage } from '@sd/runtime'
import type { CheckDefinition } from '../check-definition'
import { exchangeHttp, type HttpAnswer } from '../network/http-exchange'
import { GoError } from '../network/go-error'
import { mayKeepCredentials, parseHttpUrl, requestError } from '../network/http-url'
import type { NameLookup } from '../network/name-lookup'
import type { TlsSettings } from '../network/tls-settings'
import { OutputBuffer } from '../output-buffer'
import type { Probe, ProbeResult } from '../probe'

const USER_AGENT = 'Consul Health Check'
const ACCEPT = 'text/plain, text/*, */*'
/** Redirects that are followed (Go's http.Client). */
const REDIRECTS_MAX = 10

/** Not sent when a redirect leaves the first host (Go's http.Client). */
const CREDENTIALS = new Set([
  'authorization',
  'www-authenticate',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'proxy-authenticate',
])
/** Made by the connection itself. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'transfer-encoding',
  'content-length',
  'host',
  'proxy-connection',
])

export type HttpTarget = Pick<CheckDefinition, 'http' | 'method' | 'header' | 'body' | 'disableRedirects'>

/** Requests a URL; 2xx is passing, 429 warning, anything else critical. */
export class HttpProbe implements Probe {
  readonly cost = 'socket'
  readonly #url: string
  readonly #method: string

  constructor(
    private readonly ports: { lookup: NameLookup; tls: () => TlsSettings; outputMaxBytes: () => number },
    private readonly target: HttpTarget,
    readonly timeoutMs: number,
  ) {
    this.#url = target.http ?? ''
    this.#method = target.method || 'GET'
  }

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    try {
      const output = new OutputBuffer(this.ports.outputMaxBytes())
      const answer = await this.#request(output, signal)
      return {
        status: statusOf(answer.statusCode),
        output: `HTTP ${this.#method} ${this.#url}: ${answer.status} Output: ${output.text()}`,
      }
    } catch (error) {
      return { status: 'critical', output: errorMessage(error) }
    }
  }

  async #request(output: OutputBuffer, signal: AbortSignal): Promise<HttpAnswer> {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(this.#method)) {
      throw new GoError(`net/http: invalid method ${JSON.stringify(this.#method)}`, 'address')
    }
    const first = parseHttpUrl(this.#method, this.#url)
    let [url, method, body, shown] = [first, this.#method, this.target.body ?? '', this.#url]
    let referer: string | undefined
    for (let redirects = 0; ; redirects++) {
      const isFirst = redirects === 0
      const { host, headers } = this.#headers(url, first, { isFirst, referer })
      const held = new OutputBuffer(output.maxBytes)
      const answer = await exchangeHttp({
        ...this.ports,
        url,
        method,
        host,
        headers,
        body,
        signal,
        output: held,
      }).catch((error: unknown) => {
        throw requestError(method, shown, errorMessage(error))
      })
      if (!isFollowed(answer) || this.target.disableRedirects) {
        output.take(held)
        return answer
      }
      const location = answer.location as string
      const keepsMethod = answer.statusCode === 307 || answer.statusCode === 308
      const nextMethod = keepsMethod || method === 'HEAD' ? method : 'GET'
      if (redirects + 1 >= REDIRECTS_MAX)
        throw requestError(nextMethod, location, `stopped after ${REDIRECTS_MAX} redirects`)
      const next = nextUrl(location, url, nextMethod)
      referer = url.protocol === 'https:' && next.protocol === 'http:' ? undefined : withoutUser(url)
      if (!keepsMethod) body = ''
      ;[url, method, shown] = [next, nextMethod, next.href]
    }
  }

  #headers(url: URL, first: URL, { isFirst, referer }: { isFirst: boolean; referer: string | undefined }) {
    const headers: [string, string][] = []
    const given = new Set<string>()
    const keepsCredentials = mayKeepCredentials(first, url)
    let host = url.host
    for (const [name, values] of Object.entries(this.target.header ?? {})) {
      const lower = name.toLowerCase()
      if (lower === 'host' && values[0] && (isFirst || url.host === first.host)) host = values[0]
      if (CONNECTION_HEADERS.has(lower) || (!keepsCredentials && CREDENTIALS.has(lower))) continue
      given.add(lower)
      for (const value of values) headers.push([name, value])
    }
    const standard: [string, string | undefined][] = [
      ['User-Agent', USER_AGENT],
      ['Accept', ACCEPT],
      ['Referer', referer],
      ['Authorization', keepsCredentials ? basicAuthorization(first) : undefined],
    ]
    if (this.#method !== 'HEAD' && !given.has('range')) standard.push(['Accept-Encoding', 'gzip'])
    for (const [name, value] of standard) {
      if (value !== undefined && !given.has(name.toLowerCase())) headers.push([name, value])
    }
    return { host, headers }
  }
}

const statusOf = (code: number) => (code >= 200 && code <= 299 ? 'passing' : code === 429 ? 'warning' : 'critical')

const isFollowed = ({ statusCode, location }: HttpAnswer): boolean =>
  !!location && [301, 302, 303, 307, 308].includes(statusCode)

function nextUrl(location: string, base: URL, method: string): URL {
  let next: URL
  try {
    next = new URL(location, base)
  } catch {
    throw requestError(method, base.href, `failed to parse Location header ${JSON.stringify(location)}`)
  }
  return parseHttpUrl(method, next.href)
}

function withoutUser(url: URL): string {
  const copy = new URL(url)
  copy.username = copy.password = copy.hash = ''
  return copy.href
}

function basicAuthorization(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
}
