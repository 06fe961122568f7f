/** Writes replies: head and body together, index and leader headers, pretty JSON, gzip. */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { gzip, gzipSync } from 'node:zlib'
import type { ReadMeta, RenderedBody } from './backend/call'
import { indentJson } from './go/go-json'
import type { RequestContext } from './request-context'
import type { Reply } from './route'

/** Shorter bodies are not compressed (the default of Consul's gzip handler). */
const GZIP_BYTES_MIN = 1_400
/** Longer bodies are compressed in the thread pool. */
const GZIP_SYNC_BYTES_MAX = 16_384

/** Node has the phrase of a later RFC. */
const GO_413 = 'Request Entity Too Large'
const JSON_TYPE = 'application/json'
/** What Consul calls an answer that has no body. */
const EMPTY_TYPE = 'application/json; charset=utf-8'
export const TEXT_TYPE = 'text/plain; charset=utf-8'

const gzipAsync = promisify(gzip)

/** The headers of a read; index 0 is written as 1, for a client that waits on 0 would never wait. */
export function metaHeaders(meta: ReadMeta, consistency?: string): string[] {
  const headers =
    consistency === undefined ? [] : ['X-Consul-Effective-Consistency', meta.effectiveConsistency ?? consistency]
  headers.push(
    'X-Consul-Index',
    String(meta.index > 0 ? meta.index : 1),
    'X-Consul-Knownleader',
    meta.knownLeader ? 'true' : 'false',
    'X-Consul-Lastcontact',
    String(Math.max(0, Math.floor(meta.lastContactMs))),
    'X-Consul-Query-Backend',
    meta.queryBackend ?? 'blocking-query',
  )
  if (meta.resultsFilteredByAcls) headers.push('X-Consul-Results-Filtered-By-Acls', 'true')
  return headers
}

/** True when an Accept-Encoding header allows gzip. */
export function acceptsGzip(header: string): boolean {
  if (header === '') return false
  for (const part of header.split(',')) {
    const [coding, ...parameters] = part.split(';')
    if (coding?.trim().toLowerCase() !== 'gzip') continue
    const quality = parameters.map((text) => text.trim()).find((text) => text.startsWith('q='))
    return quality === undefined || Number(quality.slice(2)) > 0
  }
  return false
}

/** Sends `reply`; the promise, if any, settles when a stream has ended. */
export function respond(context: RequestContext, common: readonly string[], reply: Reply): void | Promise<void> {
  const { read } = reply
  if (read) return respondRead(context, common, reply, read)
  if (reply.stream) return respondStream(context, common, reply, reply.stream)
  const { body } = reply
  const status = reply.status ?? 200
  if (body === undefined) {
    const type = reply.contentType === undefined ? (status < 300 ? EMPTY_TYPE : null) : reply.contentType
    return send(context.response, status, common, reply.headers, type, '', undefined)
  }
  const type = reply.contentType === undefined ? JSON_TYPE : reply.contentType
  const shown = type === JSON_TYPE && typeof body === 'string' ? pretty(context, body) : body
  if (!acceptsGzip(context.header('accept-encoding')) || shown.length < GZIP_BYTES_MIN) {
    return send(context.response, status, common, reply.headers, type, shown, undefined)
  }
  return compress(Buffer.from(shown as string), (bytes) =>
    send(context.response, status, common, reply.headers, type, bytes, 'gzip'),
  )
}

function pretty(context: RequestContext, compact: string): string {
  if (context.has('pretty')) return `${indentJson(compact)}\n`
  return context.options.prettyByDefault ? indentJson(compact) : compact
}

function respondRead(
  context: RequestContext,
  common: readonly string[],
  reply: Reply,
  { result, encode }: NonNullable<Reply['read']>,
): void | Promise<void> {
  const { rendered } = result
  const status = reply.status ?? 200
  const compact = context.has('pretty') ? 'prettyLine' : context.options.prettyByDefault ? 'pretty' : 'json'
  const wantsGzip = acceptsGzip(context.header('accept-encoding'))
  if (!rendered) {
    const body = pretty(context, encode(result.value))
    if (!wantsGzip || body.length < GZIP_BYTES_MIN) {
      return send(context.response, status, common, reply.headers, JSON_TYPE, body, undefined)
    }
    return compress(Buffer.from(body), (bytes) =>
      send(context.response, status, common, reply.headers, JSON_TYPE, bytes, 'gzip'),
    )
  }
  if (wantsGzip) {
    const zipped = rendered.get(`${compact}.gz`)
    if (zipped) return send(context.response, status, common, reply.headers, JSON_TYPE, zipped, 'gzip')
  }
  let plain = rendered.get(compact)
  if (!plain) {
    plain = asBody(pretty(context, encode(result.value)))
    rendered.set(compact, plain)
  }
  if (!wantsGzip || plain.length < GZIP_BYTES_MIN) {
    return send(context.response, status, common, reply.headers, JSON_TYPE, plain, undefined)
  }
  return compress(typeof plain === 'string' ? Buffer.from(plain, 'latin1') : plain, (bytes) => {
    rendered.set(`${compact}.gz`, bytes)
    send(context.response, status, common, reply.headers, JSON_TYPE, bytes, 'gzip')
  })
}

/** Longer texts leave faster as bytes: a string is copied for each write. */
const TEXT_BODY_MAX = 2_048

function asBody(text: string): RenderedBody {
  const isAscii = text.length <= TEXT_BODY_MAX && Buffer.byteLength(text) === text.length
  // Through bytes and back: what is kept is one flat string, not the tree of pieces that it was made of.
  return isAscii ? Buffer.from(text, 'latin1').toString('latin1') : Buffer.from(text)
}

function compress(body: Buffer, done: (bytes: Buffer) => void): void | Promise<void> {
  return body.length <= GZIP_SYNC_BYTES_MAX ? done(gzipSync(body)) : gzipAsync(body).then(done)
}

function send(
  response: ServerResponse,
  status: number,
  common: readonly string[],
  headers: readonly string[] | undefined,
  contentType: string | null,
  body: string | Uint8Array,
  encoding: string | undefined,
): void {
  if (response.destroyed) return
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
  const all = headers ? common.concat(headers) : common.slice()
  if (encoding !== undefined) all.push('Content-Encoding', encoding)
  if (contentType !== null) all.push('Content-Type', contentType)
  all.push('Content-Length', String(length))
  // HTTP/1.1 keeps connections by default; Consul does not say so in every answer, and neither do we.
  response.removeHeader('connection')
  if (!response.shouldKeepAlive) all.push('Connection', 'close')
  if (status === 413) response.statusMessage = GO_413
  response.writeHead(status, all)
  // Text without other characters is the same in both, and latin1 is the cheaper one to write.
  if (typeof body === 'string') response.end(body, length === body.length ? 'latin1' : 'utf8')
  else response.end(body)
}

async function respondStream(
  context: RequestContext,
  common: readonly string[],
  reply: Reply,
  stream: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const { response, signal } = context
  const headers = [...common, ...(reply.headers ?? [])]
  if (reply.contentType) headers.push('Content-Type', reply.contentType)
  response.removeHeader('connection')
  response.writeHead(reply.status ?? 200, headers)
  response.flushHeaders()
  try {
    for await (const chunk of stream) {
      if (signal.aborted) break
      if (!response.write(chunk)) await once(response, 'drain', { signal })
    }
    response.end()
  } catch {
    // The status is out already: cutting the connection is the only way to say that the rest is missing.
    response.destroy()
  }
}
