/** The one lifecycle of everything that opens sockets, files or timers. */

export type ServiceState = 'new' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed'

export interface Service extends AsyncDisposable {
  readonly state: ServiceState
  /** Resolves when it serves. Leaves nothing open when it fails. */
  start(options?: { signal?: AbortSignal | undefined }): Promise<void>
  /** Drains and closes. May be called twice. */
  stop(): Promise<void>
}
