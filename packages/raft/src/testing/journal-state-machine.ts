import type { AppliedEntry, StateMachine, StateMachineSnapshot } from '../ports/state-machine'

/** A state machine for tests: keeps every command as text, answers how many there were, streams them as a snapshot. */
export class JournalStateMachine implements StateMachine {
  commands: string[] = []
  applyCalls = 0

  apply(entries: readonly AppliedEntry[]): unknown[] {
    this.applyCalls++
    return entries.map(({ data }) => this.commands.push(Buffer.from(data).toString()))
  }

  snapshot(): StateMachineSnapshot {
    const { commands } = this
    const length = commands.length
    return {
      async *chunks() {
        for (let at = 0; at < length; at += 1000) {
          yield Buffer.from(`${JSON.stringify(commands.slice(at, Math.min(at + 1000, length)))}\n`)
        }
      },
    }
  }

  async restore(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const chunk of chunks) parts.push(chunk)
    const lines = Buffer.concat(parts).toString().split('\n').filter(Boolean)
    this.commands = lines.flatMap((line) => JSON.parse(line) as string[])
  }
}
