/** TXT records of a node's metadata. Pure. */
import type { NodeRecord } from './resolver'
import { TYPE } from './wire/constants'
import type { TxtRecord } from './wire/records'

/** Keys with this prefix give their value alone, without the key. */
const RAW_PREFIX = 'rfc1035-'

export const metaRecords = (name: string, node: NodeRecord, ttl: number): TxtRecord[] =>
  Object.entries(node.meta ?? {}).map(([key, value]) => {
    const text = key.toLowerCase().startsWith(RAW_PREFIX) ? value : encodeAttribute(key, value)
    return { type: TYPE.TXT, name, ttl, text: Buffer.from(text, 'utf8').toString('latin1') }
  })

/** "key=value" with the quoting of RFC 1464: backquotes doubled, and put before "=" and outer spaces of the key. */
function encodeAttribute(key: string, value: string): string {
  const quoted = key.replaceAll('`', '``').replaceAll('=', '`=')
  const spaces = (text: string) => '` '.repeat(text.length)
  return `${quoted.replace(/^ +/, spaces).replace(/ +$/, spaces)}=${value.replaceAll('`', '``')}`
}
