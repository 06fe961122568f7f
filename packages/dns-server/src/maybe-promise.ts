import type { MaybePromise } from './resolver'

/** `next` at once for a plain value, so that a resolver that answers at once costs no turn of the event loop. */
export const chain = <T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> =>
  value instanceof Promise ? value.then(next) : next(value)
