import type { CheckStatus } from './check-definition'

/** What one run found. */
export interface ProbeResult {
  readonly status: CheckStatus
  readonly output: string
  /** True when the result counts at once, past `failuresBeforeCritical` (Consul: a script that timed out or would not start). */
  readonly isFinal?: boolean
  /** Resolves when everything of this run is gone; the next run waits for it. */
  readonly finished?: Promise<void>
}

/**
 * One way to look at a target. `run` never rejects: whatever goes wrong is a critical result.
 * When `signal` aborts, time is up: the probe answers soon with its own words for a timeout and leaves nothing open.
 */
export interface Probe {
  /** How long one run may take, in milliseconds. Zero: no limit. */
  readonly timeoutMs: number
  /** What a run costs: a socket, or a process (fewer of these run at once). */
  readonly cost: 'socket' | 'process'
  run(options: { signal: AbortSignal }): Promise<ProbeResult>
}
