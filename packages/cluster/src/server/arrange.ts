/** What every list goes through after it was found: the caller's filter, then the order by distance. */
import { type CatalogTables, createFilter, type QueryResult, type Selectors, sortByDistance } from '@sd/catalog'
import { errorMessage } from '@sd/runtime'
import { refused } from '../errors'

export type Predicate<T> = (value: T) => boolean

/** What the parser's words come after, but for the agent's own checks. */
const FILTER_CONTEXT = 'Failed to create boolean expression evaluator: '

/** The compiled filter of a request, undefined when it has none. @throws 500, as Consul does, with the parser's words */
export function filterOf<T>(
  selectors: Selectors,
  expression: string | undefined,
  context = FILTER_CONTEXT,
): Predicate<T> | undefined {
  if (!expression) return undefined
  try {
    return createFilter<T>(expression, selectors)
  } catch (error) {
    throw refused(errorMessage(error).replace(FILTER_CONTEXT, context))
  }
}

export function arrange<T>(
  tables: CatalogTables,
  found: QueryResult<readonly T[]>,
  filter?: Predicate<T>,
  near?: string,
  nodeOf: (value: T) => string = () => '',
): QueryResult<readonly T[]> {
  if (!filter && !near) return found
  const wanted = filter ? found.value.filter(filter) : found.value
  return { index: found.index, value: near ? sortByDistance(tables, near, wanted, nodeOf) : wanted }
}
