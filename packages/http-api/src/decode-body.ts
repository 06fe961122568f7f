/** JSON bodies to typed values, refused in the words of Go's decoder. */
import { errorMessage, isSdError, SdError, goQuote } from '@sd/runtime'
import { decodeFields, type FieldDecodeError, type FieldTable } from '@sd/model'
import { HttpStatusError } from './errors'
import { parseGoJson } from './go/go-json'
import { goFieldType, goStructName } from './go/go-type-names'

import type { RequestContext } from './request-context'

export interface DecodeBodyOptions {
  /** What comes before the reason. @defaultValue "Request decode failed: " */
  prefix?: string
  /** Fields that the table lacks are ignored instead of refused. */
  ignoreUnknown?: boolean
  /** Says of an unknown "Namespace" that it belongs to the enterprise edition. */
  explainsNamespace?: boolean
  /** Names of fields of earlier versions that clients still send: accepted and not used. */
  obsolete?: readonly string[]
  /** Refuses or changes the value before it is decoded. */
  prepare?: (value: unknown) => void
}

const DEFAULT_PREFIX = 'Request decode failed: '

/** Types that Go decodes through an anonymous struct around an alias of themselves; its errors show that. */
const ALIASED = new Set(['ServiceDefinition', 'CheckDefinition', 'Session', 'DeregisterRequest'])
const FIELD = /struct field \w+\.\w+ of type (\S+)$/
const STRUCT = /value of type struct$/

/** The path of a field as Go's decoder names it: the innermost struct that has a name, then every step to the field. */
function goPlace(error: FieldDecodeError): string {
  const { path, place } = error.details as { path: string; place: string }
  const [owner = '', field = ''] = place.split('.')
  const steps = path
    .replace(/\[\d+\]/g, '')
    .split('.')
    .slice(0, -1)
  const shown = steps.flatMap((step, depth) => {
    if (depth === 0 && /^checks?$/i.test(step) && owner === 'CheckDefinition') return ['Alias', step, 'Alias']
    return owner === 'HealthCheckDefinition' && depth === steps.length - 1 ? [step, 'Alias'] : [step]
  })
  if (steps.length === 0 && ALIASED.has(owner)) shown.push('Alias')
  const name = ALIASED.has(owner) ? '' : owner === 'HealthCheckDefinition' ? 'HealthCheck' : owner
  return `struct field ${[name, ...shown, field].join('.')} of type`
}

/** A struct was wanted: the whole body, or the field (perhaps in a list) at the end of the path. */
function goStruct(error: FieldDecodeError, table: string): string {
  const { path, place } = error.details as { path: string; place: string }
  const type = goStructName(place) ?? 'struct'
  if (path === '') return `value of type ${type}`
  const steps = path.replace(/\[\d+\]/g, '').split('.')
  if (steps.length > 1) return `value of type ${type}`
  const owner = ALIASED.has(table) ? '.Alias' : table
  return `struct field ${owner}.${steps.join('.')} of type ${type}`
}

function inGoWords(error: FieldDecodeError, table: string): string {
  const { place } = error.details as { place: string }
  return error.message
    .replace(FIELD, (_, type: string) => `${goPlace(error)} ${goFieldType(place, type)}`)
    .replace(STRUCT, () => goStruct(error, table))
}

/** The parsed body; undefined for an empty one. */
export async function jsonBody(context: RequestContext, prefix: string): Promise<unknown> {
  const max = context.options.bodyBytesMax
  const body = await context.body(
    max,
    () => new HttpStatusError(413, `Request body too large. Max allowed is ${max} bytes.`),
  )
  return parseOrRefuse(body, prefix)
}

export function parseOrRefuse(body: Uint8Array, prefix: string): unknown {
  return refusing(prefix, () => parseGoJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString()))
}

export function decodeOrRefuse<T extends object>(
  table: FieldTable<T>,
  value: unknown,
  options: DecodeBodyOptions = {},
): T {
  const onUnknown = (_path: unknown, key: string) => {
    if (!options.obsolete?.some((name) => name.toLowerCase() === key.toLowerCase())) {
      refuseField(key, options.explainsNamespace)
    }
  }
  return refusing(
    options.prefix ?? DEFAULT_PREFIX,
    () => decodeFields(table, value, options.ignoreUnknown ? {} : { onUnknown }),
    table.name,
  )
}

/** The body of `context`, decoded by `table`. */
export async function decodeBody<T extends object>(
  context: RequestContext,
  table: FieldTable<T>,
  options: DecodeBodyOptions = {},
): Promise<T> {
  const prefix = options.prefix ?? DEFAULT_PREFIX
  const value = await jsonBody(context, prefix)
  refusing(prefix, () => options.prepare?.(value))
  return decodeOrRefuse(table, value, options)
}

/** Says of a field that Go does not know it. */
export function refuseField(key: string, explainsNamespace = false): never {
  const hint = explainsNamespace && key === 'Namespace' ? ' - Namespaces are a Consul Enterprise feature' : ''
  throw new SdError('HTTP_UNKNOWN_FIELD', `json: unknown field ${goQuote(key)}${hint}`)
}

const isFieldError = (error: unknown): error is FieldDecodeError => isSdError(error, 'MODEL_FIELD_DECODE')

function refusing<T>(prefix: string, decode: () => T, table = ''): T {
  try {
    return decode()
  } catch (error) {
    const message = errorMessage(error)
    throw new HttpStatusError(400, prefix + (isFieldError(error) ? inGoWords(error, table) : message))
  }
}
