import { type Logger, errorMessage } from '@sd/runtime'
import type { InstallSnapshot, SnapshotMeta } from '../core/messages'
import type { SnapshotChunk, SnapshotChunkResponse } from '../transport/message-codec'
import { SnapshotReceiver, SnapshotSender, type TransferParts } from './snapshot-transfer'

interface SnapshotTransfersParts extends TransferParts {
  logger: Logger
  term(): number
  /** A snapshot to `peer` is there, or was given up. */
  ended(peer: string, isStored: boolean): void
  /** A snapshot from a leader is stored. */
  arrived(from: string, term: number, snapshot: SnapshotMeta): void
}

/** The snapshots on their way from and to this server; at most one per follower, and one that comes in. */
export class SnapshotTransfers {
  readonly #parts: SnapshotTransfersParts
  readonly #senders = new Map<string, SnapshotSender>()
  readonly #receiver: SnapshotReceiver

  constructor(parts: SnapshotTransfersParts) {
    this.#parts = parts
    this.#receiver = new SnapshotReceiver(parts, parts.arrived)
  }

  send(to: string, { term, snapshot }: InstallSnapshot): void {
    if (this.#senders.has(to)) return
    const { logger } = this.#parts
    const sender = new SnapshotSender(this.#parts, to, term, snapshot)
    this.#senders.set(to, sender)
    logger.info('sending a snapshot', { to, index: snapshot.index })
    const ended = (isStored: boolean) => {
      this.#senders.delete(to)
      this.#parts.ended(to, isStored)
    }
    sender.run().then(ended, (error: unknown) => {
      logger.warn('sending a snapshot failed', { to, error: errorMessage(error) })
      ended(false)
    })
  }

  receive(from: string, message: SnapshotChunk | SnapshotChunkResponse): void {
    if (message.kind === 'snapshotChunkResponse') return this.#senders.get(from)?.answer(message)
    const term = this.#parts.term()
    if (message.term >= term) return void this.#receiver.receive(from, message)
    const { index } = message.snapshot
    this.#parts.send(from, { kind: 'snapshotChunkResponse', term, index, nextOffset: 0 })
  }

  /** This server leads no more. */
  cancelSending(): void {
    for (const sender of this.#senders.values()) sender.cancel()
  }

  stop(): void {
    this.cancelSending()
    this.#receiver.stop()
  }
}
