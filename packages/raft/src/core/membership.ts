import type { Configuration, Entry, RaftServer } from './messages'

const text = { encode: new TextEncoder(), decode: new TextDecoder() }

/** Same voters give the same bytes on every server, so that all may write entry 1 by themselves. */
export function encodeConfiguration(configuration: Configuration): Uint8Array {
  const voters = configuration.voters.map(({ id, address }) => ({ id, address }))
  voters.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  return text.encode.encode(JSON.stringify({ voters }))
}

export function decodeConfiguration(data: Uint8Array): Configuration {
  const value = JSON.parse(text.decode.decode(data)) as { voters: RaftServer[] }
  return { voters: value.voters.map(({ id, address }) => ({ id: String(id), address: String(address) })) }
}

interface Known {
  readonly index: number
  readonly configuration: Configuration
}

/** Follows which configuration holds: the latest in the log, committed or not (thesis section 4.1). */
export class Membership {
  #history: Known[]
  #voterIds: { of: Configuration; ids: readonly string[] } | undefined

  constructor(base: Known, entries: readonly Entry[]) {
    this.#history = [base]
    for (const entry of entries) this.observe(entry)
  }

  get latest(): Configuration {
    return this.#last.configuration
  }

  get latestIndex(): number {
    return this.#last.index
  }

  get voterIds(): readonly string[] {
    if (this.#voterIds?.of !== this.latest) {
      this.#voterIds = { of: this.latest, ids: this.latest.voters.map((voter) => voter.id) }
    }
    return this.#voterIds.ids
  }

  isVoter(id: string): boolean {
    return this.voterIds.includes(id)
  }

  /** The configuration that held at `index`. */
  at(index: number): Known {
    for (let i = this.#history.length - 1; i > 0; i--) {
      const item = this.#history[i] as Known
      if (item.index <= index) return item
    }
    return this.#history[0] as Known
  }

  observe(entry: Entry): void {
    if (entry.kind !== 'configuration') return
    this.#history.push({ index: entry.index, configuration: decodeConfiguration(entry.data) })
  }

  truncateFrom(index: number): void {
    while (this.#history.length > 1 && this.#last.index >= index) this.#history.pop()
  }

  compact(throughIndex: number): void {
    const base = this.at(throughIndex)
    this.#history = this.#history.slice(this.#history.indexOf(base))
  }

  reset(base: Known): void {
    this.#history = [base]
  }

  get #last() {
    return this.#history.at(-1) as Known
  }
}
