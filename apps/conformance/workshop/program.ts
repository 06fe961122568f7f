/** A program that runs on a machine until it is stopped. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Machine } from './machine'

/** How long a program may take to end after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 10_000

export class Program {
  readonly name: string
  /** Process id as the machine sees it. */
  readonly pid: number
  readonly #machine: Machine
  readonly #entrance: ChildProcess

  constructor(name: string, machine: Machine, pid: number, entrance: ChildProcess) {
    this.name = name
    this.pid = pid
    this.#machine = machine
    this.#entrance = entrance
  }

  get isRunning(): boolean {
    return this.#entrance.exitCode === null && this.#entrance.signalCode === null
  }

  /** Sends a signal and waits until the program has ended; SIGTERM is followed by SIGKILL when it does not listen. */
  async end(signal: 'TERM' | 'KILL' = 'TERM'): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.#entrance, 'exit')
    await this.#signal(signal)
    const timer = setTimeout(() => void this.#signal('KILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }

  async #signal(signal: string): Promise<void> {
    await this.#machine.run(['sh', '-c', 'kill -s "$0" "$1"', signal, String(this.pid)])
  }
}
