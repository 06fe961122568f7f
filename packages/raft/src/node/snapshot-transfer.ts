import type { Clock } from '@sd/runtime'
import type { SnapshotMeta } from '../core/messages'
import type { Storage } from '../ports/storage'
import type { SnapshotChunk, SnapshotChunkResponse, WireMessage } from '../transport/message-codec'

/** How often one piece is sent before the transfer is given up; it starts anew later. */
const ATTEMPTS_MAX = 10

const NO_DATA = new Uint8Array(0)

export interface TransferParts {
  storage: Storage
  clock: Clock
  send(to: string, message: WireMessage): void
  /** How long an answer is waited for, in milliseconds. */
  answerTimeoutMs: number
}

/** Brings a stored snapshot to one follower, piece by piece. */
export class SnapshotSender {
  readonly #parts: TransferParts
  readonly #to: string
  readonly #term: number
  readonly #meta: SnapshotMeta
  #answered: ((response: SnapshotChunkResponse | undefined) => void) | undefined
  #isCancelled = false

  constructor(parts: TransferParts, to: string, term: number, meta: SnapshotMeta) {
    this.#parts = parts
    this.#to = to
    this.#term = term
    this.#meta = meta
  }

  /** True when the follower has stored it all. */
  async run(): Promise<boolean> {
    let offset = 0
    for await (const data of this.#parts.storage.readSnapshot(this.#meta)) {
      if (!(await this.#deliver(offset, data, false))) return false
      offset += data.length
    }
    return this.#deliver(offset, NO_DATA, true)
  }

  answer(response: SnapshotChunkResponse): void {
    if (response.index === this.#meta.index) this.#answered?.(response)
  }

  cancel(): void {
    this.#isCancelled = true
    this.#answered?.(undefined)
  }

  async #deliver(offset: number, data: Uint8Array, isLast: boolean): Promise<boolean> {
    const { clock, send, answerTimeoutMs } = this.#parts
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !this.#isCancelled; attempt++) {
      const response = await new Promise<SnapshotChunkResponse | undefined>((resolve) => {
        const timer = clock.schedule(answerTimeoutMs, () => resolve(undefined))
        this.#answered = (value) => {
          timer.cancel()
          resolve(value)
        }
        send(this.#to, { kind: 'snapshotChunk', term: this.#term, snapshot: this.#meta, offset, data, isLast })
      })
      if (!response) continue
      if (response.term > this.#term) return false
      if (response.nextOffset === offset + data.length + (isLast ? 1 : 0)) return true
      if (response.nextOffset !== offset) return false
    }
    return false
  }
}

interface Incoming {
  from: string
  meta: SnapshotMeta
  offset: number
  body: ChunkQueue
  stored: Promise<boolean>
  isComplete: boolean
}

/** Takes the pieces of a snapshot from a leader into storage. */
export class SnapshotReceiver {
  readonly #parts: TransferParts
  readonly #installed: (from: string, term: number, meta: SnapshotMeta) => void
  #incoming: Incoming | undefined

  constructor(parts: TransferParts, installed: (from: string, term: number, meta: SnapshotMeta) => void) {
    this.#parts = parts
    this.#installed = installed
  }

  async receive(from: string, chunk: SnapshotChunk): Promise<void> {
    const { snapshot: meta, term } = chunk
    const reply = (nextOffset: number) =>
      this.#parts.send(from, { kind: 'snapshotChunkResponse', term, index: meta.index, nextOffset })
    let incoming = this.#incoming
    const isSame = incoming?.from === from && incoming.meta.index === meta.index && incoming.meta.term === meta.term
    if (!incoming || !isSame) {
      if (chunk.offset !== 0) return reply(0)
      this.stop()
      incoming = this.#incoming = this.#begin(from, meta)
    }
    if (incoming.isComplete) return
    if (chunk.offset !== incoming.offset) return reply(incoming.offset)
    incoming.offset += chunk.data.length
    if (!chunk.isLast) {
      await incoming.body.push(chunk.data)
      return reply(incoming.offset)
    }
    incoming.isComplete = true
    incoming.body.end()
    const isStored = await incoming.stored
    if (this.#incoming === incoming) this.#incoming = undefined
    if (!isStored) return
    this.#installed(from, term, meta)
    // One more than the length: all of it is stored.
    reply(incoming.offset + 1)
  }

  stop(): void {
    this.#incoming?.body.fail(new Error('the transfer was replaced'))
    this.#incoming = undefined
  }

  #begin(from: string, meta: SnapshotMeta): Incoming {
    const body = new ChunkQueue()
    const stored = this.#parts.storage.writeSnapshot(meta, body).then(
      () => true,
      (error: unknown) => {
        body.fail(error)
        return false
      },
    )
    return { from, meta, offset: 0, body, stored, isComplete: false }
  }
}

/** Hands pieces to one reader; `push` resolves when the reader has come back for more. */
class ChunkQueue implements AsyncIterable<Uint8Array> {
  #pieces: { data: Uint8Array; taken: () => void }[] = []
  #isEnded = false
  #error: unknown
  #wake: (() => void) | undefined

  push(data: Uint8Array): Promise<void> {
    if (this.#error) return Promise.resolve()
    return new Promise((taken) => {
      this.#pieces.push({ data, taken })
      this.#wake?.()
    })
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  fail(error: unknown): void {
    this.#error ??= error
    for (const { taken } of this.#pieces.splice(0)) taken()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#error) throw this.#error
      const piece = this.#pieces.shift()
      if (piece) {
        yield piece.data
        piece.taken()
      } else if (this.#isEnded) {
        return
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    }
  }
}
