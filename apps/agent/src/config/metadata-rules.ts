/** What metadata of nodes and services may look like. */

const PAIRS_MAX = 64
const KEY_LENGTH_MAX = 128
const VALUE_BYTES_MAX = 512
const RESERVED_PREFIX = 'consul-'

/** Consul's sentence about the first pair that is wrong. */
export function metadataFault(
  meta: Readonly<Record<string, string>>,
  options: { allowReserved?: boolean } = {},
): string | undefined {
  const pairs = Object.entries(meta)
  if (pairs.length > PAIRS_MAX) return `Node metadata cannot contain more than ${PAIRS_MAX} key/value pairs`
  for (const [key, value] of pairs) {
    const reason = pairFault(key, value, options.allowReserved ?? false)
    if (reason) return `Couldn't load metadata pair ('${key}', '${value}'): ${reason}`
  }
  return undefined
}

function pairFault(key: string, value: string, allowReserved: boolean): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!/^[a-zA-Z0-9_-]+$/.test(key)) return 'Key contains invalid characters'
  if (key.length > KEY_LENGTH_MAX) return `Key is too long (limit: ${KEY_LENGTH_MAX} characters)`
  if (key.startsWith(RESERVED_PREFIX) && !allowReserved) {
    return `Key prefix '${RESERVED_PREFIX}' is reserved for internal use`
  }
  if (Buffer.byteLength(value) > VALUE_BYTES_MAX) return `Value is too long (limit: ${VALUE_BYTES_MAX} characters)`
  return undefined
}
