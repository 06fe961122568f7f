/** Where an agent is, from the text of an address. */
import { ApiOptionsError } from './errors'
import { DEFAULT_ADDRESS } from './options'

export interface AgentAddress {
  /** What requests are sent to: scheme, host and port. */
  readonly origin: string
  /** In front of every path; empty or begins with a slash. */
  readonly pathPrefix: string
  readonly socketPath: string | undefined
}

/** Reads `host:port`, `http://`, `https://` and `unix://` (Consul's CONSUL_HTTP_ADDR). */
export function parseAddress(text: string | undefined, useTls = false): AgentAddress {
  const address = text || DEFAULT_ADDRESS
  const at = address.indexOf('://')
  const scheme = at < 0 ? '' : address.slice(0, at)
  const rest = at < 0 ? address : address.slice(at + 3)
  // http:// never takes back TLS that was asked for.
  const protocol = scheme === 'https' || useTls ? 'https' : 'http'
  switch (scheme) {
    case '':
      return { origin: originOf(protocol, rest, address), pathPrefix: '', socketPath: undefined }
    case 'http':
    case 'https': {
      const slash = rest.indexOf('/')
      const host = slash < 0 ? rest : rest.slice(0, slash)
      const pathPrefix = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '')
      return { origin: originOf(protocol, host, address), pathPrefix, socketPath: undefined }
    }
    case 'unix':
      return { origin: `${protocol}://localhost`, pathPrefix: '', socketPath: rest }
    default:
      throw new ApiOptionsError(`Unknown protocol scheme: ${scheme}`)
  }
}

function originOf(protocol: string, host: string, address: string): string {
  const origin = `${protocol}://${host}`
  if (!URL.canParse(origin) || /[/?#@]/.test(host))
    throw new ApiOptionsError(`invalid address ${JSON.stringify(address)}`)
  return origin
}
