/** Query strings and path segments as Go's client writes them. */
import type { QueryOptions } from '@sd/model'

export type QueryValue = string | number | boolean | readonly string[] | undefined
/** `true` is a bare switch ("stale="), `false` and undefined are absent, a list repeats its name. */
export type QueryParameters = Readonly<Record<string, QueryValue>>

/** "?a=1&b=2" with names sorted, or an empty text. */
export function queryString(parameters: QueryParameters): string {
  const parts: string[] = []
  for (const name of Object.keys(parameters).sort()) {
    const value = parameters[name]
    if (value === undefined || value === false) continue
    const values = typeof value === 'object' ? value : [value === true ? '' : String(value)]
    for (const item of values) parts.push(`${escapeQuery(name)}=${escapeQuery(item)}`)
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** The parameters of a read. */
export function readParameters(options: QueryOptions): QueryParameters {
  return {
    dc: options.datacenter,
    stale: options.consistency === 'stale',
    consistent: options.consistency === 'consistent',
    index: options.minIndex || undefined,
    wait: options.maxWaitMs === undefined ? undefined : `${Math.max(1, Math.round(options.maxWaitMs))}ms`,
    max_stale: options.maxStaleMs === undefined ? undefined : `${Math.round(options.maxStaleMs)}ms`,
    filter: options.filter || undefined,
    near: options.near || undefined,
    'node-meta': options.nodeMeta && Object.entries(options.nodeMeta).map(([key, value]) => `${key}:${value}`),
  }
}

const escapeQuery = (text: string): string => escapePart(text).replaceAll('%20', '+')

/** One segment of a path, or a path whose slashes stay. Text that is not well-formed is replaced, not refused. */
export const escapeSegment = (text: string): string =>
  escapePart(text).replace(/%(?:24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent)
export const escapePath = (path: string): string => path.split('/').map(escapeSegment).join('/')

/** Escapes everything but RFC 3986's unreserved characters. */
const escapePart = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
