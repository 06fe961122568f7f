import type { Metrics } from '@sd/runtime'
import type { Effects } from '../core/effects'
import type { Envelope, InstallSnapshot, RaftServer } from '../core/messages'
import type { Storage } from '../ports/storage'
import type { Transport } from '../ports/transport'
import type { ApplyLoop } from './apply-loop'
import type { Ticker } from './ticker'
import { WriteQueue } from './write-queue'

interface EffectRunnerParts {
  storage: Storage
  transport: Transport
  applyLoop: ApplyLoop
  ticker: Ticker
  metrics: Metrics
  now(): number
  server(id: string): RaftServer | undefined
  sendSnapshot(to: string, message: InstallSnapshot): void
  persisted(sequence: number): void
  writeRefused(error: unknown): void
  failed(error: unknown): void
}

/** Does what the core decided, in the one order that is safe: persist, then promise, then apply. */
export class EffectRunner {
  readonly #parts: EffectRunnerParts
  readonly #queue: WriteQueue

  constructor(parts: EffectRunnerParts) {
    this.#parts = parts
    this.#queue = new WriteQueue(parts.storage, parts.now, {
      durable: (sequence, envelopes) => {
        this.#send(envelopes)
        if (sequence > 0) parts.persisted(sequence)
      },
      refused: (error) => parts.writeRefused(error),
      failed: (error) => parts.failed(error),
      wrote: (entries, durationMs) => {
        parts.metrics.sample('raft.leader.dispatchLog', durationMs)
        parts.metrics.gauge('raft.leader.dispatchNumLogs', entries)
      },
    })
  }

  run(effects: Effects): void {
    const { applyLoop, ticker } = this.#parts
    if (effects.installSnapshot) {
      this.#queue.reset(effects.installSnapshot)
      applyLoop.push({ kind: 'restore', snapshot: effects.installSnapshot })
    }
    if (effects.persist) this.#queue.write(effects.persist)
    this.#send(effects.send)
    if (effects.sendAfterPersist.length > 0 && !this.#queue.hold(effects.sendAfterPersist)) {
      this.#send(effects.sendAfterPersist)
    }
    if (effects.commit.length > 0) applyLoop.push({ kind: 'entries', entries: effects.commit })
    ticker.set(effects.wakeAtMs)
  }

  drained(): Promise<void> {
    return this.#queue.drained()
  }

  #send(envelopes: readonly Envelope[]): void {
    for (const { to, message } of envelopes) {
      if (message.kind === 'installSnapshot') {
        this.#parts.sendSnapshot(to, message)
        continue
      }
      const server = this.#parts.server(to)
      if (server) this.#parts.transport.send(server, message)
    }
  }
}
