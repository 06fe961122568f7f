/** The workshop with agent and registrators as programs of their machines. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from './client'
import { DockerNode } from './docker-node'
import { buildHttpIp } from './http-ip-image'
import type { Machine } from './machine'
import { Network } from './network'
import type { Program } from './program'
import type { Scratch } from './scratch'
import { AGENT_ADDRESS, CLIENT_ADDRESS, NODE_1_ADDRESS, NODE_2_ADDRESS, type Stage, START_SECONDS } from './stage'
import { until } from './step'
import { agentCommand, registratorCommand } from './targets'
import type { Transcript } from './transcript'

/** docker run -p 53:8600/udp, of an agent that is no container. */
const PUBLISH_DNS = 'iptables -t nat -A PREROUTING -p udp --dport 53 -j REDIRECT --to-ports 8600'

export class ProgramStage implements Stage {
  readonly client: Client
  readonly node1: DockerNode
  readonly node2: DockerNode
  readonly agentMachine: Machine
  readonly #network: Network
  readonly #scratch: Scratch
  readonly #transcript: Transcript
  readonly #registrators = new Map<DockerNode, Program>()
  #agent: Program | undefined

  private constructor(
    network: Network,
    machines: { readonly agent: Machine; readonly node1: Machine; readonly node2: Machine; readonly client: Machine },
    scratch: Scratch,
    transcript: Transcript,
  ) {
    const node = (machine: Machine, address: string) =>
      new DockerNode(machine, transcript, { address, dir: join(scratch.dir, machine.name), cgroup: scratch.cgroup })
    this.client = new Client(machines.client, AGENT_ADDRESS, transcript)
    this.node1 = node(machines.node1, NODE_1_ADDRESS)
    this.node2 = node(machines.node2, NODE_2_ADDRESS)
    this.agentMachine = machines.agent
    this.#network = network
    this.#scratch = scratch
    this.#transcript = transcript
  }

  static async start(scratch: Scratch, transcript: Transcript): Promise<ProgramStage> {
    const network = await Network.start()
    const machines = {
      agent: await network.addMachine('consul', AGENT_ADDRESS),
      node1: await network.addMachine('swarm-node-01', NODE_1_ADDRESS),
      node2: await network.addMachine('swarm-node-02', NODE_2_ADDRESS),
      client: await network.addMachine('client', CLIENT_ADDRESS),
    }
    mkdirSync(join(scratch.dir, 'logs'))
    const stage = new ProgramStage(network, machines, scratch, transcript)
    try {
      await machines.agent.must(PUBLISH_DNS.split(' '))
      await stage.client.useAgentAsResolver(scratch.dir)
      await Promise.all([stage.node1.startEngine(), stage.node2.startEngine()])
      const image = await buildHttpIp(scratch.dir)
      await Promise.all([stage.node1.importHttpIp(image), stage.node2.importHttpIp(image)])
      return stage
    } catch (error) {
      await network.stop()
      throw error
    }
  }

  /** Starts the workshop's agent; resolves with the milliseconds until its catalog answered. */
  async startAgent(...flags: string[]): Promise<number> {
    const server = ['-server', '-bootstrap-expect=1', '-ui', '-node=consul']
    const addresses = [`-bind=${AGENT_ADDRESS}`, '-client=0.0.0.0']
    const rest = [`-data-dir=${join(this.#scratch.dir, 'agent-data')}`, '-enable-script-checks', ...flags]
    const command = [agentCommand, 'agent', ...server, ...addresses, ...rest]
    this.#agent = await this.agentMachine.start('agent', command, { logFile: this.#log('agent') })
    const nodes = async () => (await this.client.api<unknown[]>('/v1/catalog/nodes'))?.length
    return until(nodes, 1, START_SECONDS)
  }

  async endAgent(signal: 'TERM' | 'KILL'): Promise<void> {
    await this.#agent?.end(signal)
  }

  async startRegistrator(node: DockerNode, ...flags: string[]): Promise<void> {
    const command = [registratorCommand, '-ip', node.address, ...flags, `consul://${AGENT_ADDRESS}:8500`]
    const options = {
      env: { DOCKER_HOST: 'unix:///var/run/docker.sock' },
      logFile: this.#log(`registrator-${node.machine.name}`),
    }
    this.#registrators.set(node, await node.machine.start('registrator', command, options))
    await until(() => node.eventListeners(), 1, START_SECONDS)
  }

  async killRegistrator(node: DockerNode): Promise<void> {
    await this.#registrators.get(node)?.end('KILL')
  }

  registratorRuns(node: DockerNode): boolean {
    return this.#registrators.get(node)?.isRunning ?? false
  }

  async registratorHost(node: DockerNode): Promise<string> {
    return node.machine.name
  }

  /** Ends everything; what the programs printed goes to the end of the transcript. */
  async stop(): Promise<void> {
    await this.#network.stop()
    for (const name of ['agent', ...[this.node1, this.node2].map((node) => `registrator-${node.machine.name}`)]) {
      this.#transcript.heading(`log of ${name}`)
      if (existsSync(this.#log(name))) appendFileSync(this.#transcript.file, readFileSync(this.#log(name)))
    }
  }

  #log(name: string): string {
    return join(this.#scratch.dir, 'logs', `${name}.log`)
  }
}
