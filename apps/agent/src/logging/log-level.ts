import type { LogLevel } from '@sd/runtime'

/** Higher is more important. */
export const LEVEL_RANK: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4 }

const BY_NAME: ReadonlyMap<string, LogLevel> = new Map([
  ['TRACE', 'trace'],
  ['DEBUG', 'debug'],
  ['INFO', 'info'],
  ['WARN', 'warn'],
  ['ERR', 'error'],
  ['ERROR', 'error'],
])

/** Undefined for a name that Consul does not know. Case does not matter; ERR is an old name of ERROR. */
export const parseLogLevel = (name: string): LogLevel | undefined => BY_NAME.get(name.toUpperCase())

/** What Consul says to an unknown level at start. */
export const unknownLevelMessage = (name: string): string =>
  `Invalid log level: ${name}. Valid log levels are: [${[...BY_NAME.keys()].join(' ')}]`
