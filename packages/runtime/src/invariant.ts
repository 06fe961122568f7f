import { SdError } from './error'

/** A mistake of ours, not of the caller: the process should not go on with this state. */
export class InvariantError extends SdError<'RUNTIME_INVARIANT'> {
  constructor(message: string) {
    super('RUNTIME_INVARIANT', `invariant broken: ${message}; this is a bug, please report it`)
  }
}

/** Stays on in production. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}
