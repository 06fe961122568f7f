/** Sessions. */
import type { Session } from '@sd/model'
import type { Call, MaybePromise, ReadOptions, ReadResult } from './call'

export interface SessionBackend {
  /** Returns the new id. An empty `session.node` means the agent's own; every other default is filled in. */
  create(session: Session, call: Call): MaybePromise<string>
  destroy(id: string, call: Call): MaybePromise<void>
  /** Null answers 404. */
  renew(id: string, call: Call): MaybePromise<readonly Session[] | null>
  /** One or none. */
  info(id: string, options: ReadOptions): MaybePromise<ReadResult<readonly Session[]>>
  node(node: string, options: ReadOptions): MaybePromise<ReadResult<readonly Session[]>>
  list(options: ReadOptions): MaybePromise<ReadResult<readonly Session[]>>
}
