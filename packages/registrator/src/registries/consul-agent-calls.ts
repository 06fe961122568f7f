/** The four calls of Consul's agent API that a registry needs, on undici. */
import { type Dispatcher, Pool } from 'undici'
import { RegistryRefusedError, RegistryUnreachableError } from '../errors'
import { readText } from '../read-text'
import type { CallOptions } from '../registry'
import type { ConsulAddress } from './consul-address'
import type { ConsulCheck } from './consul-check'

export interface ConsulServiceRegistration {
  ID: string
  Name: string
  Tags: readonly string[]
  Port: number
  Address: string
  Meta: Readonly<Record<string, string>>
  Check?: ConsulCheck
}

/** A service as `GET /v1/agent/services` shows it. */
export interface ConsulAgentService {
  ID: string
  Service: string
  Tags: readonly string[] | null
  Port: number
  Address: string
  Meta: Readonly<Record<string, string>> | null
}

export interface ConsulAgentCalls {
  registerService(registration: ConsulServiceRegistration, options?: CallOptions): Promise<void>
  /** Resolves also when there is no such service. */
  deregisterService(id: string, options?: CallOptions): Promise<void>
  services(options?: CallOptions): Promise<ConsulAgentService[]>
  /** Address of the cluster's leader; empty while there is none. */
  leader(options?: CallOptions): Promise<string>
}

/** A call that takes longer counts as lost, in milliseconds; a write waits for one sync with the servers. */
const CALL_TIMEOUT_MS = 15_000
const CONNECT_TIMEOUT_MS = 10_000
/** No answer may be longer, in bytes; a service is some 500 bytes. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024

export class ConsulAgentClient implements ConsulAgentCalls {
  readonly #pool: Pool
  readonly #headers: Record<string, string>
  readonly #query: string

  constructor(private readonly address: ConsulAddress) {
    const { socketPath, tls, token, auth, namespace, partition } = address
    const secure = tls && {
      rejectUnauthorized: tls.verify,
      ...(tls.ca ? { ca: tls.ca } : {}),
      ...(tls.cert ? { cert: tls.cert } : {}),
      ...(tls.key ? { key: tls.key } : {}),
      ...(tls.serverName ? { servername: tls.serverName } : {}),
    }
    this.#pool = new Pool(address.url, {
      connections: 8,
      headersTimeout: CALL_TIMEOUT_MS,
      bodyTimeout: CALL_TIMEOUT_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(socketPath ? { socketPath } : {}), ...secure },
    })
    this.#headers = {
      ...(token ? { 'x-consul-token': token } : {}),
      ...(auth ? { authorization: `Basic ${Buffer.from(auth).toString('base64')}` } : {}),
    }
    const query = new URLSearchParams({
      ...(namespace ? { ns: namespace } : {}),
      ...(partition ? { partition } : {}),
    }).toString()
    this.#query = query && `?${query}`
  }

  async registerService(registration: ConsulServiceRegistration, options?: CallOptions): Promise<void> {
    await this.#call('PUT', '/v1/agent/service/register', options, JSON.stringify(registration))
  }

  async deregisterService(id: string, options?: CallOptions): Promise<void> {
    try {
      await this.#call('PUT', `/v1/agent/service/deregister/${encodeURIComponent(id)}`, options)
    } catch (error) {
      // Older agents answer 500 here, with the same words.
      const isUnknown =
        error instanceof RegistryRefusedError &&
        (error.details['status'] === 404 || error.message.includes('Unknown service'))
      if (!isUnknown) throw error
    }
  }

  async services(options?: CallOptions): Promise<ConsulAgentService[]> {
    return Object.values((await this.#json('/v1/agent/services', options)) as Record<string, ConsulAgentService>)
  }

  async leader(options?: CallOptions): Promise<string> {
    return String(await this.#json('/v1/status/leader', options))
  }

  async close(): Promise<void> {
    await this.#pool.destroy()
  }

  async #json(path: string, options: CallOptions | undefined): Promise<unknown> {
    const text = await this.#call('GET', path, options)
    try {
      return JSON.parse(text) ?? {}
    } catch {
      throw new RegistryRefusedError(`GET ${path}`, 200, 'the answer is not JSON')
    }
  }

  async #call(method: Dispatcher.HttpMethod, path: string, options: CallOptions = {}, body?: string): Promise<string> {
    let status: number
    let text: string
    try {
      const answer = await this.#pool.request({
        method,
        path: path + this.#query,
        headers: this.#headers,
        body: body ?? null,
        signal: options.signal ?? null,
      })
      status = answer.statusCode
      text = await readText(answer.body, ANSWER_BYTES_MAX)
    } catch (cause) {
      if (options.signal?.aborted) throw cause
      throw new RegistryUnreachableError(this.address.socketPath ?? this.address.url, cause)
    }
    if (status !== 200) throw new RegistryRefusedError(`${method} ${path}`, status, text.slice(0, 500).trim())
    return text
  }
}
