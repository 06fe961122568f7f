/** Differences from Consul that stay, each with its reason. An entry that no longer shows fails its suite. */
import type { Difference } from './exchange'

export interface KnownDifference {
  /** The area of scenarios in which it shows. */
  readonly area: string
  /** Requests, by method and target. */
  readonly request: RegExp
  /** `status`, `header X` or `body`. */
  readonly where: RegExp
  /** Which of these differences are meant, by what ours says. @defaultValue all */
  readonly ours?: RegExp
  readonly reason: string
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = []

export const isKnown = (area: string, { request, where, ours }: Difference, known: KnownDifference): boolean =>
  known.area === area && known.request.test(request) && known.where.test(where) && (known.ours?.test(ours) ?? true)
