import { InflightWindow } from './inflight-window'

/**
 * What a leader knows of one follower.
 * `probe`: finding where the logs agree, one append at a time. `replicate`: appends go out ahead of answers.
 * `snapshot`: waits until a snapshot has arrived.
 */
export class Progress {
  state: 'probe' | 'replicate' | 'snapshot' = 'probe'
  matchIndex = 0
  nextIndex: number
  /** In `probe`: an append is on its way. */
  probeSent = false
  snapshotIndex = 0
  lastAnswerMs: number
  answeredRound = 0
  readonly inflight: InflightWindow

  constructor(nextIndex: number, nowMs: number, inflightMax: number) {
    this.nextIndex = nextIndex
    this.lastAnswerMs = nowMs
    this.inflight = new InflightWindow(inflightMax)
  }

  probe(): void {
    this.state = 'probe'
    this.probeSent = false
    this.inflight.clear()
    this.nextIndex = this.matchIndex + 1
  }

  awaitSnapshot(index: number): void {
    this.state = 'snapshot'
    this.snapshotIndex = index
    this.inflight.clear()
  }

  /** Finds out what the follower has now; where it took the snapshot, that is everything up to it. */
  snapshotEnded(isStored: boolean): void {
    if (this.state !== 'snapshot') return
    this.probe()
    if (isStored) this.nextIndex = Math.max(this.nextIndex, this.snapshotIndex + 1)
  }

  /** The follower has the log up to `index`. True when that is news. */
  matched(index: number): boolean {
    const isNews = index > this.matchIndex
    if (isNews) this.matchIndex = index
    this.nextIndex = Math.max(this.nextIndex, this.matchIndex + 1)
    this.inflight.release(index)
    if (this.state === 'snapshot' && this.matchIndex < this.snapshotIndex) return isNews
    if (this.state !== 'replicate') {
      this.state = 'replicate'
      this.inflight.clear()
      this.nextIndex = this.matchIndex + 1
    }
    return isNews
  }

  /** The append after `prevIndex` did not fit. False when that is old news. */
  refused(prevIndex: number, agreeIndex: number): boolean {
    if (this.state === 'snapshot') return false
    if (this.state === 'replicate' ? prevIndex <= this.matchIndex : prevIndex !== this.nextIndex - 1) return false
    const next = Math.max(this.matchIndex + 1, Math.min(prevIndex, agreeIndex + 1))
    this.probe()
    this.nextIndex = next
    return true
  }
}
