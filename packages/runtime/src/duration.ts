/** Go durations ("1m30s"), which Consul uses in its API and its configuration. */
import { SdError } from './error'

/** Milliseconds per unit; keys as in Go's time.ParseDuration. */
const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)?/y

/** Thrown by {@link parseDuration}; the message is Go's. */
export class InvalidDurationError extends SdError<'RUNTIME_INVALID_DURATION'> {
  constructor(message: string) {
    super('RUNTIME_INVALID_DURATION', message)
  }
}

const refuse = (reason: string, text: string) => new InvalidDurationError(`time: ${reason} ${JSON.stringify(text)}`)

/** Milliseconds of a Go duration such as "300ms", "-1.5h" or "2h45m" (Go's time.ParseDuration, with its messages). */
export function parseDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const body = /^[-+]/.test(text) ? text.slice(1) : text
  if (body === '0') return 0
  if (body === '') throw refuse('invalid duration', text)
  let total = 0
  PART.lastIndex = 0
  while (PART.lastIndex < body.length) {
    const part = PART.exec(body)
    if (!part) throw refuse('invalid duration', text)
    if (part[2] === undefined) {
      const rest = /^[^\d.]+/.exec(body.slice(PART.lastIndex))
      if (!rest) throw refuse('missing unit in duration', text)
      throw new InvalidDurationError(
        `time: unknown unit ${JSON.stringify(rest[0])} in duration ${JSON.stringify(text)}`,
      )
    }
    const unit = UNIT_MS[part[2]] as number
    const after = /^[^\d.]+/.exec(body.slice(PART.lastIndex))
    if (after) {
      throw new InvalidDurationError(
        `time: unknown unit ${JSON.stringify(part[2] + after[0])} in duration ${JSON.stringify(text)}`,
      )
    }
    total += Number(part[1]) * unit
  }
  if (total > 9_223_372_036_854) throw refuse('invalid duration', text)
  return sign * total
}

const NANOSECONDS = { us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n, m: 60_000_000_000n, h: 3_600_000_000_000n }

const decimal = (value: bigint, unit: bigint): string => {
  const digits = unit.toString().length - 1
  const fraction = (value % unit).toString().padStart(digits, '0').replace(/0+$/, '')
  return `${value / unit}${fraction ? `.${fraction}` : ''}`
}

/** The Go text of a duration in milliseconds: 90000 is "1m30s", 0 is "0s", 1.5 is "1.5ms" (Go's Duration.String). */
export function formatDuration(durationMs: number): string {
  const total = BigInt(Math.round(Math.abs(durationMs) * 1e6))
  if (total === 0n) return '0s'
  const sign = durationMs < 0 ? '-' : ''
  if (total < NANOSECONDS.us) return `${sign}${total}ns`
  if (total < NANOSECONDS.ms) return `${sign}${decimal(total, NANOSECONDS.us)}µs`
  if (total < NANOSECONDS.s) return `${sign}${decimal(total, NANOSECONDS.ms)}ms`
  const hours = total / NANOSECONDS.h
  const minutes = (total % NANOSECONDS.h) / NANOSECONDS.m
  const seconds = decimal(total % NANOSECONDS.m, NANOSECONDS.s)
  if (hours > 0n) return `${sign}${hours}h${minutes}m${seconds}s`
  if (minutes > 0n) return `${sign}${minutes}m${seconds}s`
  return `${sign}${seconds}s`
}
