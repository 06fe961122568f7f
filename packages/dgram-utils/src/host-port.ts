/** "host:port" text, with IPv6 in brackets. */
import { isIPv6 } from 'node:net'
import { SdError } from '@sd/runtime'

export interface HostPort {
  /** Without brackets. */
  readonly host: string
  readonly port: number
}

/** The text is not an address. The message says which part and why. */
export class InvalidHostPortError extends SdError<'DGRAM_INVALID_HOST_PORT'> {
  constructor(text: string, reason: string) {
    super('DGRAM_INVALID_HOST_PORT', `invalid address ${JSON.stringify(text)}: ${reason}`, { details: { text } })
  }
}

const PORT_MAX = 65_535

/**
 * Reads "10.0.0.1:53", "[::1]:53", "name:53" or ":53" (every interface, host ""). With `defaultPort` the port may be
 * missing, and an IPv6 address then needs no brackets.
 */
export function parseHostPort(text: string, defaultPort?: number): HostPort {
  const refuse = (reason: string) => new InvalidHostPortError(text, reason)
  let host: string
  let rest: string
  if (text.startsWith('[')) {
    const end = text.indexOf(']')
    if (end < 0) throw refuse('missing ] after the IPv6 address')
    host = text.slice(1, end)
    rest = text.slice(end + 1)
    if (!isIPv6(host)) throw refuse('brackets are for IPv6 addresses')
  } else if (isIPv6(text)) {
    if (defaultPort === undefined) throw refuse('an IPv6 address with a port is written [address]:port')
    host = text
    rest = ''
  } else {
    const colon = text.indexOf(':')
    host = colon < 0 ? text : text.slice(0, colon)
    rest = colon < 0 ? '' : text.slice(colon)
  }
  if (rest === '') {
    if (defaultPort === undefined) throw refuse('missing port')
    if (host === '') throw refuse('it is empty')
    return { host, port: defaultPort }
  }
  if (!rest.startsWith(':')) throw refuse('expected a colon after the address')
  if (!/^:\d{1,5}$/.test(rest)) throw refuse('the port is not a number')
  const port = Number(rest.slice(1))
  if (port > PORT_MAX) throw refuse(`the port is above ${PORT_MAX}`)
  return { host, port }
}

/** "10.0.0.1:53" or "[::1]:53". */
export const formatHostPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
