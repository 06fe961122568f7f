/** `SERVICE_*` of a container's environment and labels, as one port sees them. */
import type { Container } from './container'

export interface ServiceMetadata {
  /** Lower-case key without prefix and port: `SERVICE_80_NAME` is `name`. */
  values: ReadonlyMap<string, string>
  /** Keys that were given for this very port. */
  fromPort: ReadonlySet<string>
}

const PREFIX = 'SERVICE_'

/**
 * A key for one port (`SERVICE_80_NAME`) beats the general one; a label beats an environment variable of the same key.
 * Values may hold `=`; the prefix is case-sensitive, the key is not.
 */
export function serviceMetadata(container: Pick<Container, 'env' | 'labels'>, exposedPort: string): ServiceMetadata {
  const values = new Map<string, string>()
  const fromPort = new Set<string>()
  const lines = [...container.env, ...Object.entries(container.labels).map(([key, value]) => `${key}=${value}`)]
  for (const line of lines) {
    const equals = line.indexOf('=')
    if (equals < 0 || !line.startsWith(PREFIX)) continue
    // `SERVICE_=x` has an empty key; a line such as `SERVICE=x` is no metadata at all
    const key = line.slice(PREFIX.length, Math.max(equals, PREFIX.length)).toLowerCase()
    const value = line.slice(equals + 1)
    if (fromPort.has(key)) continue
    const [, port, portKey] = /^([+-]?\d+)_(.*)$/s.exec(key) ?? []
    if (port === undefined || portKey === undefined) {
      values.set(key, value)
    } else if (port === exposedPort) {
      values.set(portKey, value)
      fromPort.add(portKey)
    }
  }
  return { values, fromPort }
}

/** Splits at commas, `\,` being a comma of the tag itself; empty tags are dropped, the written order is kept. */
export function splitTags(text: string): string[] {
  return text
    .split(/(?<!\\),/)
    .map((tag) => tag.replaceAll('\\,', ','))
    .filter((tag) => tag !== '')
}
