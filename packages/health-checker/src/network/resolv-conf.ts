import { isIP } from 'node:net'

/** What a resolv.conf says (resolv.conf(5)); the last `search` or `domain` line counts. */
export interface ResolvConf {
  readonly servers: readonly string[]
  readonly search: readonly string[]
  readonly ndots: number
  readonly timeoutMs: number
  readonly attempts: number
}

/** Bounds of Go's and glibc's resolvers. */
const NDOTS_MAX = 15
const TIMEOUT_MAX_S = 30
const ATTEMPTS_MAX = 5

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value))

export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = []
  let search: string[] = []
  let ndots = 1
  let timeoutMs = 5_000
  let attempts = 2
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue
    const [keyword, ...values] = line.trim().split(/\s+/)
    if (keyword === 'nameserver' && values[0] && isIP(values[0].replace(/%.*/, '')) !== 0) servers.push(values[0])
    else if (keyword === 'search' || keyword === 'domain') search = values.filter((name) => name !== '.')
    else if (keyword === 'options') {
      for (const option of values) {
        const [name, number] = option.split(':')
        const value = Number(number)
        if (!Number.isInteger(value)) continue
        if (name === 'ndots') ndots = clamp(value, 0, NDOTS_MAX)
        else if (name === 'timeout') timeoutMs = clamp(value, 1, TIMEOUT_MAX_S) * 1_000
        else if (name === 'attempts') attempts = clamp(value, 1, ATTEMPTS_MAX)
      }
    }
  }
  return { servers, search, ndots, timeoutMs, attempts }
}

/** The full names to ask for, in order, as a resolver with search domains does. */
export function namesToAsk(host: string, conf: Pick<ResolvConf, 'search' | 'ndots'>): string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const dots = host.split('.').length - 1
  const searched = conf.search.map((domain) => `${host}.${domain.replace(/\.$/, '')}`)
  return dots >= conf.ndots ? [host, ...searched] : [...searched, host]
}
