import { SdError } from '@sd/runtime'

/** A request that is answered with `status` and the message as plain text. Backends may throw it too. */
export class HttpStatusError extends SdError<'HTTP_STATUS'> {
  readonly headers: readonly string[]

  constructor(
    readonly status: number,
    message: string,
    /** More headers: name, value, name, value ... */
    headers: readonly string[] = [],
  ) {
    super('HTTP_STATUS', message, { details: { status } })
    this.headers = headers
  }
}

/** An address that the server could not listen on; the message says what to do. */
export class HttpListenError extends SdError<'HTTP_LISTEN'> {
  constructor(address: string, cause: NodeJS.ErrnoException) {
    super('HTTP_LISTEN', `cannot listen on ${address}: ${listenAdvice(cause)}`, {
      cause,
      details: { address, reason: cause.code ?? 'unknown' },
      retryable: cause.code === 'EADDRINUSE',
    })
  }
}

function listenAdvice(cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return 'the address is in use; stop the program that holds it or choose another port'
    case 'EACCES':
      return 'permission denied; choose a port above 1023 or a folder that you may write to'
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address; check the bind or client address'
    default:
      return cause.message
  }
}

/** An option that cannot be obeyed. */
export class HttpOptionError extends SdError<'HTTP_OPTION'> {
  constructor(message: string) {
    super('HTTP_OPTION', message)
  }
}
