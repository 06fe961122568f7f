/** The X-Consul-* headers of an answer. */
import type { QueryMeta } from '@sd/model'

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** A read's value and what the server said about it. */
export interface QueryResult<T> {
  readonly value: T
  readonly meta: QueryMeta
}

export function readMeta(headers: AnswerHeaders): QueryMeta {
  const effective = text(headers, 'x-consul-effective-consistency')
  return {
    index: number(headers, 'x-consul-index'),
    knownLeader: text(headers, 'x-consul-knownleader') === 'true',
    lastContactMs: number(headers, 'x-consul-lastcontact'),
    ...(effective === 'leader' || effective === 'consistent' || effective === 'stale'
      ? { effectiveConsistency: effective }
      : {}),
    ...(text(headers, 'x-consul-results-filtered-by-acls') === 'true' ? { resultsFilteredByAcls: true } : {}),
  }
}

function text(headers: AnswerHeaders, name: string): string {
  const value = headers[name]
  return typeof value === 'object' ? (value[0] ?? '') : (value ?? '')
}

/** 0 for a header that is absent or no number, which makes a watch read again instead of waiting. */
function number(headers: AnswerHeaders, name: string): number {
  const value = Number(text(headers, name))
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}
