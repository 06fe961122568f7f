import { defineFields, flag, integer, text, type TypeOf } from '@sd/model'
import { decodeList, needObject } from '../json'
import { type CallOptions, parseAnswer, type ReadOptions, type Transport } from '../transport'

export const raftServerFields = defineFields('RaftServer', {
  id: text('ID'),
  node: text('Node'),
  address: text('Address'),
  isLeader: flag('Leader'),
  protocolVersion: text('ProtocolVersion'),
  isVoter: flag('Voter'),
  lastIndex: integer('LastIndex'),
})
/** One server of the raft configuration. */
export interface RaftServer extends TypeOf<typeof raftServerFields> {}

export interface RaftConfiguration {
  readonly servers: readonly RaftServer[]
  /** The raft index of this configuration. */
  readonly index: number
}

/** For people who run the cluster. */
export class OperatorArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  async raftConfiguration(options: ReadOptions = {}): Promise<RaftConfiguration> {
    const { value } = await this.#transport.read('/v1/operator/raft/configuration', options, (body, path) => {
      const { Servers, Index } = needObject(body, path)
      return {
        servers: decodeList(raftServerFields, Servers ?? null, path),
        index: typeof Index === 'number' ? Index : 0,
      }
    })
    return value
  }

  /** Takes a server that is gone for good out of the raft configuration. */
  async removeRaftPeer(peer: { id: string } | { address: string }, call?: CallOptions): Promise<void> {
    const path = '/v1/operator/raft/peer'
    await this.#transport.request({ method: 'DELETE', path, query: { ...peer }, call })
  }

  /** Hands leadership to a server, or to one that the leader picks. */
  async transferLeadership(options: { id?: string } & CallOptions = {}): Promise<boolean> {
    const path = '/v1/operator/raft/transfer-leader'
    const value = await this.#transport.json({ method: 'POST', path, query: { id: options.id }, call: options })
    return needObject(value, path).Success === true
  }

  /** What autopilot says of the servers, as the agent words it; a cluster in bad health is no error. */
  async autopilotHealth(options: ReadOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/operator/autopilot/health'
    const answer = await this.#transport.request({ path, call: options, accept: [429] })
    return needObject(parseAnswer(path, answer), path)
  }

  /** Counts of nodes, services and keys. */
  async usage(options: { global?: boolean } & ReadOptions = {}): Promise<Readonly<Record<string, unknown>>> {
    const path = '/v1/operator/usage'
    const { value } = await this.#transport.read(path, options, needObject, { global: options.global ?? false })
    return value
  }
}
