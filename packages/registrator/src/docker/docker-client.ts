/** The few calls of the Docker Engine API that a registrator needs. */
import { SdError } from '@sd/runtime'
import { type Dispatcher, Pool } from 'undici'
import { EngineAnswerError, EngineUnreachableError } from '../errors'
import { readText } from '../read-text'
import type { CallOptions } from '../registry'
import type { DockerHost } from './docker-host'

/** Newest API version whose answers were read; an older engine is spoken to in its own. */
const API_VERSION_MAX = '1.47'
/** An engine under load may take long to inspect; after this many milliseconds it counts as gone. */
const CALL_TIMEOUT_MS = 30_000
/** No answer may be longer, in bytes; an inspection is some 10 KB. */
const ANSWER_BYTES_MAX = 64 * 1024 * 1024
/** Refused connections are found at once; a host that drops packets after this many milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000

export class DockerClient {
  readonly #pool: Pool
  #version: string | undefined

  constructor(private readonly host: DockerHost) {
    const tls =
      host.kind === 'tcp' && host.tls
        ? { ca: host.tls.ca, cert: host.tls.cert, key: host.tls.key, rejectUnauthorized: host.tls.verify }
        : {}
    this.#pool = new Pool(host.kind === 'unix' ? 'http://docker' : host.url, {
      connections: 16,
      headersTimeout: CALL_TIMEOUT_MS,
      bodyTimeout: CALL_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(host.kind === 'unix' ? { socketPath: host.path } : tls) },
    })
  }

  /** For people: what `DOCKER_HOST` said. */
  get address(): string {
    return this.host.text
  }

  /** Agrees on an API version anew: another engine may have come up in the meantime. */
  async negotiate(options: CallOptions = {}): Promise<string> {
    const answer = (await this.#json('/version', options)) as
      { ApiVersion?: unknown; MinAPIVersion?: unknown } | undefined
    const newest = typeof answer?.ApiVersion === 'string' ? answer.ApiVersion : API_VERSION_MAX
    const oldest = typeof answer?.MinAPIVersion === 'string' ? answer.MinAPIVersion : '1.0'
    const wanted = olderVersion(newest, API_VERSION_MAX)
    this.#version = olderVersion(oldest, wanted) === oldest ? wanted : oldest
    return this.#version
  }

  async ping(options: CallOptions = {}): Promise<void> {
    const body = await this.#get('/_ping', options)
    await readText(body, ANSWER_BYTES_MAX)
  }

  /** The answer of a GET below the negotiated version; `undefined` for 404. */
  async fetch(path: string, options: CallOptions = {}): Promise<unknown> {
    return this.#json(await this.#versioned(path, options), options)
  }

  /** A body that never ends by itself. */
  async stream(path: string, options: CallOptions = {}): Promise<Dispatcher.ResponseData['body']> {
    return this.#get(await this.#versioned(path, options), { ...options, isEndless: true })
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #versioned(path: string, options: CallOptions): Promise<string> {
    return `/v${this.#version ?? (await this.negotiate(options))}${path}`
  }

  async #json(path: string, options: CallOptions): Promise<unknown> {
    let text: string
    try {
      text = await readText(await this.#get(path, options), ANSWER_BYTES_MAX)
    } catch (error) {
      if (error instanceof EngineAnswerError && error.details['status'] === 404) return undefined
      throw error instanceof SdError || options.signal?.aborted
        ? error
        : new EngineUnreachableError(this.address, error)
    }
    try {
      return JSON.parse(text)
    } catch {
      throw new EngineAnswerError(`GET ${path}`, 'the answer is not JSON')
    }
  }

  async #get(path: string, options: CallOptions & { isEndless?: boolean }): Promise<Dispatcher.ResponseData['body']> {
    let answer: Dispatcher.ResponseData
    try {
      answer = await this.#pool.request({
        path,
        method: 'GET',
        signal: options.signal ?? null,
        ...(options.isEndless ? { bodyTimeout: 0 } : {}),
      })
    } catch (cause) {
      if (options.signal?.aborted) throw cause
      throw new EngineUnreachableError(this.address, cause)
    }
    if (answer.statusCode === 200) return answer.body
    const text = await readText(answer.body, ANSWER_BYTES_MAX).catch(() => '')
    throw new EngineAnswerError(`GET ${path}`, `${answer.statusCode} ${messageOf(text)}`, { status: answer.statusCode })
  }
}

/** Docker answers errors as `{"message": "..."}`. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : text
  } catch {
    return text.slice(0, 200).trim()
  }
}

/** The smaller of two versions such as `1.9` and `1.41`. */
export function olderVersion(a: string, b: string): string {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number)
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number)
  return aMajor - bMajor || aMinor - bMinor ? ((aMajor - bMajor || aMinor - bMinor) < 0 ? a : b) : a
}
