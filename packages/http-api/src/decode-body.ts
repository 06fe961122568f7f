/** JSON bodies to typed values, refused in the words of Go's decoder. */
import { errorMessage, SdError } from '@sd/runtime'
import { decodeFields, type FieldTable } from '@sd/model'
import { HttpStatusError } from './errors'
import { parseGoJson } from './go/go-json'
import { quoteGo } from './go/go-values'
import type { RequestContext } from './request-context'

export interface DecodeBodyOptions {
  /** What comes before the reason. @defaultValue "Request decode failed: " */
  prefix?: string
  /** Fields that the table lacks are ignored instead of refused. */
  ignoreUnknown?: boolean
  /** Names of fields of earlier versions that clients still send: accepted and not used. */
  obsolete?: readonly string[]
}

/** Types that Go decodes through an anonymous struct around an alias of themselves; its errors show that. */
const ALIASED = /struct field (?:ServiceDefinition|CheckDefinition|Session|HealthCheck|HealthCheckDefinition)\./

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
    if (!options.obsolete?.some((name) => name.toLowerCase() === key.toLowerCase())) refuseField(key)
  }
  return refusing(options.prefix ?? 'Request decode failed: ', () =>
    decodeFields(table, value, options.ignoreUnknown ? {} : { onUnknown }),
  )
}

/** The body of `context`, decoded by `table`. */
export async function decodeBody<T extends object>(
  context: RequestContext,
  table: FieldTable<T>,
  options: DecodeBodyOptions = {},
): Promise<T> {
  return decodeOrRefuse(table, await jsonBody(context, options.prefix ?? 'Request decode failed: '), options)
}

export function refuseField(key: string): never {
  throw new SdError('HTTP_UNKNOWN_FIELD', `json: unknown field ${quoteGo(key)}`)
}

function refusing<T>(prefix: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw new HttpStatusError(400, prefix + errorMessage(error).replace(ALIASED, 'struct field .Alias.'))
  }
}
