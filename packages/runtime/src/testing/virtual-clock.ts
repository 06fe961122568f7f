import type { Clock, Timer } from '../clock'

interface Scheduled {
  atMs: number
  order: number
  callback: () => void
}

/** A clock that moves only when told to. */
export class VirtualClock implements Clock {
  #nowMs = 0
  #order = 0
  #scheduled: Scheduled[] = []

  constructor(readonly epochMs = 1_700_000_000_000) {}

  now(): number {
    return this.epochMs + this.#nowMs
  }

  monotonic(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const item = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback }
    this.#scheduled.push(item)
    return {
      cancel: () => {
        this.#scheduled = this.#scheduled.filter((other) => other !== item)
      },
    }
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#scheduled.length
  }

  /** Moves time forward, running what falls due in order, and lets promises settle in between. */
  async advance(byMs: number): Promise<void> {
    const endMs = this.#nowMs + byMs
    await settle()
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#nowMs = next.atMs
      this.#scheduled = this.#scheduled.filter((other) => other !== next)
      next.callback()
      await settle()
    }
    this.#nowMs = endMs
  }

  #next(endMs: number): Scheduled | undefined {
    let first: Scheduled | undefined
    for (const item of this.#scheduled) {
      if (item.atMs > endMs) continue
      if (!first || item.atMs < first.atMs || (item.atMs === first.atMs && item.order < first.order)) first = item
    }
    return first
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
