import type { CheckDefinition, CheckStatus } from './check-definition'

/**
 * Holds back a change of status until enough results in a row agree (Consul's StatusHandler).
 * Warning counts as success. The first result of a check always passes.
 */
export class StatusGate {
  readonly #successBeforePassing: number
  readonly #failuresBeforeWarning: number
  readonly #failuresBeforeCritical: number
  #successes: number
  #failures: number

  constructor(
    check: Pick<CheckDefinition, 'successBeforePassing' | 'failuresBeforeWarning' | 'failuresBeforeCritical'>,
  ) {
    this.#successBeforePassing = check.successBeforePassing ?? 0
    this.#failuresBeforeCritical = check.failuresBeforeCritical ?? 0
    this.#failuresBeforeWarning = check.failuresBeforeWarning || this.#failuresBeforeCritical
    this.#successes = this.#successBeforePassing
    this.#failures = this.#failuresBeforeCritical
  }

  /** The status to show now, or undefined to leave the check as it is. */
  admit(status: CheckStatus): CheckStatus | undefined {
    if (status !== 'critical') {
      this.#successes++
      this.#failures = 0
      return this.#successes >= this.#successBeforePassing ? status : undefined
    }
    this.#failures++
    this.#successes = 0
    if (this.#failures >= this.#failuresBeforeCritical) return 'critical'
    return this.#failures >= this.#failuresBeforeWarning ? 'warning' : undefined
  }
}
