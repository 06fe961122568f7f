import { Resolver } from 'node:dns/promises'
import { readFile, stat } from 'node:fs/promises'
import { isIP } from 'node:net'
import type { Clock } from '@sd/runtime'
import { Lane } from '../lane'
import type { NameLookupOptions } from '../options'
import { errorCode, GoError } from './go-error'
import { parseHostsFile } from './hosts-file'
import { namesToAsk, parseResolvConf, type ResolvConf } from './resolv-conf'

/** How long the hosts file and resolv.conf are believed before they are looked at again, in milliseconds (Go's resolver). */
const FILES_FRESH_MS = 5_000

const CONCURRENT_MAX = 128
const TIMEOUT_MS = 10_000

const HOSTS_FILE =
  process.platform === 'win32'
    ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
    : '/etc/hosts'

/** A file whose parsed content follows it, at most `FILES_FRESH_MS` late. Unreadable counts as empty. */
class FollowedFile<T> {
  #checkedAtMs = -Infinity
  #version = ''
  #current: Promise<T>

  constructor(
    private readonly clock: Clock,
    readonly path: string,
    private readonly parse: (text: string) => T,
  ) {
    this.#current = Promise.resolve(parse(''))
  }

  /** All who ask while the file is looked at wait for the same look. */
  get(): Promise<T> {
    const nowMs = this.clock.monotonic()
    if (nowMs - this.#checkedAtMs >= FILES_FRESH_MS) {
      this.#checkedAtMs = nowMs
      this.#current = this.#refresh()
    }
    return this.#current
  }

  async #refresh(): Promise<T> {
    const before = await this.#current
    try {
      const { mtimeMs, size, ino } = await stat(this.path)
      const version = `${mtimeMs} ${size} ${ino}`
      if (version === this.#version) return before
      this.#version = version
      return this.parse(await readFile(this.path, 'utf8'))
    } catch {
      this.#version = ''
      return this.parse('')
    }
  }
}

/**
 * Names to addresses without getaddrinfo, which would occupy the few threads that files need too: hosts file, then DNS with
 * search domains over c-ares (sockets only). What Consul's own binary does, too. IP addresses are answered at once.
 */
export class NameLookup {
  readonly #hosts: FollowedFile<Map<string, string[]>>
  readonly #conf: FollowedFile<ResolvConf>
  readonly #lane: Lane
  readonly #timeoutMs: number
  readonly #underWay = new Map<string, Promise<readonly string[]>>()
  readonly #deadlines = new Set<AbortController>()
  #resolver: { conf: ResolvConf; resolver: Resolver } | undefined

  constructor(
    private readonly clock: Clock,
    private readonly options: NameLookupOptions = {},
  ) {
    this.#hosts = new FollowedFile(clock, options.hostsFile ?? HOSTS_FILE, parseHostsFile)
    this.#conf = new FollowedFile(clock, options.resolvConfFile ?? '/etc/resolv.conf', parseResolvConf)
    this.#lane = new Lane(options.concurrentMax ?? CONCURRENT_MAX)
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  }

  /** Addresses of `host`, IPv4 first; never empty. Rejects with a `GoError`, in Go's words, also when `signal` aborts. */
  async lookup(host: string, signal: AbortSignal): Promise<readonly string[]> {
    if (isIP(host) !== 0) return [host]
    // Go dials the machine itself when the host is left out.
    if (host === '') return ['127.0.0.1', '::1']
    let shared = this.#underWay.get(host)
    if (!shared) {
      shared = this.#bounded(host).finally(() => this.#underWay.delete(host))
      this.#underWay.set(host, shared)
    }
    return await orAborted(shared, signal, () => new GoError(`lookup ${host}: i/o timeout`, 'lookup'))
  }

  /** Gives up what is under way; those who wait are told, and later names are asked for anew. */
  close(): void {
    for (const deadline of this.#deadlines) deadline.abort()
    this.#resolver?.resolver.cancel()
    this.#resolver = undefined
  }

  async #bounded(host: string): Promise<readonly string[]> {
    const deadline = new AbortController()
    this.#deadlines.add(deadline)
    const timer = this.clock.schedule(this.#timeoutMs, () => deadline.abort())
    const late = () => new GoError(`lookup ${host}: i/o timeout`, 'lookup')
    let leave: (() => void) | undefined
    try {
      const known = (await this.#hosts.get()).get(host.toLowerCase().replace(/\.$/, ''))
      if (known) return known
      if (/^(.+\.)?localhost\.?$/i.test(host)) return ['127.0.0.1', '::1']
      leave = await this.#lane.enter(deadline.signal).catch(() => Promise.reject(late()))
      return await orAborted(this.#ask(host), deadline.signal, late)
    } finally {
      timer.cancel()
      this.#deadlines.delete(deadline)
      leave?.()
    }
  }

  async #ask(host: string): Promise<readonly string[]> {
    const conf = await this.#conf.get()
    const resolver = this.#resolverFor(conf)
    const server = serverText(this.options.servers?.[0] ?? conf.servers[0] ?? resolver.getServers()[0] ?? '')
    let failure = 'no such host'
    for (const name of namesToAsk(host, conf)) {
      const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
      const addresses = [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
      if (addresses.length > 0) return addresses
      const reasons = [four, six].map((answer) =>
        lookupFailure(answer.status === 'rejected' ? answer.reason : undefined),
      )
      const worse = reasons.find((reason) => reason !== 'no such host')
      if (worse) failure = worse
    }
    throw new GoError(`lookup ${host} on ${server}: ${failure}`, 'lookup')
  }

  #resolverFor(conf: ResolvConf): Resolver {
    if (this.#resolver?.conf === conf) return this.#resolver.resolver
    const resolver = new Resolver({ timeout: conf.timeoutMs, tries: conf.attempts })
    const servers = this.options.servers ?? conf.servers
    if (servers.length > 0) resolver.setServers([...servers])
    this.#resolver = { conf, resolver }
    return resolver
  }
}

const serverText = (server: string): string =>
  isIP(server) === 6 ? `[${server}]:53` : isIP(server) === 4 ? `${server}:53` : server

function lookupFailure(error: unknown): string {
  const code = errorCode(error)
  if (code === '' || code === 'ENOTFOUND' || code === 'ENODATA' || code === 'EBADNAME') return 'no such host'
  if (code === 'ETIMEOUT') return 'i/o timeout'
  if (code === 'ECONNREFUSED') return 'connection refused'
  return 'server misbehaving'
}

/** `promise`, or a rejection as soon as `signal` aborts; the promise goes on for others. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reason())
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
