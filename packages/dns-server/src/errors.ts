import { SdError } from '@sd/runtime'

/** An option has a value that cannot work. `details.option` names it. */
export class InvalidDnsOptionError extends SdError<'DNS_INVALID_OPTION'> {
  constructor(option: string, value: unknown, reason: string) {
    super('DNS_INVALID_OPTION', `invalid DNS option ${option} ${JSON.stringify(value)}: ${reason}`, {
      details: { option, value },
    })
  }
}

/** `start` was called on a server that runs or has stopped. */
export class DnsServerStateError extends SdError<'DNS_SERVER_STATE'> {
  constructor(state: string) {
    super('DNS_SERVER_STATE', `cannot start a DNS server that is ${state}; make a new one`, { details: { state } })
  }
}
