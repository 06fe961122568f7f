import { healthCheckFields } from './check'
import { defineFields, structList, structPointer, type TypeOf } from './fields/field-table'
import { nodeFields } from './node'
import { nodeServiceFields } from './service'

/** A service instance with its node and all checks that concern it, as `/v1/health/service/NAME` lists it. */
export const checkServiceNodeFields = defineFields('CheckServiceNode', {
  node: structPointer('Node', () => nodeFields),
  service: structPointer('Service', () => nodeServiceFields),
  checks: structList('Checks', () => healthCheckFields),
})
export interface CheckServiceNode extends TypeOf<typeof checkServiceNodeFields> {}
