import { isSdError } from '@sd/runtime'
import type { HardState, Persist } from '../core/effects'
import type { Entry, Envelope, SnapshotMeta } from '../core/messages'
import type { Storage } from '../ports/storage'

interface WriteJob {
  kind: 'write'
  sequence: number
  hardState: HardState | undefined
  entries: Entry[]
  afterwards: Envelope[]
}

interface ResetJob {
  kind: 'reset'
  snapshot: SnapshotMeta
  afterwards: Envelope[]
}

export interface WriteQueueEvents {
  durable(sequence: number, envelopes: readonly Envelope[]): void
  /** Nothing of the writes in the queue was stored; later ones may be. */
  refused(error: unknown): void
  /** Storage is lost. */
  failed(error: unknown): void
  wrote(entries: number, durationMs: number): void
}

/**
 * Group commit: one write is on its way to storage at a time, and whatever is to be written meanwhile becomes the
 * next one, with one flush for all of it.
 */
export class WriteQueue {
  readonly #storage: Storage
  readonly #events: WriteQueueEvents
  readonly #now: () => number
  readonly #queued: (WriteJob | ResetJob)[] = []
  #running: WriteJob | ResetJob | undefined
  #idle: (() => void)[] = []

  constructor(storage: Storage, now: () => number, events: WriteQueueEvents) {
    this.#storage = storage
    this.#events = events
    this.#now = now
  }

  write({ sequence, hardState, entries }: Persist): void {
    const last = this.#queued.at(-1)
    if (last?.kind === 'write') {
      last.sequence = sequence
      last.hardState = hardState ?? last.hardState
      mergeEntries(last.entries, entries)
    } else {
      this.#queued.push({ kind: 'write', sequence, hardState, entries: [...entries], afterwards: [] })
    }
    this.#next()
  }

  reset(snapshot: SnapshotMeta): void {
    this.#queued.push({ kind: 'reset', snapshot, afterwards: [] })
    this.#next()
  }

  /** Keeps `envelopes` until every write so far is durable. False when that is so already. */
  hold(envelopes: readonly Envelope[]): boolean {
    const last = this.#queued.at(-1) ?? this.#running
    last?.afterwards.push(...envelopes)
    return last !== undefined
  }

  /** Resolves when nothing is on its way. */
  drained(): Promise<void> {
    if (!this.#running) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }

  #next(): void {
    if (this.#running) return
    const job = this.#queued.shift()
    if (!job) {
      for (const resolve of this.#idle.splice(0)) resolve()
      return
    }
    this.#running = job
    const startedMs = this.#now()
    const done = job.kind === 'reset' ? this.#storage.resetLog(job.snapshot) : this.#storage.write(job)
    done.then(
      () => {
        this.#running = undefined
        if (job.kind === 'write') this.#events.wrote(job.entries.length, this.#now() - startedMs)
        // The next flush begins before this one's results are looked at.
        this.#next()
        this.#events.durable(job.kind === 'write' ? job.sequence : 0, job.afterwards)
      },
      (error: unknown) => {
        this.#running = undefined
        if (!isSdError(error) || !error.retryable || job.kind === 'reset') return this.#events.failed(error)
        const resets = this.#queued.filter((queued) => queued.kind === 'reset')
        this.#queued.splice(0, this.#queued.length, ...resets)
        this.#events.refused(error)
        this.#next()
      },
    )
  }
}

/** Appends `entries` to `target`, which they overwrite from the first one's index on. */
function mergeEntries(target: Entry[], entries: readonly Entry[]): void {
  const first = entries[0]
  if (!first) return
  const start = target[0]?.index ?? first.index
  target.length = Math.max(0, Math.min(target.length, first.index - start))
  for (const entry of entries) target.push(entry)
}
