import type { RaftServer } from '../core/messages'
import type { WireMessage } from '../transport/message-codec'

/** Carries messages between servers. May lose, delay, repeat and reorder them. */
export interface Transport {
  /** Begins to deliver what others send. */
  start(receive: (from: string, message: WireMessage) => void): Promise<void>
  /** Never throws and never waits: what cannot be sent is lost. */
  send(to: RaftServer, message: WireMessage): void
  stop(): Promise<void>
}
