import { errorMessage } from '@sd/runtime'
import { dial, discard } from '../network/dial'
import { splitHostPort } from '../network/go-error'
import type { NameLookup } from '../network/name-lookup'
import type { TlsSettings } from '../network/tls-settings'
import type { Probe, ProbeResult } from '../probe'

/** Passing when the target accepts a connection (and, with `tls`, shakes hands). */
export class TcpProbe implements Probe {
  readonly cost = 'socket'

  constructor(
    private readonly lookup: NameLookup,
    readonly target: string,
    readonly timeoutMs: number,
    private readonly tls?: TlsSettings,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    try {
      const { host, port } = splitHostPort('tcp', this.target)
      discard(await dial(host, port, { signal, lookup: this.lookup, tls: this.tls }))
      return { status: 'passing', output: `${this.tls ? 'TCP+TLS' : 'TCP'} connect ${this.target}: Success` }
    } catch (error) {
      return { status: 'critical', output: errorMessage(error) }
    }
  }
}
