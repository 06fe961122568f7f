/** One log record as a line of text or of JSON, in the form of HashiCorp's hclog. */
import { goQuote } from '@sd/cli/flags'
import { jsonAny, jsonString, type JsonValue } from '@sd/model'
import type { LogFields, LogLevel } from '@sd/runtime'

export interface LogRecord {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly level: LogLevel
  /** "agent.http" */
  readonly component: string
  readonly message: string
  readonly fields: LogFields | undefined
}

const BRACKETS: Readonly<Record<LogLevel, string>> = {
  trace: '[TRACE]',
  debug: '[DEBUG]',
  info: '[INFO] ',
  warn: '[WARN] ',
  error: '[ERROR]',
}

/** `2026-11-23T12:00:00.000Z [INFO]  agent.http: message: key=value`, with a line break. */
export function formatText(record: LogRecord): string {
  const name = record.component === '' ? '' : `${record.component}: `
  const head = `${timestamp(record.at, 3, '')} ${BRACKETS[record.level]} ${name}${oneLine(record.message)}`
  const entries = Object.entries(record.fields ?? {}).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return `${head}\n`
  return `${head}:${entries.map(([key, value]) => textField(key, value)).join('')}\n`
}

/** hclog writes messages as they are; a line break in one could forge a line, so it is escaped here. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/

const oneLine = (message: string) => (CONTROL.test(message) ? escaped(message, false) : message)

/** Values that need no quotes: ASCII from `-` to `~`. */
const PLAIN = /^[\x2d-\x7e]*$/

function textField(key: string, value: unknown): string {
  if (value === '') return ` ${key}=""`
  if (Array.isArray(value)) return ` ${key}=[${value.map(listItem).join(', ')}]`
  const text = valueText(value)
  if (text.includes('\n')) {
    const lines = text.split('\n')
    if (lines.at(-1) === '') lines.pop()
    return `\n  ${key}=\n${lines.map((line) => `  | ${escaped(line, false)}\n`).join('')}  `
  }
  return PLAIN.test(text) ? ` ${key}=${text}` : ` ${key}="${escaped(text, true)}"`
}

function listItem(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  const text = valueText(value)
  return /[ \t\n\r]/.test(text) ? goQuote(text) : text
}

/** Deeper values are left out: fields are facts, not documents, and one that holds itself must not hang the agent. */
const DEPTH_MAX = 8

/** As Go's `%v` writes it. */
function valueText(value: unknown, depth = 0): string {
  if (depth > DEPTH_MAX) return '...'
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return '<nil>'
  if (value instanceof Error) return value.message
  if (Array.isArray(value)) return `[${value.map((item) => valueText(item, depth + 1)).join(' ')}]`
  if (typeof value === 'object') {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${entries.map(([key, item]) => `${key}:${valueText(item, depth + 1)}`).join(' ')}]`
  }
  return String(value as number | boolean | bigint | symbol)
}

function escaped(text: string, escapeQuotes: boolean): string {
  const inner = goQuote(text).slice(1, -1).replaceAll('\\\\', '\\')
  return escapeQuotes ? inner : inner.replaceAll('\\"', '"')
}

function toJson(value: unknown, depth = 0): JsonValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value === null || value === undefined) return null
  if (value instanceof Error) return value.message
  if (typeof value !== 'object' || depth > DEPTH_MAX) return String(value as bigint | symbol)
  if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]))
}

/** One JSON object with `@level`, `@message`, `@module`, `@timestamp` and the fields, keys sorted, with a line break. */
export function formatJson(record: LogRecord): string {
  const values: Record<string, string> = Object.create(null) as Record<string, string>
  for (const [key, value] of Object.entries(record.fields ?? {})) {
    if (value !== undefined) values[key] = jsonAny(toJson(value))
  }
  values['@level'] = `"${record.level}"`
  values['@message'] = jsonString(record.message)
  if (record.component !== '') values['@module'] = jsonString(record.component)
  values['@timestamp'] = jsonString(timestamp(record.at, 6, ':'))
  const keys = Object.keys(values).sort()
  return `{${keys.map((key) => `${jsonString(key)}:${values[key] as string}`).join(',')}}\n`
}

/** Local time with its offset, "Z" for none. */
function timestamp(at: number, digits: number, colon: string): string {
  const offsetMinutes = -new Date(at).getTimezoneOffset()
  const local = new Date(at + offsetMinutes * 60_000).toISOString()
  const text = local.slice(0, -1).padEnd(20 + digits, '0')
  if (offsetMinutes === 0) return `${text}Z`
  const size = Math.abs(offsetMinutes)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${text}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${colon}${two(size % 60)}`
}
