import { needText, needTextList } from '../json'
import type { CallOptions, Transport } from '../transport'

/** Raft's leader and peers; asks for no token. */
export class StatusArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The leader's raft address; empty while there is none. */
  async leader(call?: CallOptions): Promise<string> {
    const path = '/v1/status/leader'
    return needText(await this.#transport.json({ path, call }), path)
  }

  async peers(call?: CallOptions): Promise<readonly string[]> {
    const path = '/v1/status/peers'
    return needTextList(await this.#transport.json({ path, call }), path)
  }
}
