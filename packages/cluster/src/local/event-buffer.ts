/** The last user events that reached this agent, and the wait for the next. */
import type { UserEvent } from '@sd/model'

/** Events kept; the oldest goes first (Consul's figure). */
const EVENTS_MAX = 256

export class EventBuffer {
  readonly #events: UserEvent[] = []
  readonly #waiting = new Set<() => void>()

  add(event: UserEvent): void {
    this.#events.push(event)
    if (this.#events.length > EVENTS_MAX) this.#events.shift()
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** Oldest first; with `name` only those. */
  list(name?: string): readonly UserEvent[] {
    return name ? this.#events.filter((event) => event.name === name) : [...this.#events]
  }

  /** Calls back once, at the next event. Returns a way to give up. */
  onEvent(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }
}

/** The number that stands for an event in `X-Consul-Index`: both halves of its id, combined (Consul's uuidToUint64). */
export function eventIndex(id: string): bigint {
  const digits = id.replaceAll('-', '')
  return BigInt(`0x${digits.slice(0, 16)}`) ^ BigInt(`0x${digits.slice(16)}`)
}
