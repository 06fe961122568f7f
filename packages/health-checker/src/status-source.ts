import type { CheckStatus } from './check-definition'

/** What an alias check follows. */
export interface AliasTarget {
  /** The alias check itself. */
  readonly checkId: string
  /** Node name, or '' for this node. */
  readonly node: string
  /** Service ID, or '' for the node's own checks only. */
  readonly serviceId: string
  /** Token of the check's definition, if any. */
  readonly token: string | undefined
}

/** A check of the followed node. Those of other services may be there too: the alias check skips them. */
export interface AliasedCheck {
  readonly node: string
  /** '' for a check of the node. */
  readonly serviceId: string
  readonly name: string
  readonly status: CheckStatus | (string & {})
  readonly output: string
}

export interface AliasedState {
  readonly checks: readonly AliasedCheck[]
  /** Whether the service is registered there; true when that is not known. */
  readonly serviceExists: boolean
  /** Handed back in the next call, to wait for something newer. */
  readonly index: number
}

/** Port: where alias checks read what they follow. */
export interface StatusSource {
  /**
   * With `index` 0: answers at once. With the index of the last answer: waits until something may have changed, at most about a
   * minute, then answers. Rejects when it cannot be known, and when `signal` aborts.
   */
  read(target: AliasTarget, options: { index: number; signal: AbortSignal }): Promise<AliasedState>
}
