import { errorMessage } from '@sd/runtime'
import type { buildConnector, Pool } from 'undici'
import { DockerHostError } from '../errors'
import { dial } from '../network/dial'
import { errorCode, systemErrorText } from '../network/go-error'
import type { NameLookup } from '../network/name-lookup'
import { OutputBuffer } from '../output-buffer'

export const DEFAULT_DOCKER_HOST =
  process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

/** Answers other than a command's output are small; more of them is not kept, in bytes. */
const ANSWER_MAX_BYTES = 64 * 1_024

/** How long a connection to a remote engine may take, in milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000

interface Answer {
  readonly statusCode: number
  readonly text: string
}

/** The three calls of Docker's engine API that run a command in a container. All failures carry Consul's texts. */
export class DockerClient {
  readonly #open: () => Promise<Pool>
  #pool: Promise<Pool> | undefined
  readonly #protocol: string
  readonly #address: string

  /** @throws DockerHostError */
  constructor(
    readonly host: string,
    lookup: NameLookup,
  ) {
    const [, protocol = '', address = ''] = /^([^:]*):\/\/(.*)$/.exec(host) ?? []
    const isSocket = protocol === 'unix' || protocol === 'npipe'
    this.#protocol = protocol
    this.#address = isSocket ? address : address.replace(/\/.*/, '')
    if (this.#address === '') throw new DockerHostError(host)
    // A command may be silent for long: the check's own deadline ends the wait.
    const quiet = { headersTimeout: 0, bodyTimeout: 0 }
    if (!isSocket && !URL.canParse(`http://${this.#address}`)) throw new DockerHostError(host)
    // Loaded at the first Docker check only: few agents have any.
    this.#open = async () => {
      const { default: undici } = await import('undici')
      return isSocket
        ? new undici.Pool('http://docker', { ...quiet, socketPath: address.replace(/^\/\/\.\//, '//./') })
        : new undici.Pool(`http://${this.#address}`, { ...quiet, connect: connector(lookup) })
    }
  }

  /** The ID of a new exec of `command` in the container. */
  async createExec(container: string, command: readonly string[], signal: AbortSignal): Promise<string> {
    const what = 'create exec failed'
    const body = { AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: command }
    const path = `/containers/${encodeURIComponent(container)}/exec`
    const answer = await this.#callSmall('POST', path, body, signal).catch((error: unknown) => {
      throw new Error(`${what} for container ${container}: ${errorMessage(error)}`)
    })
    if (answer.statusCode === 404) throw new Error(`${what} for unknown container ${container}`)
    if (answer.statusCode === 409) throw new Error(`${what} since container ${container} is paused or stopped`)
    if (answer.statusCode !== 201) {
      throw new Error(`${what} for container ${container} with status ${answer.statusCode}: ${answer.text}`)
    }
    const id = field(answer.text, 'Id')
    if (typeof id !== 'string') throw new Error(`create exec response for container ${container} cannot be parsed`)
    return id
  }

  /** Runs it; resolves when it ended, with its output in `output`. */
  async startExec(container: string, execId: string, output: OutputBuffer, signal: AbortSignal): Promise<void> {
    const what = 'start exec failed'
    // With a terminal, the engine does not put headers between the pieces of output.
    const body = { Detach: false, Tty: true }
    const statusCode = await this.#call('POST', `/exec/${execId}/start`, body, output, signal).catch(
      (error: unknown) => {
        throw new Error(`${what} for container ${container}: ${errorMessage(error)}`)
      },
    )
    if (statusCode === 404) throw new Error(`${what} for container ${container}: invalid exec id ${execId}`)
    if (statusCode === 409) throw new Error(`${what} since container ${container} is paused or stopped`)
    if (statusCode !== 200) {
      throw new Error(`${what} for container ${container} with status ${statusCode}: body: ${output.text()} err: <nil>`)
    }
  }

  /** The exit code of an exec that ended. */
  async inspectExec(container: string, execId: string, signal: AbortSignal): Promise<number> {
    const what = 'inspect exec failed'
    const answer = await this.#callSmall('GET', `/exec/${execId}/json`, undefined, signal).catch((error: unknown) => {
      throw new Error(`${what} for container ${container}: ${errorMessage(error)}`)
    })
    if (answer.statusCode === 404) throw new Error(`${what} for container ${container}: invalid exec id ${execId}`)
    if (answer.statusCode !== 200) {
      throw new Error(`${what} for container ${container} with status ${answer.statusCode}: ${answer.text}`)
    }
    const exitCode = field(answer.text, 'ExitCode')
    if (typeof exitCode !== 'number')
      throw new Error(`inspect exec response for container ${container} cannot be parsed`)
    return exitCode
  }

  async close(): Promise<void> {
    await (await this.#pool)?.destroy()
  }

  async #callSmall(method: 'GET' | 'POST', path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const output = new OutputBuffer(ANSWER_MAX_BYTES)
    const statusCode = await this.#call(method, path, body, output, signal)
    return { statusCode, text: output.text().trim() }
  }

  async #call(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    output: OutputBuffer,
    signal: AbortSignal,
  ): Promise<number> {
    let statusCode: number | undefined
    try {
      this.#pool ??= this.#open()
      const pool = await this.#pool
      const response = await pool.request({
        method,
        path,
        signal,
        // One connection per call, as a command may take long and others must not queue behind it.
        reset: true,
        headers: body === undefined ? {} : { 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
      })
      statusCode = response.statusCode
      for await (const chunk of response.body) output.write(chunk as Buffer)
    } catch (error) {
      // Engines have been seen to reset the connection after a complete answer.
      if (statusCode !== undefined && !signal.aborted && ['ECONNRESET', 'UND_ERR_SOCKET'].includes(errorCode(error)))
        return statusCode
      throw new Error(this.#failureText(method, path, error, signal))
    }
    return statusCode
  }

  #failureText(method: string, path: string, error: unknown, signal: AbortSignal): string {
    const isSocket = this.#protocol === 'unix' || this.#protocol === 'npipe'
    const place = isSocket ? encodeURIComponent(this.#address) : this.#address
    const operation = method === 'GET' ? 'Get' : 'Post'
    const dialing = isSocket ? `dial unix ${this.#address}: connect: ` : ''
    const isDial = ['ENOENT', 'ECONNREFUSED', 'EACCES', 'EHOSTUNREACH', 'ENETUNREACH'].includes(errorCode(error))
    const reason = signal.aborted ? 'context deadline exceeded' : `${isDial ? dialing : ''}${systemErrorText(error)}`
    return `${operation} "http://${place}${path}": ${reason}`
  }
}

/** Connects without getaddrinfo. */
function connector(lookup: NameLookup): buildConnector.connector {
  return ({ hostname, port }, callback) => {
    const signal = AbortSignal.timeout(CONNECT_TIMEOUT_MS)
    dial(hostname.replace(/^\[(.*)\]$/, '$1'), Number(port || 80), { signal, lookup }).then(
      (socket) => callback(null, socket),
      (error: Error) => callback(error, null),
    )
  }
}

function field(json: string, name: string): unknown {
  try {
    return (JSON.parse(json) as Record<string, unknown> | null)?.[name]
  } catch {
    return undefined
  }
}
