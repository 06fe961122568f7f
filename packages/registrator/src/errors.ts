/** Every error this package throws on purpose. */
import { SdError } from '@sd/runtime'

/** The container engine did not answer. Tried again. */
export class EngineUnreachableError extends SdError<'REGISTRATOR_ENGINE_UNREACHABLE'> {
  constructor(address: string, cause: unknown) {
    super('REGISTRATOR_ENGINE_UNREACHABLE', `cannot reach the container engine at ${address}: ${reason(cause)}`, {
      details: { address },
      cause,
      retryable: true,
    })
  }
}

/** The container engine answered something else than expected. */
export class EngineAnswerError extends SdError<'REGISTRATOR_ENGINE_ANSWER'> {
  constructor(call: string, problem: string, details: { status?: number } = {}) {
    super('REGISTRATOR_ENGINE_ANSWER', `container engine: ${call}: ${problem}`, {
      details: { call, ...details },
      retryable: true,
    })
  }
}

/** The registry did not answer. Waited out, then compared anew. */
export class RegistryUnreachableError extends SdError<'REGISTRATOR_REGISTRY_UNREACHABLE'> {
  constructor(address: string, cause: unknown) {
    super('REGISTRATOR_REGISTRY_UNREACHABLE', `cannot reach the registry at ${address}: ${reason(cause)}`, {
      details: { address },
      cause,
      retryable: true,
    })
  }
}

/** The registry answered and said no; `details.status` is its HTTP status. */
export class RegistryRefusedError extends SdError<'REGISTRATOR_REGISTRY_REFUSED'> {
  constructor(call: string, status: number, text: string) {
    super('REGISTRATOR_REGISTRY_REFUSED', `registry: ${call}: ${status} ${text}`.trimEnd(), {
      details: { call, status },
      retryable: status >= 500,
    })
  }
}

/** No back end has this URI's scheme. */
export class UnknownRegistryError extends SdError<'REGISTRATOR_UNKNOWN_REGISTRY'> {
  constructor(uri: string) {
    super(
      'REGISTRATOR_UNKNOWN_REGISTRY',
      `unrecognized adapter: ${uri}; known are consul://, consul-unix:// and consul-tls://`,
    )
  }
}

/** An option or an environment variable has a value that cannot be used. */
export class InvalidOptionError extends SdError<'REGISTRATOR_INVALID_OPTION'> {
  constructor(option: string, problem: string) {
    super('REGISTRATOR_INVALID_OPTION', `${option}: ${problem}`, { details: { option } })
  }
}

/** A refused connection to several addresses has an empty message of its own (AggregateError). */
function reason(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  if (cause.message) return cause.message
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : undefined
  return first instanceof Error ? first.message : cause.name
}
