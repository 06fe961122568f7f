/** What a server does while it leads, and only then. */
import type { CatalogEffects, CatalogTables } from '@sd/catalog'
import { getSession, listSessions } from '@sd/catalog'
import { type Clock, errorMessage, type Logger, type Timer } from '@sd/runtime'
import type { LockDelays } from './lock-delay'
import type { ReapTombstones } from './reap-tombstones'
import type { ReconcileMembers } from './reconcile-members'
import type { SessionExpiry } from './session-expiry'

/** Time between two comparisons of members and catalog, in milliseconds (Consul's reconcile_interval). */
const RECONCILE_INTERVAL_MS = 60_000
/** Pause after a failed one, in milliseconds. */
const RECONCILE_RETRY_MS = 1_000

export interface LeaderDutiesPorts {
  readonly clock: Clock
  readonly logger: Logger
  readonly tables: () => CatalogTables
  readonly expiry: SessionExpiry
  readonly lockDelays: LockDelays
  readonly tombstones: ReapTombstones
  readonly reconcile: ReconcileMembers
}

export class LeaderDuties {
  readonly #ports: LeaderDutiesPorts
  #isLeading = false
  #timer: Timer | undefined

  constructor(ports: LeaderDutiesPorts) {
    this.#ports = ports
  }

  /** Resolves when the members are in the catalog for the first time. */
  async start(): Promise<void> {
    if (this.#isLeading) return
    this.#isLeading = true
    const { tables, expiry, logger } = this.#ports
    expiry.start(listSessions(tables()).value)
    logger.info('cluster leadership acquired')
    await this.#reconcile()
  }

  stop(): void {
    if (!this.#isLeading) return
    this.#isLeading = false
    this.#timer?.cancel()
    this.#ports.expiry.stop()
    this.#ports.tombstones.stop()
    this.#ports.logger.info('cluster leadership lost')
  }

  /** A command was applied that did something outside the tables. */
  applied(effects: CatalogEffects): void {
    const { lockDelays, expiry, tombstones, tables } = this.#ports
    for (const { key, delayMs } of effects.releasedLocks) lockDelays.delay(key, delayMs)
    if (!this.#isLeading) return
    for (const id of effects.endedSessions) expiry.forget(id)
    for (const id of effects.createdSessions) {
      const session = getSession(tables(), id).value
      if (session) expiry.renew(session)
    }
    if (effects.madeTombstone) tombstones.hint(effects.index)
  }

  async #reconcile(): Promise<void> {
    const { clock, logger, reconcile } = this.#ports
    let delayMs = RECONCILE_INTERVAL_MS
    try {
      await reconcile.run()
    } catch (error) {
      logger.error('failed to reconcile members', { error: errorMessage(error) })
      delayMs = RECONCILE_RETRY_MS
    }
    if (this.#isLeading) this.#timer = clock.schedule(delayMs, () => void this.#reconcile())
  }
}
