/** One request, with what its handler may ask about it. Parsing is lazy: a handler pays for what it reads. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseDuration, goQuote } from '@sd/runtime'
import type { Consistency } from '@sd/model'
import type { Call, ReadOptions } from './backend/call'
import { HttpStatusError } from './errors'
import { clampIndex, parseGoBool, parseGoUint } from './go/go-values'
import { encodeGoQuery, type QueryValues } from './go/go-url'
import type { ResolvedOptions } from './options'
import { lazyCall } from './lazy-call'
import { readBody } from './request-body'

/** What the routing of a request found; may be shared by requests with the same target. */
export interface MatchedTarget {
  readonly path: string
  readonly query: QueryValues
  /** The decoded path after the route's own. */
  readonly tail: string
}

/** Ends waiting work when the server stops. */
export interface AbortRegistry {
  add(controller: AbortController): void
  delete(controller: AbortController): void
}

export class RequestContext {
  #controller: AbortController | undefined

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    readonly target: MatchedTarget,
    readonly options: ResolvedOptions,
    readonly aborts: AbortRegistry,
  ) {}

  get method(): string {
    return this.request.method as string
  }

  get tail(): string {
    return this.target.tail
  }

  get remoteAddress(): string {
    return this.request.socket.remoteAddress ?? ''
  }

  has(name: string): boolean {
    return this.target.query.has(name)
  }

  /** The first value of a query parameter, "" when it is absent. */
  get(name: string): string {
    return this.target.query.get(name)?.[0] ?? ''
  }

  all(name: string): readonly string[] {
    return this.target.query.get(name) ?? []
  }

  header(name: string): string {
    const value = this.request.headers[name]
    return typeof value === 'string' ? value : ''
  }

  /** The tail, or 400 with `missing` when it is empty. */
  requiredTail(missing: string): string {
    if (this.target.tail === '') throw new HttpStatusError(400, missing)
    return this.target.tail
  }

  /** Aborts when the client goes away or the server stops. */
  get signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal
    const controller = new AbortController()
    this.#controller = controller
    if (this.response.destroyed || this.request.socket.destroyed) {
      controller.abort()
      return controller.signal
    }
    this.aborts.add(controller)
    this.response.once('close', () => {
      this.aborts.delete(controller)
      controller.abort()
    })
    return controller.signal
  }

  /** `?token`, X-Consul-Token or a bearer token, in this order. */
  get token(): string | undefined {
    const parameter = this.get('token')
    if (parameter !== '') return parameter
    const header = this.header('x-consul-token')
    if (header !== '') return header
    const authorization = this.header('authorization')
    if (authorization === '') return undefined
    const [scheme, ...rest] = authorization.split(' ')
    if (rest.length === 0 || scheme?.toLowerCase() !== 'bearer') return undefined
    return rest.join(' ').trim().split(' ')[0]?.trim() || undefined
  }

  get datacenter(): string | undefined {
    return this.get('datacenter') || this.get('dc') || undefined
  }

  /** `filter` is absent when empty. */
  get filter(): { filter?: string } {
    const filter = this.get('filter')
    return filter === '' ? {} : { filter }
  }

  call(): Call {
    return lazyCall(this, { token: this.token, datacenter: this.datacenter, remoteAddress: this.remoteAddress })
  }

  /** Everything that Consul's shared parser of reads takes, refused in its order. */
  readOptions(): ReadOptions {
    const { query } = this.target
    if (query.size === 0 && this.options.discoveryMaxStaleMs === 0 && this.header('cache-control') === '') {
      return lazyCall(this, { token: this.token, remoteAddress: this.remoteAddress })
    }
    const { consistency, maxStaleMs, cached } = this.#consistency()
    const cache = this.#cacheControl()
    const { minIndex, maxWaitMs } = this.wait()
    return lazyCall(this, {
      token: this.token,
      datacenter: this.datacenter,
      filter: this.get('filter') || undefined,
      near: this.get('near') || undefined,
      nodeMeta: this.#nodeMeta(),
      consistency,
      maxStaleMs,
      cached,
      ...cache,
      minIndex: minIndex === undefined ? undefined : clampIndex(minIndex),
      maxWaitMs,
      remoteAddress: this.remoteAddress,
    })
  }

  /** `?wait` and `?index`; 400 when they are malformed. */
  wait(): { minIndex: bigint | undefined; maxWaitMs: number | undefined } {
    const wait = this.get('wait')
    const maxWaitMs = wait === '' ? undefined : duration(wait)
    if (wait !== '' && maxWaitMs === undefined) throw new HttpStatusError(400, 'Invalid wait time')
    const index = this.get('index')
    if (index === '') return { minIndex: undefined, maxWaitMs }
    const parsed = parseGoUint(index)
    if ('error' in parsed) throw new HttpStatusError(400, 'Invalid index')
    return { minIndex: parsed.value, maxWaitMs }
  }

  /** What the read claims to be, for X-Consul-Effective-Consistency. */
  get consistencyName(): 'leader' | 'consistent' | 'stale' {
    if (this.target.query.size === 0 && this.options.discoveryMaxStaleMs === 0) return 'leader'
    const { consistency } = this.#consistency()
    return consistency === undefined || consistency === 'default' ? 'leader' : consistency
  }

  #consistency(): { consistency?: Consistency; maxStaleMs?: number; cached?: boolean } {
    let isStale = this.has('stale')
    const isConsistent = this.has('consistent')
    const cached = this.has('cached') && this.options.useCache
    let isDefault = !isStale && !isConsistent && !cached && !this.has('leader')
    let maxStaleMs: number | undefined
    const maxStale = this.get('max_stale')
    if (maxStale !== '') {
      maxStaleMs = duration(maxStale)
      if (maxStaleMs === undefined) throw new HttpStatusError(400, `Invalid max_stale value ${goQuote(maxStale)}`)
      if (maxStaleMs > 0) {
        isStale = true
        isDefault = false
      }
    }
    const { discoveryMaxStaleMs } = this.options
    if (isDefault && discoveryMaxStaleMs > 0 && /^\/v1\/(catalog|health)/.test(this.target.path)) {
      maxStaleMs = discoveryMaxStaleMs
      isStale = true
    }
    if (isStale && isConsistent) {
      throw new HttpStatusError(400, 'Cannot specify ?stale with ?consistent, conflicting semantics.')
    }
    if (cached && isConsistent) {
      throw new HttpStatusError(400, 'Cannot specify ?cached with ?consistent, conflicting semantics.')
    }
    return {
      ...(isStale ? { consistency: 'stale' as const } : isConsistent ? { consistency: 'consistent' as const } : {}),
      ...(maxStaleMs === undefined ? {} : { maxStaleMs }),
      ...(cached ? { cached } : {}),
    }
  }

  #cacheControl(): { maxAgeMs?: number; staleIfErrorMs?: number; mustRevalidate?: boolean } {
    const header = this.header('cache-control').toLowerCase()
    if (header === '') return {}
    const result: { maxAgeMs?: number; staleIfErrorMs?: number; mustRevalidate?: boolean } = {}
    const seconds = (text: string) => {
      if (!/^[-+]?\d{1,18}$/.test(text)) throw new HttpStatusError(400, 'Invalid Cache-Control header.')
      return Number(text) * 1_000
    }
    for (const directive of header.split(',').map((part) => part.trim())) {
      if (directive === 'must-revalidate') result.mustRevalidate = true
      if (directive.startsWith('max-age=')) {
        result.maxAgeMs = seconds(directive.slice(8))
        if (result.maxAgeMs === 0) result.mustRevalidate = true
      }
      if (directive.startsWith('stale-if-error=')) result.staleIfErrorMs = seconds(directive.slice(15))
    }
    return result
  }

  #nodeMeta(): Record<string, string> | undefined {
    const filters = this.target.query.get('node-meta')
    if (!filters) return undefined
    const result: Record<string, string> = Object.create(null)
    for (const filter of filters) {
      const colon = filter.indexOf(':')
      result[colon < 0 ? filter : filter.slice(0, colon)] = colon < 0 ? '' : filter.slice(colon + 1)
    }
    return result
  }

  /** The community edition refuses namespaces and partitions. */
  refuseNamespaces(): void {
    if (this.header('x-consul-namespace') !== '') throw enterprise('header: "X-Consul-Namespace"', 'Namespaces')
    if (this.get('ns') !== '') throw enterprise('query parameter: "ns"', 'Namespaces')
    this.refusePartitions()
  }

  refusePartitions(): void {
    if (this.header('x-consul-partition') !== '') throw enterprise('header: "X-Consul-Partition"', 'Partitions')
    if (this.get('partition') !== '') throw enterprise('query parameter: "partition"', 'Partitions')
  }

  /** A switch such as `?passing`: set by its presence or by a boolean; 400 otherwise. */
  flag(name: string): boolean {
    if (!this.has(name)) return false
    const value = this.get(name)
    if (value === '') return true
    const parsed = parseGoBool(value)
    if (parsed === undefined) throw new HttpStatusError(400, `Invalid value for ?${name}`)
    return parsed
  }

  /** A 64-bit parameter; undefined when absent. Consul answers 500 to a malformed one. */
  unsigned(name: string): bigint | undefined {
    if (!this.has(name)) return undefined
    const parsed = parseGoUint(this.get(name))
    if ('error' in parsed) throw new HttpStatusError(500, parsed.error)
    return parsed.value
  }

  /** At most one of `names` may be given. */
  refuseConflicts(...names: readonly string[]): void {
    if (names.filter((name) => this.has(name)).length < 2) return
    throw new HttpStatusError(400, `Conflicting flags: ${encodeGoQuery(this.target.query)}\n`)
  }

  /** Length that the request declares; -1 when it is chunked. */
  get contentLength(): number {
    if (this.request.headers['transfer-encoding'] !== undefined) return -1
    return Number(this.request.headers['content-length'] ?? 0)
  }

  /** The whole body; `tooLarge` is thrown as soon as more than `bytesMax` are known to come. */
  body(bytesMax: number, tooLarge: () => HttpStatusError): Promise<Buffer> {
    return readBody(this.request, bytesMax, tooLarge)
  }
}

function duration(text: string): number | undefined {
  try {
    return parseDuration(text)
  } catch {
    return undefined
  }
}

const enterprise = (place: string, feature: string) =>
  new HttpStatusError(400, `Invalid ${place} - ${feature} are a Consul Enterprise feature`)
