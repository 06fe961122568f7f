import type { CheckStatus } from './check-definition'

/** Keeps one check's status up to date between `start` and `stop`: by running a probe, by a timer, or by following others. */
export interface CheckDriver {
  start(): void
  /** No report comes after this. Resolves when nothing of it is left. */
  stop(): Promise<void>
}

/** Where a driver tells what the check is now. */
export type Report = (status: CheckStatus, output: string) => void
