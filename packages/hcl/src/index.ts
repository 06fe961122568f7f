/**
 * HCL 1 and JSON configuration texts to plain objects, as Consul reads them.
 *
 * ```ts
 * parseHcl('service "web" { port = 80 }') // { service: [{ web: [{ port: 80 }] }] }
 * ```
 * @packageDocumentation
 */
import { isSdError } from '@sd/runtime'
import type { HclError } from './hcl-error'
import { parseJsonDialect } from './json-dialect'
import { parse } from './parser'
import { type HclObject, toObject } from './to-object'
import { decodeUtf8 } from './utf8'

export { HclError, type HclErrorCode, NESTING_MAX } from './hcl-error'
export { JSON_NESTING_MAX, parseJson, parseJsonObject } from './go-json'
export { type HclObject, type HclValue } from './to-object'

export interface ParseHclOptions {
  /**
   * Refuse a second `key = value` of the same key in one object, as Consul does for ACL rules.
   * @defaultValue false: scalars are overwritten, lists appended (as in agent configuration)
   */
  refuseDuplicates?: boolean
}

/** Throws {@link HclError}. A text that starts with '{' is read as HCL's lenient JSON. */
export function parseHcl(text: string | Uint8Array, options: ParseHclOptions = {}): HclObject {
  const decoded = typeof text === 'string' ? text : decodeUtf8(text)
  if (/^[\s\u0085]*\{/.test(decoded)) return toObject(parseJsonDialect(decoded))
  return toObject(parse(decoded, { refuseDuplicates: options.refuseDuplicates ?? false }))
}

/** True for an error of this package, also of another copy of it. */
export const isHclError = (value: unknown): value is HclError =>
  isSdError(value, 'HCL_SYNTAX') || isSdError(value, 'HCL_VALUE')
