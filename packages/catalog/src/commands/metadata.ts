/** Consul's limits for the metadata of nodes and services. */
import type { ServiceKind } from '@sd/model'

const PAIRS_MAX = 64
const KEY_LENGTH_MAX = 128
const VALUE_LENGTH_MAX = 512
const RESERVED_PREFIX = 'consul-'
/** Mesh gateways announce themselves with it. */
const ALLOWED_RESERVED_KEY = 'consul-wan-federation'

/** What is wrong with it, in Consul's words. */
export function metadataFault(meta: Readonly<Record<string, string>> | null, kind: ServiceKind): string | undefined {
  const pairs = Object.entries(meta ?? {})
  if (pairs.length > PAIRS_MAX) return `Node metadata cannot contain more than ${PAIRS_MAX} key/value pairs`
  for (const [key, value] of pairs) {
    const fault = pairFault(key, value, kind)
    if (fault !== undefined) return `Couldn't load metadata pair ('${key}', '${value}'): ${fault}`
  }
  return undefined
}

function pairFault(key: string, value: string, kind: ServiceKind): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters'
  if (key.length > KEY_LENGTH_MAX) return `Key is too long (limit: ${KEY_LENGTH_MAX} characters)`
  if (key.startsWith(RESERVED_PREFIX) && !(kind === 'mesh-gateway' && key === ALLOWED_RESERVED_KEY)) {
    return `Key prefix '${RESERVED_PREFIX}' is reserved for internal use`
  }
  if (Buffer.byteLength(value) > VALUE_LENGTH_MAX) return `Value is too long (limit: ${VALUE_LENGTH_MAX} characters)`
  return undefined
}
