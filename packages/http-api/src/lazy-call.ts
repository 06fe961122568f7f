/** The options of one call to the backend: what is absent is not there, and `signal` is made when it is first read. */

const SOURCE = Symbol('source')

/**
 * One descriptor for all: a getter written into each object would be a new function and a new shape for each request, and keeping
 * these shapes apart cost V8's collector more than the request itself. An own property, so that a spread copies the signal.
 */
const SIGNAL: PropertyDescriptor = {
  enumerable: true,
  configurable: true,
  get(this: { [SOURCE]: { readonly signal: AbortSignal } }) {
    return this[SOURCE].signal
  },
}

const HIDDEN: PropertyDescriptor = { enumerable: false, writable: true, value: undefined }

export function lazyCall<T extends object>(
  source: { readonly signal: AbortSignal },
  members: T,
): Present<T> & { readonly signal: AbortSignal } {
  const call: Record<string | symbol, unknown> = {}
  Object.defineProperty(call, SOURCE, HIDDEN)
  call[SOURCE] = source
  for (const key in members) if (members[key] !== undefined) call[key] = members[key]
  Object.defineProperty(call, 'signal', SIGNAL)
  return call as Present<T> & { readonly signal: AbortSignal }
}

/** The same members, absent instead of undefined. */
export type Present<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}
