import { errorMessage, parseDuration } from '@sd/runtime'
import { goQuote } from '@sd/cli/flags'
import { ConfigError, joinFaults } from './config-error'

/** Collects what is wrong with values, so that one start reports all of it. */
export class Faults {
  readonly #sentences: string[] = []

  add(sentence: string): void {
    this.#sentences.push(sentence)
  }

  /** Throws {@link ConfigError} when anything was added. */
  throwIfAny(): void {
    if (this.#sentences.length > 0) throw new ConfigError(joinFaults(this.#sentences))
  }

  /** Milliseconds; 0 for nothing, and for what is reported as a fault. */
  duration(name: string, text: string | undefined): number {
    if (text === undefined) return 0
    try {
      return parseDuration(text)
    } catch (error) {
      this.add(`${name}: invalid duration: ${goQuote(text)}: ${errorMessage(error)}`)
      return 0
    }
  }

  /** -1 for a port that is not used. */
  port(name: string, value: number | undefined): number {
    if (value === undefined || value <= 0) return -1
    if (value > 65_535) this.add(`${name}: invalid port: ${value}`)
    return value
  }
}
