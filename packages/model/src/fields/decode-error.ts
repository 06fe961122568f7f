import { SdError } from '@sd/runtime'

/** What Go's encoding/json calls a value of this kind. */
const goKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'number':
    case 'bigint':
      return typeof value === 'number' && !Number.isSafeInteger(value) ? `number ${value}` : 'number'
    case 'boolean':
      return 'bool'
    default:
      return 'object'
  }
}

/** A value that does not fit its field; the message is that of Go's encoding/json. */
export class FieldDecodeError extends SdError<'MODEL_FIELD_DECODE'> {
  constructor(value: unknown, path: string, place: string, goType: string, reason?: string) {
    super(
      'MODEL_FIELD_DECODE',
      reason ??
        `json: cannot unmarshal ${goKind(value)} into Go ${place.includes('.') ? `struct field ${place}` : 'value'} of type ${goType}`,
      { details: { path, place, goType } },
    )
  }
}
