/** The real Consul and our agent, started alike. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePorts } from '../support/free-ports'
import { type Agent, AgentYard } from '../support/agents'
import { waitFor } from '../support/wait-for'
import type { Places } from './normalise'

export interface Target {
  readonly agent: Agent
  /** What to call the ports and folders of this agent. */
  readonly places: Places
}

export interface Targets {
  readonly real: Target
  readonly ours: Target
  stop(): Promise<void>
}

/** Settings of both, unless a suite says otherwise; the multiplier lets Consul lead within two seconds. */
const COMMON = { performance: { raft_multiplier: 1 }, enable_script_checks: true }

export async function startTargets(config: object = {}): Promise<Targets> {
  const yard = new AgentYard()
  const folder = yard.folder()
  const file = join(folder, 'agent.json')
  writeFileSync(file, JSON.stringify({ ...COMMON, ...config }))
  const start = async (kind: 'real' | 'ours'): Promise<Target> => {
    const [server, lan, wan] = await freePorts(3)
    const ports = [`-server-port=${server}`, `-serf-lan-port=${lan}`, `-serf-wan-port=${wan}`]
    const flags = [...ports, '-grpc-port=-1', '-grpc-tls-port=-1', `-config-file=${file}`]
    const agent = await yard[kind]({ flags })
    await registeredItself(agent)
    const places = {
      [agent.dataDir]: '<data-dir>',
      [String(agent.httpPort)]: '<http-port>',
      [String(agent.dnsPort)]: '<dns-port>',
      [String(server)]: '<server-port>',
      [String(lan)]: '<lan-port>',
      [String(wan)]: '<wan-port>',
    }
    return { agent, places }
  }
  try {
    const real = await start('real')
    const ours = await start('ours')
    return { real, ours, stop: () => yard.clear() }
  } catch (error) {
    await yard.clear()
    throw error
  }
}

/** The agent's own node comes in two writes, by the leader and by the agent: nothing moves by itself after both. */
async function registeredItself(agent: Agent): Promise<void> {
  interface Own {
    readonly TaggedAddresses: object | null
    readonly Meta: Readonly<Record<string, string>> | null
  }
  await waitFor(
    `${agent.command} registered its node`,
    async () => {
      const { Node } = await agent.json<{ Node: Own }>('/v1/catalog/node/n1')
      return Node.TaggedAddresses !== null && 'consul-network-segment' in (Node.Meta ?? {})
    },
    { describe: () => agent.output },
  )
}
