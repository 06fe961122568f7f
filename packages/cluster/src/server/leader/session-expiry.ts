/** Ends sessions whose time to live ran out. Only the leader's clock counts, so only the leader runs this. */
import { type Clock, errorMessage, type Logger, parseDuration, type Timer } from '@sd/runtime'
import type { Session } from '@sd/model'

/** A session ends after this many times its time to live: grace for slow clients (Consul's SessionTTLMultiplier). */
const TTL_MULTIPLIER = 2
/** Attempts to end one session, and the pause before the second in milliseconds; it doubles (Consul's figures). */
const ATTEMPTS_MAX = 6
const RETRY_BASE_MS = 10_000

export interface SessionExpiryPorts {
  readonly clock: Clock
  readonly logger: Logger
  readonly destroy: (id: string) => Promise<void>
}

export class SessionExpiry {
  readonly #timers = new Map<string, Timer>()
  #isLeading = false

  constructor(private readonly ports: SessionExpiryPorts) {}

  get size(): number {
    return this.#timers.size
  }

  /** Begins to lead: every session gets its whole time anew, so that a failover never shortens one. */
  start(sessions: Iterable<Session>): void {
    this.#isLeading = true
    for (const session of sessions) this.renew(session)
  }

  stop(): void {
    this.#isLeading = false
    for (const timer of this.#timers.values()) timer.cancel()
    this.#timers.clear()
  }

  renew(session: Session): void {
    const ttlMs = session.ttl === '' ? 0 : parseDuration(session.ttl)
    if (!this.#isLeading || ttlMs <= 0) return
    this.#schedule(session.id, ttlMs * TTL_MULTIPLIER, 0)
  }

  forget(id: string): void {
    this.#timers.get(id)?.cancel()
    this.#timers.delete(id)
  }

  #schedule(id: string, delayMs: number, attempt: number): void {
    this.#timers.get(id)?.cancel()
    this.#timers.set(
      id,
      this.ports.clock.schedule(delayMs, () => void this.#expire(id, attempt)),
    )
  }

  async #expire(id: string, attempt: number): Promise<void> {
    this.#timers.delete(id)
    try {
      await this.ports.destroy(id)
      this.ports.logger.debug('Session TTL expired', { session: id })
    } catch (error) {
      this.ports.logger.error('Invalidation failed', { session: id, error: errorMessage(error) })
      if (this.#isLeading && attempt + 1 < ATTEMPTS_MAX) this.#schedule(id, RETRY_BASE_MS * 2 ** attempt, attempt + 1)
    }
  }
}
