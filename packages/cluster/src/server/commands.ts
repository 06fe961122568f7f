/** Every change of the replicated state: encoded, proposed, its result read. */
import { type Command, type CommandResult, encodeCommand } from '@sd/catalog'
import {
  deregisterRequestFields,
  type DeregisterRequest,
  type KvEntry,
  type NodeCoordinate,
  type RegisterRequest,
  type Session,
  type TxnOp,
} from '@sd/model'
import { refused } from '../errors'
import type { RequestPipeline } from './request-pipeline'

export type KvWriteVerb = 'set' | 'cas' | 'lock' | 'unlock' | 'delete' | 'delete-cas' | 'delete-tree'

export class Commands {
  constructor(private readonly pipeline: RequestPipeline) {}

  async register(request: RegisterRequest, datacenter: string): Promise<void> {
    await this.#apply({ type: 'register', request: { ...request, datacenter } }, request.datacenter)
  }

  async deregister(request: DeregisterRequest, datacenter: string): Promise<void> {
    await this.#apply(
      { type: 'deregister', request: deregisterRequestFields.create({ ...request, datacenter }) },
      request.datacenter,
    )
  }

  /** False when a condition or a lock refused the write. */
  async kv(verb: KvWriteVerb, entry: KvEntry, datacenter?: string): Promise<boolean> {
    const result = await this.#apply({ type: 'kv', verb, entry }, datacenter, 'raft apply failed: ')
    return result.kind === 'conditional' ? result.isApplied : true
  }

  async createSession(session: Session, datacenter?: string): Promise<void> {
    await this.#apply({ type: 'sessionCreate', session }, datacenter, 'apply failed: ')
  }

  async destroySession(id: string, datacenter?: string): Promise<void> {
    await this.#apply({ type: 'sessionDestroy', id }, datacenter, 'apply failed: ')
  }

  async reapTombstones(upTo: number): Promise<void> {
    await this.#apply({ type: 'reapTombstones', upTo })
  }

  async updateCoordinates(updates: readonly NodeCoordinate[]): Promise<void> {
    await this.#apply({ type: 'coordinates', updates })
  }

  async transaction(
    ops: readonly TxnOp[],
    datacenter?: string,
  ): Promise<Extract<CommandResult, { kind: 'transaction' }>> {
    const result = await this.#apply({ type: 'transaction', ops }, datacenter)
    if (result.kind !== 'transaction') throw refused(`unexpected result of a transaction: ${result.kind}`)
    return result
  }

  async #apply(command: Command, datacenter?: string, context = ''): Promise<CommandResult> {
    const result = (await this.pipeline.write(encodeCommand(command), datacenter)) as CommandResult
    if (result.kind === 'refused') throw refused(context + result.message)
    return result
  }
}
