/** The workshop with agent and registrators in containers, as the slides start them. */
import { copyFileSync, cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/workspace'
import { Client } from '../workshop/client'
import { DockerNode } from '../workshop/docker-node'
import { buildHttpIp } from '../workshop/http-ip-image'
import { Network } from '../workshop/network'
import type { Scratch } from '../workshop/scratch'
import * as addresses from '../workshop/stage'
import { type Stage, START_SECONDS } from '../workshop/stage'
import { until } from '../workshop/step'
import type { Transcript } from '../workshop/transcript'
import { BASE_CHANGES, baseFileSystem } from './base-image'

export const AGENT_IMAGE = 'sd/agent'
export const REGISTRATOR_IMAGE = 'sd/registrator'
export const BASE_IMAGE = 'node-base'
/** The slides' ports; 8400 went away with Consul 0.8, publishing it is harmless. */
const PUBLISHED = ['8301:8301', '8302:8302', '8400:8400', '8500:8500', '53:8600/udp']

export class ContainerStage implements Stage {
  readonly client: Client
  /** The slides' machine "consul": the agent's engine. */
  readonly consul: DockerNode
  readonly node1: DockerNode
  readonly node2: DockerNode
  readonly #network: Network
  readonly #registrators = new Map<DockerNode, string>()

  private constructor(network: Network, client: Client, consul: DockerNode, node1: DockerNode, node2: DockerNode) {
    this.#network = network
    this.client = client
    this.consul = consul
    this.node1 = node1
    this.node2 = node2
  }

  static async start(scratch: Scratch, transcript: Transcript): Promise<ContainerStage> {
    const network = await Network.start()
    try {
      const node = async (name: string, address: string) =>
        new DockerNode(await network.addMachine(name, address), transcript, {
          address,
          dir: join(scratch.dir, name),
          cgroup: scratch.cgroup,
        })
      const consul = await node('consul', addresses.AGENT_ADDRESS)
      const node1 = await node('swarm-node-01', addresses.NODE_1_ADDRESS)
      const node2 = await node('swarm-node-02', addresses.NODE_2_ADDRESS)
      const computer = await network.addMachine('client', addresses.CLIENT_ADDRESS)
      const client = new Client(computer, addresses.AGENT_ADDRESS, transcript)
      await client.useAgentAsResolver(scratch.dir)
      await Promise.all([consul, node1, node2].map((each) => each.startEngine()))
      return new ContainerStage(network, client, consul, node1, node2)
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  /** Builds both images as their Dockerfiles say, and brings them where they are run. */
  async buildImages(scratch: Scratch): Promise<void> {
    const [base, httpIp] = await Promise.all([baseFileSystem(scratch.dir), buildHttpIp(scratch.dir)])
    const changes = BASE_CHANGES.flatMap((change) => ['--change', change])
    const importBase = async (node: DockerNode) => node.docker('import', ...changes, base, BASE_IMAGE)
    const build = async (node: DockerNode, app: string, image: string) => {
      const context = contextOf(app, scratch.dir)
      const args = ['--build-arg', `BASE=${BASE_IMAGE}`, '--build-arg', 'VERSION=0.0.0-test']
      await node.docker('build', '-q', '-t', image, '-f', join(context, 'image/Dockerfile'), ...args, context)
    }
    await importBase(this.consul)
    await build(this.consul, 'agent', AGENT_IMAGE)
    await build(this.consul, 'registrator', REGISTRATOR_IMAGE)
    const saved = join(scratch.dir, 'registrator.tar')
    await this.consul.docker('save', '-o', saved, REGISTRATOR_IMAGE)
    const nodes = [this.node1, this.node2]
    await Promise.all(
      nodes.map(async (node) => [await node.docker('load', '-q', '-i', saved), await node.importHttpIp(httpIp)]),
    )
  }

  /** The slides' `docker run` of the agent; `local` is its CONSUL_LOCAL_CONFIG. */
  async startAgent(local: object): Promise<void> {
    const ports = PUBLISHED.flatMap((port) => ['-p', port])
    const config = `CONSUL_LOCAL_CONFIG=${JSON.stringify(local)}`
    await this.consul.docker('run', '-d', '--name', 'consul', '-e', config, ...ports, AGENT_IMAGE)
    await this.untilCatalogAnswers()
  }

  /** Milliseconds until the agent's catalog answered through the published port. */
  untilCatalogAnswers(): Promise<number> {
    const nodes = async () => (await this.client.api<unknown[]>('/v1/catalog/nodes'))?.length
    return until(nodes, 1, START_SECONDS)
  }

  async startRegistrator(node: DockerNode, ...flags: string[]): Promise<void> {
    const socket = '--volume=/var/run/docker.sock:/tmp/docker.sock'
    const args = ['-ip', node.address, ...flags, `consul://${addresses.AGENT_ADDRESS}:8500`]
    this.#registrators.set(node, await node.docker('run', '-d', socket, REGISTRATOR_IMAGE, ...args))
    await until(() => node.eventListeners(), 1, START_SECONDS)
  }

  registratorHost(node: DockerNode): Promise<string> {
    return node.docker('inspect', '-f', '{{.Config.Hostname}}', this.#registrators.get(node) ?? '')
  }

  /** Stops a registrator; resolves with its exit code. */
  async stopRegistrator(node: DockerNode): Promise<string> {
    const container = this.#registrators.get(node) ?? ''
    await node.docker('stop', container)
    return node.docker('inspect', '-f', '{{.State.ExitCode}}', container)
  }

  /** Puts the logs into the transcript, and ends everything. */
  async stop(): Promise<void> {
    await this.consul.docker('logs', 'consul').catch(() => undefined)
    for (const [node, container] of this.#registrators) await node.docker('logs', container).catch(() => undefined)
    await this.#network.stop()
  }
}

/** A copy of the files that the Dockerfile names: the package's folder in a checkout has many more. */
function contextOf(app: string, scratch: string): string {
  const context = join(scratch, `context-${app}`)
  const source = join(root, 'apps', app)
  mkdirSync(context)
  for (const file of ['package.json', 'LICENSE']) copyFileSync(join(source, file), join(context, file))
  for (const folder of ['bin', 'dist', 'image'])
    cpSync(join(source, folder), join(context, folder), { recursive: true })
  return context
}
