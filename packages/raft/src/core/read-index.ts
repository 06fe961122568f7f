import { quorumValue } from './quorum'

/**
 * Linearizable reads without a log entry (thesis section 6.4): the leader notes its commit index, proves to a
 * quorum that it still leads, and answers. Reads that arrive while a proof runs share the next one.
 */
export class ReadIndex {
  #waiting: number[] = []
  #proving: number[] = []
  #index = 0
  round = 0

  add(readId: number): void {
    this.#waiting.push(readId)
  }

  /** Starts the next round when there is something to prove and none is running. */
  begin(commitIndex: number): boolean {
    if (this.#waiting.length === 0 || this.#proving.length > 0) return false
    this.#proving = this.#waiting
    this.#waiting = []
    this.#index = commitIndex
    this.round++
    return true
  }

  /** The reads that a quorum's answers have proven. */
  finish(answeredRounds: readonly number[]): { readId: number; index: number }[] {
    if (this.#proving.length === 0 || quorumValue(answeredRounds) < this.round) return []
    const ready = this.#proving.map((readId) => ({ readId, index: this.#index }))
    this.#proving = []
    return ready
  }

  /** The server no longer leads: everything open fails. */
  fail(): number[] {
    const failed = [...this.#proving, ...this.#waiting]
    this.#proving = []
    this.#waiting = []
    return failed
  }
}
