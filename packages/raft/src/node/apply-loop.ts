import type { Entry, SnapshotMeta } from '../core/messages'
import type { StateMachine } from '../ports/state-machine'

/** Entries applied before other events get their turn. */
const APPLY_BATCH_MAX = 256

type Job = { kind: 'entries'; entries: readonly Entry[] } | { kind: 'restore'; snapshot: SnapshotMeta }

export interface ApplyLoopEvents {
  applied(entry: Entry, result: unknown): void
  advanced(appliedIndex: number): void
  failed(during: 'apply' | 'restore', error: unknown): void
}

/** Brings committed entries to the state machine, in order, a bounded batch per turn of the event loop. */
export class ApplyLoop {
  readonly #stateMachine: StateMachine
  readonly #readSnapshot: (meta: SnapshotMeta) => AsyncIterable<Uint8Array>
  readonly #events: ApplyLoopEvents
  #jobs: Job[] = []
  /** Entries of the first job that are applied already. */
  #offset = 0
  #isBusy = false
  #isStopped = false
  #appliedIndex = 0
  #waiting: { index: number; resolve: () => void; reject: (error: unknown) => void }[] = []

  constructor(
    ports: { stateMachine: StateMachine; readSnapshot: (meta: SnapshotMeta) => AsyncIterable<Uint8Array> },
    events: ApplyLoopEvents,
  ) {
    this.#stateMachine = ports.stateMachine
    this.#readSnapshot = ports.readSnapshot
    this.#events = events
  }

  get appliedIndex(): number {
    return this.#appliedIndex
  }

  /** Entries that are committed and wait here. */
  get pendingCount(): number {
    return this.#jobs.reduce((sum, job) => sum + (job.kind === 'entries' ? job.entries.length : 1), -this.#offset)
  }

  /** Replaces the state by a snapshot's; resolves when that is done. */
  async restore(snapshot: SnapshotMeta): Promise<void> {
    await this.#stateMachine.restore(this.#readSnapshot(snapshot))
    this.#advance(snapshot.index)
  }

  push(job: Job): void {
    this.#jobs.push(job)
    if (!this.#isBusy) this.#run()
  }

  /** Resolves when `index` is applied. */
  whenApplied(index: number): Promise<void> {
    if (index <= this.#appliedIndex) return Promise.resolve()
    return new Promise((resolve, reject) => this.#waiting.push({ index, resolve, reject }))
  }

  stop(error: unknown): void {
    this.#isStopped = true
    this.#jobs = []
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #run(): void {
    this.#isBusy = false
    const job = this.#jobs.shift()
    if (!job || this.#isStopped) return
    if (job.kind === 'restore') {
      this.#isBusy = true
      this.restore(job.snapshot).then(
        () => this.#run(),
        (error: unknown) => this.#events.failed('restore', error),
      )
      return
    }
    const { entries } = job
    const rest = this.#offset + APPLY_BATCH_MAX < entries.length
    const batch = rest || this.#offset > 0 ? entries.slice(this.#offset, this.#offset + APPLY_BATCH_MAX) : entries
    this.#offset = rest ? this.#offset + APPLY_BATCH_MAX : 0
    if (rest) this.#jobs.unshift(job)
    this.#isBusy = true
    if (!this.#apply(batch)) return
    if (this.#jobs.length > 0) setImmediate(() => this.#run())
    else this.#isBusy = false
  }

  #apply(batch: readonly Entry[]): boolean {
    const commands = batch.every((entry) => entry.kind === 'command')
      ? batch
      : batch.filter((entry) => entry.kind === 'command')
    let results: unknown[] = []
    try {
      if (commands.length > 0) results = this.#stateMachine.apply(commands)
      if (results.length < commands.length) throw new Error('apply returned fewer results than entries')
    } catch (error) {
      this.#events.failed('apply', error)
      return false
    }
    this.#advance((batch.at(-1) as Entry).index)
    commands.forEach((entry, i) => this.#events.applied(entry, results[i]))
    return true
  }

  #advance(index: number): void {
    this.#appliedIndex = index
    if (this.#waiting.length > 0) {
      const ready = this.#waiting.filter((waiting) => waiting.index <= index)
      this.#waiting = this.#waiting.filter((waiting) => waiting.index > index)
      for (const { resolve } of ready) resolve()
    }
    this.#events.advanced(index)
  }
}
