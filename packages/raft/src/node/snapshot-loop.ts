import { type Clock, type Logger, type Metrics, type Random, type Timer, errorMessage, isSdError } from '@sd/runtime'
import type { RaftCore } from '../core/raft-core'
import type { SnapshotMeta } from '../core/messages'
import { StateMachineError } from '../errors'
import type { ResolvedOptions } from '../options'
import type { StateMachine, StateMachineSnapshot } from '../ports/state-machine'
import type { Storage } from '../ports/storage'
import type { ApplyLoop } from './apply-loop'

interface SnapshotLoopParts {
  core: RaftCore
  applyLoop: ApplyLoop
  stateMachine: StateMachine
  storage: Storage
  clock: Clock
  random: Random
  logger: Logger
  metrics: Metrics
  taken(snapshot: SnapshotMeta): void
}

/** Takes snapshots when enough was applied since the last one; one at a time, while the state machine moves on. */
export class SnapshotLoop {
  readonly #parts: SnapshotLoopParts
  readonly #options: ResolvedOptions
  #timer: Timer | undefined
  #running: Promise<SnapshotMeta | undefined> | undefined

  constructor(parts: SnapshotLoopParts, options: ResolvedOptions) {
    this.#parts = parts
    this.#options = options
  }

  start(): void {
    const { clock, random } = this.#parts
    const delayMs = this.#options.snapshotIntervalMs * (1 + random.next())
    this.#timer = clock.schedule(delayMs, () => {
      if (this.#entriesSince >= this.#options.snapshotThreshold) this.#takeQuietly()
      this.start()
    })
  }

  /** Looks at the size of the log; called whenever it was applied to. */
  logGrew(): void {
    const { core } = this.#parts
    if (this.#running || core.logBytes < this.#options.snapshotLogBytes) return
    // What trails behind a fresh snapshot may alone be over the bound; then another one would not help.
    if (this.#entriesSince > 0 && this.#timer) this.#takeQuietly()
  }

  /** Takes a snapshot of what is applied now, unless there is one. Returns the latest. */
  take(): Promise<SnapshotMeta | undefined> {
    const before = this.#running ?? Promise.resolve()
    const running = before.catch(() => undefined).then(() => this.#take())
    this.#running = running
    const clear = () => {
      if (this.#running === running) this.#running = undefined
    }
    running.then(clear, clear)
    return running
  }

  async stop(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = undefined
    await this.#running?.catch(() => undefined)
  }

  get #entriesSince(): number {
    return this.#parts.applyLoop.appliedIndex - (this.#parts.core.status.snapshot?.index ?? 0)
  }

  #takeQuietly(): void {
    this.take().catch((error: unknown) => {
      this.#parts.logger.warn('snapshot failed', {
        error: errorMessage(error),
        code: isSdError(error) ? error.code : '',
      })
    })
  }

  async #take(): Promise<SnapshotMeta | undefined> {
    const { core, applyLoop, stateMachine, storage, clock, metrics, logger } = this.#parts
    const known = core.status.snapshot
    const index = applyLoop.appliedIndex
    if (index <= (known?.index ?? 0)) return known
    const startedMs = clock.monotonic()
    const meta = core.describeSnapshot(index)
    let state: StateMachineSnapshot
    try {
      state = stateMachine.snapshot()
    } catch (error) {
      throw new StateMachineError('snapshot', error)
    }
    await storage.writeSnapshot(meta, state.chunks())
    this.#parts.taken(meta)
    const durationMs = clock.monotonic() - startedMs
    metrics.sample('raft.snapshot.takeSnapshot', durationMs)
    logger.info('snapshot taken', { index: meta.index, term: meta.term, durationMs: Math.round(durationMs) })
    return meta
  }
}
