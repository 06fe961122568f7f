import type { Service } from './service'

/** Starts services in order and stops them in reverse. */
export class ServiceStack {
  readonly #started: Pick<Service, 'stop'>[] = []

  /** Starts `service`; when that fails, what was started before stays for `stop`. */
  async start<T extends Pick<Service, 'start' | 'stop'>>(
    service: T,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<T> {
    await service.start(options)
    this.#started.push(service)
    return service
  }

  /** Stops all in reverse order, then throws the first error, if any. */
  async stop(): Promise<void> {
    const errors: unknown[] = []
    for (let service = this.#started.pop(); service; service = this.#started.pop()) {
      try {
        await service.stop()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
}
