import type { Readable } from 'node:stream'
import { readParameters } from '../query-string'
import type { CallOptions, ReadOptions, Transport } from '../transport'

/** The whole state as an archive. */
export class SnapshotArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** The archive as it comes; read it to its end or destroy it. */
  save(options: ReadOptions = {}): Promise<Readable> {
    return this.#transport.stream({ path: '/v1/snapshot', query: readParameters(options), call: options })
  }

  /** Replaces the cluster's state. */
  async restore(archive: Uint8Array | Readable, call?: CallOptions): Promise<void> {
    await this.#transport.request({ method: 'PUT', path: '/v1/snapshot', body: archive, call })
  }
}
