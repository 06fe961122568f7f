/** Coded errors, recognised across copies of a package by a registered symbol. */

const BRAND = Symbol.for('@sd/error')

export interface SdErrorOptions {
  /** Facts that a program may act on; never secrets. */
  details?: Record<string, unknown>
  cause?: unknown
  /** True when the same call may succeed later without a change by the caller. */
  retryable?: boolean
}

/** The base of every error that an @sd package throws on purpose. `code` is stable, the message is for people. */
export class SdError<Code extends string = string> extends Error {
  readonly code: Code
  readonly details: Readonly<Record<string, unknown>>
  readonly retryable: boolean

  constructor(code: Code, message: string, options: SdErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.code = code
    this.details = options.details ?? {}
    this.retryable = options.retryable ?? false
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/** True for an error of any @sd package; with `code`, only for that one. Works across the ESM and CJS copies. */
export function isSdError<Code extends string = string>(value: unknown, code?: Code): value is SdError<Code> {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as Record<symbol, unknown>)[BRAND] === true &&
    (code === undefined || (value as SdError).code === code)
  )
}

/** The message of anything that was thrown. */
export const errorMessage = (value: unknown): string => (value instanceof Error ? value.message : String(value))
