/** A user's computer on the workshop's network: it asks by DNS and HTTP, and its resolver is the agent. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Machine } from './machine'
import type { Transcript } from './transcript'

/** The file may be a link into /run, which is empty on a fresh machine. */
const USE_RESOLVER =
  't=$(readlink -f /etc/resolv.conf); mkdir -p "${t%/*}"; [ -e "$t" ] || : >"$t"; mount --bind "$0" "$t"'
const HTTP_TIMEOUT_SECONDS = '5'

export interface Check {
  readonly CheckID: string
  readonly Status: string
  readonly Output: string
  readonly ServiceName: string
}

export interface AgentService {
  readonly ID: string
  readonly Service: string
  readonly Address: string
}

export class Client {
  readonly #machine: Machine
  readonly #transcript: Transcript
  readonly #agentAddress: string

  constructor(machine: Machine, agentAddress: string, transcript: Transcript) {
    this.#machine = machine
    this.#agentAddress = agentAddress
    this.#transcript = transcript
  }

  /** The slides' "add Consul DNS server as a resolver". */
  async useAgentAsResolver(dir: string): Promise<void> {
    const file = join(dir, 'resolv.conf')
    writeFileSync(file, `nameserver ${this.#agentAddress}\n`)
    await this.#machine.must(['sh', '-c', USE_RESOLVER, file])
  }

  /** Runs a command and writes it into the transcript. */
  async show(...command: string[]): Promise<string> {
    const result = await this.#machine.run(command)
    this.#transcript.command(this.#machine.name, command, result)
    return result.stdout
  }

  /** Raw output of dig; one try, so that a poll sees what is, not what was retried. */
  async dig(...question: string[]): Promise<string> {
    const command = ['dig', '+time=2', '+tries=1', `@${this.#agentAddress}`, ...question]
    return (await this.#machine.run(command)).stdout
  }

  /** The answers' data, sorted, since their order is random. */
  async dns(...question: string[]): Promise<string[]> {
    return lines(await this.dig('+short', ...question)).sort()
  }

  async curl(...args: string[]): Promise<string> {
    return (await this.#machine.run(['curl', '-s', '-m', HTTP_TIMEOUT_SECONDS, ...args])).stdout
  }

  /** URL of a path of the agent's HTTP API. */
  url(path: string): string {
    return `http://${this.#agentAddress}:8500${path}`
  }

  /** Answer of the agent's HTTP API; undefined when there is none yet or it is not JSON. */
  async api<T>(path: string): Promise<T | undefined> {
    const text = await this.curl(this.url(path))
    try {
      return JSON.parse(text) as T
    } catch {
      return undefined
    }
  }

  /** Statuses of the service's checks, sorted. */
  async statuses(service: string): Promise<string[]> {
    const checks = await this.api<Check[]>(`/v1/health/checks/${service}`)
    return (checks ?? []).map((check) => check.Status).sort()
  }

  /** What the agent says its services of this name are. */
  async agentServices(service: string): Promise<AgentService[]> {
    const all = await this.api<Record<string, AgentService>>('/v1/agent/services')
    return Object.values(all ?? {}).filter((each) => each.Service === service)
  }
}

export function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
