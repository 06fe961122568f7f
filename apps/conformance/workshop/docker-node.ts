/** A machine with its own Docker engine, as docker-machine leaves it. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { HTTP_IP, HTTP_IP_CHANGES } from './http-ip-image'
import type { Machine } from './machine'
import type { Program } from './program'
import { until } from './step'
import type { Transcript } from './transcript'

const ENGINE_START_SECONDS = 40

export interface DockerNodeOptions {
  readonly address: string
  /** The engine's data and its log. */
  readonly dir: string
  /** Control group of the containers, so that empty groups can be told and removed afterwards. */
  readonly cgroup: string
}

export class DockerNode {
  readonly machine: Machine
  readonly address: string
  readonly #options: DockerNodeOptions
  readonly #transcript: Transcript
  #engine: Program | undefined
  #network: string | undefined
  #containers = 0

  constructor(machine: Machine, transcript: Transcript, options: DockerNodeOptions) {
    this.machine = machine
    this.address = options.address
    this.#transcript = transcript
    this.#options = options
    mkdirSync(options.dir, { recursive: true })
  }

  async startEngine(): Promise<void> {
    const { dir, cgroup } = this.#options
    const storage = ['--data-root', join(dir, 'docker'), '--storage-driver', 'vfs']
    this.#engine = await this.machine.start('dockerd', ['dockerd', ...storage, '--cgroup-parent', cgroup], {
      logFile: join(dir, 'dockerd.log'),
    })
    const answers = async () => (await this.machine.run(['docker', 'version'])).exitCode
    await until(answers, 0, ENGINE_START_SECONDS)
  }

  /** SIGKILL: containers and their published ports live on. */
  async killEngine(): Promise<void> {
    await this.#engine?.end('KILL')
  }

  /** A docker command that must succeed; it goes into the transcript. */
  async docker(...args: string[]): Promise<string> {
    const result = await this.machine.run(['docker', ...args], { timeoutMs: 240_000, env: { DOCKER_BUILDKIT: '0' } })
    this.#transcript.command(this.machine.name, ['docker', ...args], result)
    if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')} on ${this.machine.name}: ${result.stderr}`)
    return result.stdout.trim()
  }

  /** How many programs follow the engine's events. */
  async eventListeners(): Promise<number> {
    const result = await this.machine.run(['docker', 'info', '--format', '{{.NEventsListener}}'])
    return Number(result.stdout)
  }

  async importHttpIp(tar: string): Promise<void> {
    await this.docker('import', ...HTTP_IP_CHANGES.flatMap((change) => ['--change', change]), tar, HTTP_IP)
  }

  /** The network that the application's containers are started in. */
  async createNetwork(name: string, subnet: string): Promise<void> {
    await this.docker('network', 'create', `--subnet=${subnet}`, name)
    this.#network = name
  }

  /** Starts the application on port 80 of the machine. */
  async runHttpIp(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const flags = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`])
    const network = this.#network === undefined ? [] : ['--net', this.#network]
    await this.docker(
      'run',
      '-d',
      '--name',
      `web-${++this.#containers}`,
      ...network,
      '-p',
      '80:8080',
      ...flags,
      HTTP_IP,
    )
  }

  /** Id of the application's running container. */
  webContainer(): Promise<string> {
    return this.docker('ps', '-q', `--filter=ancestor=${HTTP_IP}`)
  }

  /** The slides' way to end the application. */
  async killHttpIp(): Promise<void> {
    await this.docker('kill', await this.webContainer())
  }
}
