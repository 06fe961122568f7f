/** URLs as Go's net/http takes and prints them. */
import { GoError } from './go-error'

const quote = (text: string) => JSON.stringify(text)

/** Parses a check's URL; rejects with Go's texts what Go's client would not request. */
export function parseHttpUrl(method: string, text: string): URL {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]
  if (scheme === undefined && /^[^/?#]*:/.test(text)) {
    throw new GoError(`parse ${quote(text)}: first path segment in URL cannot contain colon`, 'address')
  }
  if (scheme !== undefined && /^[^/?#]*:\/\/\[[^\]/]*(\/|$)/.test(text)) {
    throw new GoError(`parse ${quote(text)}: missing ']' in host`, 'address')
  }
  const known = scheme?.toLowerCase() ?? ''
  if (known !== 'http' && known !== 'https')
    throw requestError(method, text, `unsupported protocol scheme ${quote(known)}`)
  // The URL standard would take the host from the path.
  if (/^https?:(?:\/\/(?:[/?#]|$)|(?!\/\/))/i.test(text))
    throw requestError(method, text, 'http: no Host in request URL')
  try {
    return new URL(text)
  } catch {
    // Said below, in Go's words.
  }
  throw new GoError(`parse ${quote(text)}: invalid URL`, 'address')
}

/** Go's url.Error: the method in title case, the URL without its password, the reason. */
export function requestError(method: string, url: string, reason: string): GoError {
  const operation = method.slice(0, 1).toUpperCase() + method.slice(1).toLowerCase()
  return new GoError(`${operation} ${quote(withoutPassword(url))}: ${reason}`, 'io')
}

const withoutPassword = (url: string): string => url.replace(/^([a-zA-Z][^:/]*:\/\/[^:@/?#]*):[^@/?#]*@/, '$1:***@')

/** Whether `next` is the host of `first` or below it: credentials may follow a redirect there only (Go's rule). */
export function mayKeepCredentials(first: URL, next: URL): boolean {
  return next.hostname === first.hostname || next.hostname.endsWith(`.${first.hostname}`)
}
