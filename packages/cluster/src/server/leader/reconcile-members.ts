/** Brings the catalog in line with the members of the pool: each member is a node with its serfHealth check, each server a `consul` service. */
import { type CatalogTables, getNode, getNodeService, listNodeChecks } from '@sd/catalog'
import {
  type AgentMember,
  deregisterRequestFields,
  type HealthCheck,
  healthCheckFields,
  MEMBER_STATUS,
  type NodeService,
  nodeServiceFields,
  registerRequestFields,
  SERF_HEALTH,
} from '@sd/model'
import { sameService } from '../../local/same'
import type { Commands } from '../commands'

export interface ReconcileMembersPorts {
  readonly members: () => readonly AgentMember[]
  readonly tables: () => CatalogTables
  readonly commands: Commands
  readonly datacenter: string
}

const ALIVE_OUTPUT = 'Agent alive and reachable'
const FAILED_OUTPUT = 'Agent not live or unreachable'

export class ReconcileMembers {
  constructor(private readonly ports: ReconcileMembersPorts) {}

  async run(): Promise<void> {
    for (const member of this.ports.members()) await this.member(member)
  }

  /** One member's new state. Costs no write when the catalog has it already. */
  async member(member: AgentMember): Promise<void> {
    if (member.tags?.['dc'] !== this.ports.datacenter) return
    if (member.status === MEMBER_STATUS.left) return this.#remove(member)
    await this.#register(member, member.status === MEMBER_STATUS.alive || member.status === MEMBER_STATUS.leaving)
  }

  async #register(member: AgentMember, isAlive: boolean): Promise<void> {
    const { commands, datacenter } = this.ports
    const tables = this.ports.tables()
    const known = getNode(tables, member.name).value
    const service = serverService(member)
    const check = healthCheckFields.create({
      node: member.name,
      checkId: SERF_HEALTH,
      name: 'Serf Health Status',
      status: isAlive ? 'passing' : 'critical',
      output: isAlive ? ALIVE_OUTPUT : FAILED_OUTPUT,
    })
    const knownService = getNodeService(tables, member.name, 'consul').value
    const isSettled =
      known !== undefined &&
      known.address === member.addr &&
      (service === null || (knownService !== undefined && sameService(service, knownService))) &&
      listNodeChecks(tables, member.name).value.some((each) => sameHealth(each, check))
    if (isSettled) return
    await commands.register(
      registerRequestFields.create({
        node: member.name,
        id: member.tags?.['id'] ?? '',
        address: member.addr,
        service,
        check,
        // What the agent itself says of its node is not the leader's to overwrite.
        ...(known ? { taggedAddresses: known.taggedAddresses, nodeMeta: known.meta } : {}),
      }),
      datacenter,
    )
  }

  async #remove(member: AgentMember): Promise<void> {
    if (!getNode(this.ports.tables(), member.name).value) return
    await this.ports.commands.deregister(deregisterRequestFields.create({ node: member.name }), this.ports.datacenter)
  }
}

const sameHealth = (a: HealthCheck, b: HealthCheck): boolean =>
  a.checkId === b.checkId && a.status === b.status && a.output === b.output

/** The `consul` service of a server; null for a client. */
function serverService(member: AgentMember): NodeService | null {
  const tags = member.tags ?? {}
  if (tags['role'] !== 'consul') return null
  return nodeServiceFields.create({
    id: 'consul',
    service: 'consul',
    tags: null,
    port: Number(tags['port'] ?? 0),
    weights: { passing: 1, warning: 1 },
    meta: {
      non_voter: 'nonvoter' in tags ? 'true' : 'false',
      raft_version: tags['raft_vsn'] ?? '3',
      read_replica: 'read_replica' in tags ? 'true' : 'false',
      serf_protocol_current: String(member.protocolCur),
      serf_protocol_max: String(member.protocolMax),
      serf_protocol_min: String(member.protocolMin),
      version: (tags['build'] ?? '').split(':')[0] ?? '',
    },
  })
}
