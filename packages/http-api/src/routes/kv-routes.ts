import { jsonEncoder, jsonListEncoder, type KvEntry, kvEntryFields } from '@sd/model'
import type { KvBackend, KvWrite } from '../backend/kv-backend'
import { HttpStatusError } from '../errors'
import { cleanPath, unescapePath } from '../go/go-url'
import { clampIndex } from '../go/go-values'
import { andThen, FALSE, readReply, textListJson, TRUE } from '../replies'
import type { RequestContext } from '../request-context'
import { metaHeaders, TEXT_TYPE } from '../respond'
import { areaRoutes, type Reply } from '../route'

const encodeEntry = jsonEncoder(kvEntryFields)
const encodeEntries = jsonListEncoder(kvEntryFields)
const encodeOne = (entry: KvEntry | undefined): string => `[${encodeEntry(entry as KvEntry)}]`
const NO_BYTES = Buffer.alloc(0)
const MISSING_KEY = 'Missing key name'
/** A key is shown raw by browsers: it must be neither sniffed nor run. */
const RAW_HEADERS = ['Content-Security-Policy', 'sandbox', 'X-Content-Type-Options', 'nosniff']

/** The key of a request: the cleaned path, keeping a slash at its end. */
function keyOf(context: RequestContext): string {
  const raw = context.tail
  if (raw === '') return ''
  const cleaned = /\/\/|(?:^|\/)\.{1,2}(?:\/|$)|^\/|\/$/.test(raw) ? cleanPath(raw) : raw
  const key = raw.endsWith('/') && !cleaned.endsWith('/') ? `${cleaned}/` : cleaned
  if (!context.options.disableKvKeyValidation) {
    const problem = keyProblem(key)
    // Consul answers 500 here.
    if (problem !== undefined) throw new HttpStatusError(500, `invalid key name, ${problem}`)
  }
  return key
}

const TRAVERSAL = 'path traversal is not allowed'
const SPACES = 'leading/trailing spaces are not allowed'

export function keyProblem(key: string): string | undefined {
  if (key.startsWith(' ') || key.endsWith(' ')) return SPACES
  if (key.includes('..') && key.split('/').includes('..')) return TRAVERSAL
  if (!key.includes('%')) return undefined
  const decoded = unescapePath(key)
  if (decoded === undefined || decoded === key) return undefined
  if (decoded.includes('..')) return TRAVERSAL
  return decoded.includes(' ') ? SPACES : undefined
}

function read(context: RequestContext, kv: KvBackend): Reply | Promise<Reply> {
  const options = context.readOptions()
  const key = keyOf(context)
  if (context.has('keys')) {
    context.refuseNamespaces()
    const separator = context.has('separator') ? context.get('separator') : context.get('seperator')
    return andThen(kv.keys({ prefix: key, separator }, options), (result) =>
      result.value.length === 0 && key !== ''
        ? { status: 404, headers: metaHeaders(result.meta) }
        : readReply(context, result, textListJson),
    )
  }
  if (context.has('recurse')) {
    context.refuseNamespaces()
    return andThen(kv.list(key, options), (result) =>
      result.value.length === 0
        ? { status: 404, headers: metaHeaders(result.meta) }
        : readReply(context, result, encodeEntries),
    )
  }
  if (key === '') throw new HttpStatusError(400, MISSING_KEY)
  context.refuseNamespaces()
  return andThen(kv.get(key, options), (result): Reply => {
    const entry = result.value
    if (entry === undefined) return { status: 404, headers: metaHeaders(result.meta) }
    if (!context.has('raw')) return readReply(context, result, encodeOne)
    return {
      headers: [...RAW_HEADERS, ...metaHeaders(result.meta)],
      contentType: TEXT_TYPE,
      body: entry.value ?? NO_BYTES,
    }
  })
}

async function put(context: RequestContext, kv: KvBackend): Promise<Reply> {
  context.readOptions()
  const key = keyOf(context)
  context.refuseNamespaces()
  if (key === '') throw new HttpStatusError(400, MISSING_KEY)
  context.refuseConflicts('cas', 'acquire', 'release')
  let verb: KvWrite['verb'] = 'set'
  const flags = context.unsigned('flags') ?? 0n
  const cas = context.unsigned('cas')
  if (cas !== undefined) verb = 'cas'
  let session = ''
  if (context.has('acquire')) {
    verb = 'lock'
    session = context.get('acquire')
  }
  if (context.has('release')) {
    verb = 'unlock'
    session = context.get('release')
  }
  const value = await body(context)
  const entry = kvEntryFields.create({
    key,
    value: value.length === 0 ? null : value,
    flags: flags > BigInt(Number.MAX_SAFE_INTEGER) ? flags : Number(flags),
    modifyIndex: cas === undefined ? 0 : clampIndex(cas),
    session,
  })
  const done = await kv.write({ verb, entry }, context.call())
  return verb === 'set' || done ? TRUE : FALSE
}

function body(context: RequestContext): Promise<Buffer> {
  const max = context.options.kvValueBytesMax
  const { contentLength } = context
  return contentLength > 0
    ? context.body(
        max,
        () =>
          new HttpStatusError(
            413,
            `Request body(${contentLength} bytes) too large, max size: ${max} bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.`,
          ),
      )
    : // Consul lets one more byte pass when the length is not declared.
      context.body(max + 1, () => new HttpStatusError(413, `Request body too large. Max allowed is ${max} bytes.`))
}

async function remove(context: RequestContext, kv: KvBackend): Promise<Reply> {
  context.readOptions()
  const key = keyOf(context)
  context.refuseNamespaces()
  context.refuseConflicts('recurse', 'cas')
  const recurse = context.has('recurse')
  if (!recurse && key === '') throw new HttpStatusError(400, MISSING_KEY)
  const cas = context.unsigned('cas')
  const verb = cas !== undefined ? 'delete-cas' : recurse ? 'delete-tree' : 'delete'
  const entry = kvEntryFields.create({ key, modifyIndex: cas === undefined ? 0 : clampIndex(cas) })
  const done = await kv.write({ verb, entry }, context.call())
  return verb === 'delete-cas' && !done ? FALSE : TRUE
}

export const kvRoutes = areaRoutes('kv', [
  {
    path: '/v1/kv/',
    methods: ['GET', 'PUT', 'DELETE'],
    handler(context, kv) {
      switch (context.method) {
        case 'GET':
          return read(context, kv)
        case 'PUT':
          return put(context, kv)
        default:
          return remove(context, kv)
      }
    },
  },
])
