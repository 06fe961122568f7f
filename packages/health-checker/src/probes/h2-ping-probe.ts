import { errorMessage } from '@sd/runtime'
import { dial } from '../network/dial'
import { errorCode, splitHostPort } from '../network/go-error'
import type { NameLookup } from '../network/name-lookup'
import type { TlsSettings } from '../network/tls-settings'
import type { Probe, ProbeResult } from '../probe'
import { h2ErrorText, openH2Session, withinSession } from '../network/h2-session'

/** Passing when the target answers an HTTP/2 PING. */
export class H2PingProbe implements Probe {
  readonly cost = 'socket'

  constructor(
    private readonly lookup: NameLookup,
    readonly target: string,
    readonly timeoutMs: number,
    private readonly tls?: TlsSettings,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<ProbeResult> {
    let socket
    try {
      const { host, port } = splitHostPort('tcp', this.target)
      const tls = this.tls && { ...this.tls, alpn: ['h2'] }
      socket = await dial(host, port, { signal, lookup: this.lookup, tls })
    } catch (error) {
      return { status: 'critical', output: `Failed to dial to ${this.target}: ${errorMessage(error)}` }
    }
    const session = openH2Session(socket, this.target, this.tls !== undefined)
    try {
      await withinSession<void>(session, signal, (done, failed) => {
        // A cancelled ping only says that the session broke; the session itself says why.
        session.ping((error) => {
          if (!error) done()
          else if (errorCode(error) !== 'ERR_HTTP2_PING_CANCEL') failed(error)
        })
      })
      return { status: 'passing', output: 'HTTP2 ping was successful' }
    } catch (error) {
      return { status: 'critical', output: `HTTP2 ping failed: ${h2ErrorText(error)}` }
    } finally {
      session.destroy()
      socket.destroy()
    }
  }
}
