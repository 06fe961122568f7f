/** This server as a member of the pool, as gossip announces it. */
import { type AgentMember, agentMemberFields, CONSUL_VERSION, MEMBER_STATUS } from '@sd/model'

export interface SelfMemberOptions {
  readonly name: string
  readonly id: string
  readonly datacenter: string
  readonly address: string
  readonly serfLanPort: number
  readonly serfWanPort: number
  readonly serverPort: number
  readonly isBootstrap: boolean
  readonly bootstrapExpect: number
}

/** Serf's and memberlist's protocol versions that we announce. */
const PROTOCOL = { protocolMin: 1, protocolMax: 5, protocolCur: 2, delegateMin: 2, delegateMax: 5, delegateCur: 4 }

export function selfMember(options: SelfMemberOptions): AgentMember {
  return agentMemberFields.create({
    name: options.name,
    addr: options.address,
    port: options.serfLanPort,
    status: MEMBER_STATUS.alive,
    tags: {
      acls: '0',
      ...(options.isBootstrap ? { bootstrap: '1' } : {}),
      build: `${CONSUL_VERSION}:`,
      dc: options.datacenter,
      ...(!options.isBootstrap && options.bootstrapExpect > 0 ? { expect: String(options.bootstrapExpect) } : {}),
      ft_fs: '1',
      ft_si: '1',
      id: options.id,
      port: String(options.serverPort),
      raft_vsn: '3',
      role: 'consul',
      segment: '',
      vsn: '2',
      vsn_max: '3',
      vsn_min: '2',
      wan_join_port: String(options.serfWanPort),
    },
    ...PROTOCOL,
  })
}
