import { OverloadedError } from '../errors'

/** Where a proposal ended up and what the state machine answered. */
export interface ProposalResult {
  readonly index: number
  readonly term: number
  readonly result: unknown
}

interface Pending {
  readonly term: number
  readonly bytes: number
  readonly resolve: (result: ProposalResult) => void
  readonly reject: (error: unknown) => void
}

export type NewProposal = Omit<Pending, 'term' | 'bytes'> & { readonly data: Uint8Array }

/** The promises of proposals that are in the log and not yet applied, by index. Bounded in bytes. */
export class PendingProposals {
  readonly #byIndex = new Map<number, Pending>()
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Makes room for `bytes`, or throws RAFT_OVERLOADED. One proposal is always let in. */
  reserve(bytes: number): void {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#bytesMax) {
      throw new OverloadedError({ waitingBytes: this.#bytes, waitingBytesMax: this.#bytesMax })
    }
    this.#bytes += bytes
  }

  release(bytes: number): void {
    this.#bytes -= bytes
  }

  add(firstIndex: number, term: number, proposals: readonly NewProposal[]): void {
    let index = firstIndex
    for (const { data, resolve, reject } of proposals) {
      this.#byIndex.set(index++, { term, bytes: data.length, resolve, reject })
    }
  }

  resolve(index: number, term: number, result: unknown): void {
    const pending = this.#take(index)
    if (pending) pending.resolve({ index, term, result })
  }

  /** Rejects everything above `index`. */
  rejectAbove(index: number, error: (pending: { index: number; term: number }) => unknown): void {
    for (const [at, { term, reject }] of [...this.#byIndex]) {
      if (at <= index) continue
      this.#take(at)
      reject(error({ index: at, term }))
    }
  }

  #take(index: number): Pending | undefined {
    const pending = this.#byIndex.get(index)
    if (!pending) return undefined
    this.#byIndex.delete(index)
    this.#bytes -= pending.bytes
    return pending
  }
}
