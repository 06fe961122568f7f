/** Removes tombstones of deleted keys once every waiting reader had time to see them (Consul's tombstone_ttl). */
import { type Clock, errorMessage, type Logger, type Timer } from '@sd/runtime'

/** How long a tombstone stays, in milliseconds. */
const TOMBSTONE_TTL_MS = 900_000
/** Deletions within this time are reaped together, in milliseconds. */
const GRANULARITY_MS = 30_000

export interface ReapTombstonesPorts {
  readonly clock: Clock
  readonly logger: Logger
  /** Proposes the removal of all tombstones up to an index. */
  readonly reap: (index: number) => Promise<void>
}

export class ReapTombstones {
  /** Highest index per slot of time. */
  readonly #slots = new Map<number, { index: number; timer: Timer }>()

  constructor(private readonly ports: ReapTombstonesPorts) {}

  /** A command of this index made a tombstone. */
  hint(index: number): void {
    const { clock } = this.ports
    const slot = Math.floor((clock.monotonic() + TOMBSTONE_TTL_MS) / GRANULARITY_MS) + 1
    const known = this.#slots.get(slot)
    if (known) {
      known.index = Math.max(known.index, index)
      return
    }
    const delayMs = slot * GRANULARITY_MS - clock.monotonic()
    this.#slots.set(slot, { index, timer: clock.schedule(delayMs, () => void this.#reap(slot)) })
  }

  stop(): void {
    for (const { timer } of this.#slots.values()) timer.cancel()
    this.#slots.clear()
  }

  async #reap(slot: number): Promise<void> {
    const due = this.#slots.get(slot)
    if (!due) return
    this.#slots.delete(slot)
    try {
      await this.ports.reap(due.index)
    } catch (error) {
      this.ports.logger.error('failed to reap tombstones', { index: due.index, error: errorMessage(error) })
    }
  }
}
