/** Filters over answers (`?filter=`): go-bexpr 0.1.2, as Consul 1.22 uses it. */
import { SdError } from '@sd/runtime'
import { compile, FilterFault } from './evaluate'
import { parseFilter } from './filter-parser'
import type { Selectors } from './selectors'

/** The filter is refused; the message is Consul's, for an answer with status 400. */
export class InvalidFilterError extends SdError<'CATALOG_INVALID_FILTER'> {}

export type Filter<T> = (item: T) => boolean

/** Compiles a filter for a type. Throws {@link InvalidFilterError}. */
export function createFilter<T>(expression: string, selectors: Selectors): Filter<T> {
  const outcome = parseFilter(expression)
  if ('error' in outcome) throw invalid(outcome.error)
  try {
    return compile(outcome.expression, selectors)
  } catch (error) {
    if (error instanceof FilterFault) throw invalid(error.message)
    throw error
  }
}

const invalid = (why: string): InvalidFilterError =>
  new InvalidFilterError('CATALOG_INVALID_FILTER', `Failed to create boolean expression evaluator: ${why}`)
