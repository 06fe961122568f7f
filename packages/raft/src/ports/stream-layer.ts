import type { Duplex } from 'node:stream'

/** Where a stream transport gets its connections: TCP, TLS, or a port shared with other protocols. */
export interface StreamLayer {
  /** Begins to accept; `accept` gets each connection that another server opened. */
  start(accept: (stream: Duplex) => void): Promise<void>
  /** Opens a connection to another server. Rejects when it cannot. */
  dial(address: string): Promise<Duplex>
  stop(): Promise<void>
}
