/** The few shapes of answers that handlers give. */
import { jsonAny, jsonString, type JsonValue } from '@sd/model'
import { errorMessage } from '@sd/runtime'
import type { LocalResult, MaybePromise, ReadResult } from './backend/call'
import { errorReply } from './error-responses'
import type { RequestContext } from './request-context'
import { metaHeaders } from './respond'
import type { Reply } from './route'

/** 200 with nothing in it. */
export const DONE: Reply = {}
export const TRUE: Reply = { body: 'true' }
export const FALSE: Reply = { body: 'false' }

export const jsonReply = (value: JsonValue): Reply => ({ body: jsonAny(value) })
export const textListJson = (list: readonly string[]): string => `[${list.map(jsonString).join(',')}]`

/** A read of replicated data. `showsConsistency` adds X-Consul-Effective-Consistency, which Consul sends for catalog and health. */
export function readReply<T>(
  context: RequestContext,
  result: ReadResult<T>,
  encode: (value: T) => string,
  showsConsistency = false,
): Reply {
  const headers = metaHeaders(result.meta, showsConsistency ? context.consistencyName : undefined)
  if (result.cache) {
    headers.unshift('X-Cache', result.cache.hit ? 'HIT' : 'MISS')
    if (result.cache.hit) headers.unshift('Age', String(Math.round(result.cache.ageMs / 1_000)))
  }
  return { headers, read: { result, encode } as Reply['read'] & object }
}

/** An answer of the agent itself. Whether it was filtered is only said to those who sent a token. */
export const localReply = <T>(
  context: RequestContext,
  result: LocalResult<T>,
  encode: (value: T) => string,
): Reply => ({
  body: encode(result.value),
  ...(result.resultsFilteredByAcls && context.token !== undefined
    ? { headers: ['X-Consul-Results-Filtered-By-Acls', 'true'] }
    : {}),
})

/** Goes on with a value that may still be on its way; what is there already stays synchronous. */
export function andThen<T, R>(value: MaybePromise<T>, next: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Consul sends empty meta beside the error of a read that failed after its options were accepted. */
const FAILED_READ_META = metaHeaders({ index: 0, knownLeader: false, lastContactMs: 0 })

/** A read that failed at the backend: the error's own answer, with index headers. */
export class FailedRead extends Error {
  constructor(override readonly cause: unknown) {
    super(errorMessage(cause))
  }

  get reply(): Reply {
    return { ...errorReply(this.cause), headers: FAILED_READ_META }
  }
}

/** Calls the backend; a failure becomes {@link FailedRead}. */
export function orFailedRead<T>(call: () => MaybePromise<T>): MaybePromise<T> {
  const fail = (error: unknown): never => {
    throw new FailedRead(error)
  }
  try {
    const value = call()
    return value instanceof Promise ? value.catch(fail) : value
  } catch (error) {
    return fail(error)
  }
}

/** The usual read of catalog and health: consistency is shown, failures carry index headers. */
export const catalogRead = <T>(
  context: RequestContext,
  call: () => MaybePromise<ReadResult<T>>,
  encode: (value: T) => string,
): Reply | Promise<Reply> => andThen(orFailedRead(call), (result) => readReply(context, result, encode, true))
