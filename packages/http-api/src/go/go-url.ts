/** Request targets and query strings in Go's grammar (net/url). */

/** Values by name, in order of appearance. */
export type QueryValues = ReadonlyMap<string, readonly string[]>

export const NO_QUERY: QueryValues = new Map()

const PERCENT = /%/
const BAD_PERCENT = /%(?![0-9a-fA-F]{2})/

const CONTROL = /[\u0000-\u0020\u007f]/
const decoder = new TextDecoder('utf-8', { fatal: true })
const lossyDecoder = new TextDecoder('utf-8')

/** Bytes of a percent-encoded text; the text has one character per byte. */
function percentBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i)
    if (byte === 0x25) {
      byte = Number.parseInt(text.slice(i + 1, i + 3), 16)
      i += 2
    }
    bytes[length++] = byte
  }
  return bytes.subarray(0, length)
}

const isPlain = (text: string): boolean => !PERCENT.test(text) && !/[^\x20-\x7e]/.test(text)

/** A query string as `url.ParseQuery` reads it; undefined where that fails. Bytes that are no UTF-8 become U+FFFD. */
export function parseGoQuery(raw: string): QueryValues | undefined {
  if (raw === '') return NO_QUERY
  const values = new Map<string, string[]>()
  for (const part of raw.split('&')) {
    if (part.includes(';') || BAD_PERCENT.test(part)) return undefined
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = unescapeQuery(equals < 0 ? part : part.slice(0, equals))
    const value = equals < 0 ? '' : unescapeQuery(part.slice(equals + 1))
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return values
}

function unescapeQuery(text: string): string {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text
  return isPlain(spaced) ? spaced : lossyDecoder.decode(percentBytes(spaced))
}

/** `url.Values.Encode`: sorted by name. */
export function encodeGoQuery(values: QueryValues): string {
  const escape = (text: string) =>
    encodeURIComponent(text)
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+')
  return [...values.entries()]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .flatMap(([name, list]) => list.map((value) => `${escape(name)}=${escape(value)}`))
    .join('&')
}

export interface RequestTarget {
  /** As it was sent, percent-encoded, without the query. */
  readonly rawPath: string
  readonly path: string
  readonly rawQuery: string
}

/** Splits and decodes a request target; undefined where Go's server answers 400. */
export function parseTarget(target: string): RequestTarget | undefined {
  let text = target
  if (!text.startsWith('/')) {
    const authority = /^https?:\/\/[^/?]*/i.exec(text)
    if (!authority) return undefined
    text = text.slice(authority[0].length)
    if (!text.startsWith('/')) text = `/${text}`
  }
  if (CONTROL.test(text)) return undefined
  const question = text.indexOf('?')
  const rawPath = question < 0 ? text : text.slice(0, question)
  const rawQuery = question < 0 ? '' : text.slice(question + 1)
  if (isPlain(rawPath)) return { rawPath, path: rawPath, rawQuery }
  if (BAD_PERCENT.test(rawPath)) return undefined
  try {
    return { rawPath, path: decoder.decode(percentBytes(rawPath)), rawQuery }
  } catch {
    return undefined
  }
}

/** `path.Clean`: no empty, "." or ".." elements, no slash at the end. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/')
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop()
    else if (!rooted) kept.push('..')
  }
  const joined = kept.join('/')
  return rooted ? `/${joined}` : joined || '.'
}

/** {@link cleanPath} that keeps a slash at the end, as Go's router does before it looks for a route. */
export function cleanUrlPath(path: string): string {
  if (!/\/\/|\/\.{1,2}(?:\/|$)/.test(path)) return path
  const cleaned = cleanPath(path)
  return path.endsWith('/') && cleaned !== '/' ? `${cleaned}/` : cleaned
}

/** `url.PathUnescape`; undefined where it fails. */
export function unescapePath(text: string): string | undefined {
  if (!PERCENT.test(text)) return text
  if (BAD_PERCENT.test(text)) return undefined
  return lossyDecoder.decode(percentBytes(Buffer.from(text).toString('latin1')))
}
