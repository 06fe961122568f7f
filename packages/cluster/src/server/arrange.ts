/** What every list goes through after it was found: the caller's filter, then the order by distance. */
import { type CatalogTables, compileFilter, type QueryResult, sortByDistance } from '@sd/catalog'
import type { FieldTable } from '@sd/model'
import { errorMessage } from '@sd/runtime'
import { badRequest } from '../errors'

export type Predicate<T> = (value: T) => boolean

/** The compiled filter of a request, undefined when it has none. @throws 400 with the parser's words */
export function filterOf<T extends object>(
  table: FieldTable<T>,
  expression: string | undefined,
): Predicate<T> | undefined {
  if (!expression) return undefined
  try {
    return compileFilter(table, expression)
  } catch (error) {
    throw badRequest(`Failed to create boolean expression evaluator: ${errorMessage(error)}`)
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
