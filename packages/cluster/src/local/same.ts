/** Whether a claim and the catalog's row say the same; indexes do not count. */
import {
  type FieldTable,
  type HealthCheck,
  healthCheckFields,
  jsonEncoder,
  type NodeService,
  nodeServiceFields,
} from '@sd/model'

/** Go compares nil and empty maps and slices of these types as different, but stores them as it likes: we do not. */
const settled = (value: unknown): unknown => {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.length === 0 ? null : value
  return Object.keys(value).length === 0 ? null : value
}

function comparable<T extends object>(table: FieldTable<T>, value: T): string {
  const plain: Record<string, unknown> = {}
  for (const { key } of table.fields) plain[key] = settled((value as Record<string, unknown>)[key])
  plain['createIndex'] = 0
  plain['modifyIndex'] = 0
  return jsonEncoder(table)(plain as T)
}

export const sameService = (a: NodeService, b: NodeService): boolean =>
  a === b || comparable(nodeServiceFields, a) === comparable(nodeServiceFields, b)

export const sameCheck = (a: HealthCheck, b: HealthCheck): boolean =>
  a === b || comparable(healthCheckFields, a) === comparable(healthCheckFields, b)

/** Whether two string maps say the same; absent is empty. */
export function sameMap(
  a: Readonly<Record<string, string>> | null,
  b: Readonly<Record<string, string>> | null,
): boolean {
  const left = a ?? {}
  const right = b ?? {}
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length && keys.every((key) => left[key] === right[key])
}
