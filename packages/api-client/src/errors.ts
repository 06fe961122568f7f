/** What can go wrong between a client and its agent. */
import { SdError } from '@sd/runtime'

/** The agent answered with a status that the call does not expect; the message is that of Consul's own client. */
export class ApiError extends SdError<'API_UNEXPECTED_STATUS'> {
  constructor(
    readonly status: number,
    /** The server's text, trimmed. */
    readonly text: string,
    readonly body: Uint8Array = new Uint8Array(),
  ) {
    // 429 and 5xx pass with time (no leader, rate limits); every other status is the caller's to mend.
    super('API_UNEXPECTED_STATUS', `Unexpected response code: ${status} (${text})`, {
      details: { status, text },
      retryable: status >= 500 || status === 429,
    })
  }
}

/** No answer: the connection failed, broke or timed out. The message names the address, as Go's does. */
export class ApiUnreachableError extends SdError<'API_UNREACHABLE'> {
  constructor(method: string, url: string, reason: string, cause: unknown) {
    const verb = method.charAt(0) + method.slice(1).toLowerCase()
    super('API_UNREACHABLE', `${verb} ${JSON.stringify(url)}: ${reason}`, {
      details: { method, url, reason },
      cause,
      retryable: true,
    })
  }
}

/** The answer is not what the endpoint promises. */
export class ApiAnswerError extends SdError<'API_INVALID_ANSWER'> {
  constructor(path: string, reason: string, cause?: unknown) {
    super('API_INVALID_ANSWER', `the answer to ${path} cannot be read: ${reason}`, { details: { path }, cause })
  }
}

/** Options that cannot work: an unknown scheme, an unreadable token or certificate file. */
export class ApiOptionsError extends SdError<'API_INVALID_OPTIONS'> {
  constructor(message: string, cause?: unknown) {
    super('API_INVALID_OPTIONS', message, { cause })
  }
}

/** A lock cannot be taken, or is misused. */
export class LockError extends SdError<'API_LOCK_CONFLICT' | 'API_LOCK_HELD'> {}
