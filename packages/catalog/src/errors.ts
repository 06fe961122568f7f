import { SdError } from '@sd/runtime'

/** Codes of refused commands; `message` has Consul's words. */
export type RefusalCode =
  | 'CATALOG_MISSING_NODE'
  | 'CATALOG_MISSING_SERVICE'
  | 'CATALOG_MISSING_SESSION_ID'
  | 'CATALOG_INVALID_COMMAND'
  | 'CATALOG_NODE_NAME_RESERVED'
  | 'CATALOG_INVALID_SESSION'

/** Thrown inside a command to roll it back; becomes a `refused` result. */
export class RefusedError extends SdError<RefusalCode> {
  /** The same refusal, with more words before it. */
  within(context: string): RefusedError {
    return new RefusedError(this.code, `${context}: ${this.message}`)
  }
}

export const missingNode = () => new RefusedError('CATALOG_MISSING_NODE', 'Missing node registration')
export const missingService = () => new RefusedError('CATALOG_MISSING_SERVICE', 'Missing service registration')

/** A log entry or snapshot that this version cannot read. Going on would let replicas differ, so the caller must stop. */
export class UnreadableDataError extends SdError<'CATALOG_UNREADABLE_COMMAND' | 'CATALOG_UNREADABLE_SNAPSHOT'> {}
