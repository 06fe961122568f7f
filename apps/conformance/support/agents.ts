/** Agents as processes: ours or the real Consul, on free ports of the loopback, in folders of their own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from './free-ports'
import { realConsul } from './real-consul'
import { run, type RunResult } from './run'
import { waitFor } from './wait-for'
import { root } from './workspace'

/** How long a start may take: Consul elects itself after about nine seconds. */
const START_TIMEOUT_MS = 40_000
/** How long an end may take before it counts as hanging. */
const STOP_TIMEOUT_MS = 15_000

/** Our command, from the checkout unless SD_BIN names another. */
export const sdBin = (): string => process.env['SD_BIN'] || join(root, 'apps/agent/bin/sd')

export interface StartOptions {
  /** More flags, after the ones of every agent. */
  readonly flags?: readonly string[]
  /** In place of `-server -bootstrap-expect=1`. */
  readonly mode?: readonly string[]
  /** Keep the folder of an earlier agent. @defaultValue a new one */
  readonly dataDir?: string
  /** A program that starts the agent: it is given the command as its last arguments. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What to wait for. @defaultValue 'leader' */
  readonly until?: 'leader' | 'http' | 'started'
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** One running agent. */
export class Agent {
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  readonly command: string
  readonly httpPort: number
  readonly dnsPort: number
  readonly dataDir: string
  /** When the process was started, as `performance.now()` tells. */
  readonly startedAtMs = performance.now()
  stdout = ''
  stderr = ''

  constructor(child: ChildProcess, command: string, place: { httpPort: number; dnsPort: number; dataDir: string }) {
    this.#child = child
    this.command = command
    this.httpPort = place.httpPort
    this.dnsPort = place.dnsPort
    this.dataDir = place.dataDir
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.#exited = once(child, 'close').then(([code]) => code as number | null)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** The log and the errors, for messages. */
  get output(): string {
    return `${this.stdout}${this.stderr}`
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** The exit code; null when a signal ended it. */
  async exitCode(timeoutMs = STOP_TIMEOUT_MS): Promise<number | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`still running after ${timeoutMs} ms\n${this.output}`)), timeoutMs)
    })
    return Promise.race([this.#exited, late]).finally(() => clearTimeout(timer))
  }

  /** Sends a signal and resolves to the exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.signal(signal)
    return this.exitCode()
  }

  /** One HTTP request. A body that is no text goes out as JSON. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
    const response = await fetch(this.url + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }

  /** A request that must succeed. */
  async must(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await this.request(method, path, body)
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.text
  }

  async json<T>(path: string): Promise<T> {
    return JSON.parse(await this.must('GET', path)) as T
  }

  /** Runs a command of the same program against this agent. */
  cli(args: readonly string[], input?: string): Promise<RunResult> {
    return run(this.command, args, {
      env: { CONSUL_HTTP_ADDR: `127.0.0.1:${this.httpPort}` },
      timeoutMs: 30_000,
      ...(input === undefined ? {} : { input }),
    })
  }

  /** Waits for text in the log. */
  logs(text: string | RegExp, timeoutMs?: number): Promise<unknown> {
    const found = () => (typeof text === 'string' ? this.output.includes(text) : text.test(this.output))
    return waitFor(`the log has ${text}`, found, { ...(timeoutMs ? { timeoutMs } : {}), describe: () => this.output })
  }
}

/** Starts agents and folders, and removes all of them at the end. */
export class AgentYard {
  readonly #agents: Agent[] = []
  readonly #folders: string[] = []

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'sd-conformance-'))
    this.#folders.push(folder)
    return folder
  }

  /** Starts our agent. */
  ours(options: StartOptions = {}): Promise<Agent> {
    return this.#start(sdBin(), options)
  }

  /** Starts the real Consul, building it first where it was never built. */
  async real(options: StartOptions = {}): Promise<Agent> {
    const [rpc, lan, wan] = await freePorts(3)
    const ports = ['-grpc-port=-1', '-grpc-tls-port=-1', `-server-port=${rpc}`]
    const gossip = [`-serf-lan-port=${lan}`, `-serf-wan-port=${wan}`]
    return this.#start(await realConsul(), { ...options, flags: [...ports, ...gossip, ...(options.flags ?? [])] })
  }

  async #start(command: string, options: StartOptions): Promise<Agent> {
    const [httpPort, dnsPort] = (await freePorts(2)) as [number, number]
    const dataDir = options.dataDir ?? this.folder()
    const mode = options.mode ?? ['-server', '-bootstrap-expect=1', `-data-dir=${dataDir}`]
    const place = ['-bind=127.0.0.1', '-node=n1', `-http-port=${httpPort}`, `-dns-port=${dnsPort}`]
    const all = [...(options.under ?? []), command, 'agent', ...mode, ...place, ...(options.flags ?? [])]
    const child = spawn(all[0] as string, all.slice(1), {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    })
    await once(child, 'spawn')
    const agent = new Agent(child, command, { httpPort, dnsPort, dataDir })
    this.#agents.push(agent)
    const until = options.until ?? 'leader'
    if (until !== 'started') await ready(agent, until)
    return agent
  }

  /** Kills what still runs. */
  async endAll(): Promise<void> {
    for (const agent of this.#agents.splice(0)) {
      if (!agent.hasEnded) agent.signal('SIGKILL')
      await agent.exitCode()
    }
  }

  /** Kills what still runs and removes the folders. */
  async clear(): Promise<void> {
    await this.endAll()
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  }
}

/** Waits until the agent answers, and for `leader` until it leads and knows its own node. */
async function ready(agent: Agent, until: 'leader' | 'http'): Promise<void> {
  const ask = async () => {
    if (agent.hasEnded) return 'ended'
    if (until === 'http') return (await agent.request('GET', '/v1/agent/self')).status === 200
    return (
      (await agent.json<string>('/v1/status/leader')) !== '' && (await agent.json<object[]>('/v1/catalog/nodes'))[0]
    )
  }
  const answer = await waitFor(`the agent answers`, ask, {
    timeoutMs: START_TIMEOUT_MS,
    describe: () => agent.output,
  })
  if (answer === 'ended') throw new Error(`the agent ended with ${await agent.exitCode()}\n${agent.output}`)
}
