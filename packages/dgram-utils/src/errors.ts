import { SdError } from '@sd/runtime'
import { formatHostPort } from './host-port'

export type Transport = 'udp' | 'tcp'

interface Address {
  readonly host: string
  readonly port: number
}

/** Another socket holds the address. `details`: transport, host, port. */
export class AddressInUseError extends SdError<'DGRAM_ADDRESS_IN_USE'> {
  constructor(transport: Transport, { host, port }: Address, cause?: unknown) {
    super(
      'DGRAM_ADDRESS_IN_USE',
      `${transport} ${formatHostPort(host, port)} is already in use: stop the program that listens there, or choose another port`,
      { details: { transport, host, port }, cause, retryable: true },
    )
  }
}

/** The operating system refused to bind. `details`: transport, host, port, reason (the system's code, such as EACCES). */
export class BindError extends SdError<'DGRAM_BIND_FAILED'> {
  constructor(transport: Transport, { host, port }: Address, cause: NodeJS.ErrnoException) {
    const reason = cause.code ?? cause.message
    super('DGRAM_BIND_FAILED', `cannot bind ${transport} ${formatHostPort(host, port)}: ${explain(reason)}`, {
      details: { transport, host, port, reason },
      cause,
    })
  }
}

const NEXT_STEPS: Record<string, string> = {
  EACCES: 'permission denied; ports below 1024 need privileges, choose a higher one or grant CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'no interface of this machine has that address; bind one of its own addresses, or 0.0.0.0 for all',
  ENOTFOUND: 'the host name does not resolve; bind an IP address',
  EAFNOSUPPORT: 'this machine has no such address family enabled; bind an IPv4 address',
}

const explain = (reason: string) => (NEXT_STEPS[reason] ? `${NEXT_STEPS[reason]} (${reason})` : reason)

/** The error that `cause`, thrown by a bind, means. */
export const bindError = (transport: Transport, address: Address, cause: NodeJS.ErrnoException) =>
  cause.code === 'EADDRINUSE'
    ? new AddressInUseError(transport, address, cause)
    : new BindError(transport, address, cause)

/** A datagram could not be handed to the network. `details`: host, port, reason, bytes. */
export class SendError extends SdError<'DGRAM_SEND_FAILED'> {
  constructor({ host, port }: Address, bytes: number, cause: NodeJS.ErrnoException) {
    const reason = cause.code ?? cause.message
    super('DGRAM_SEND_FAILED', `cannot send ${bytes} bytes to udp ${formatHostPort(host, port)}: ${reason}`, {
      details: { host, port, bytes, reason },
      cause,
      retryable: reason !== 'EMSGSIZE',
    })
  }
}
