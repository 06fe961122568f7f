/** Log lines as gliderlabs/registrator writes them: `2026/01/31 23:59:59 added: 4a5b6c7d8e9f host:web:80`. */
import type { LogFields, Logger } from '@sd/runtime'

export function lineLogger(
  write: (text: string) => void,
  options: { isVerbose?: boolean; now?: () => Date } = {},
): Logger {
  const { isVerbose = false, now = () => new Date() } = options
  const line = (message: string, fields: LogFields = {}) =>
    write(`${timestamp(now())} ${[message, ...Object.entries(fields).map(fieldText)].join(' ')}\n`)
  const nothing = () => {}
  const logger: Logger = {
    trace: nothing,
    debug: isVerbose ? line : nothing,
    info: line,
    warn: line,
    error: line,
    child: () => logger,
  }
  return logger
}

/** What a line is about stands bare; anything else has its name. */
const BARE = new Set(['container', 'service', 'error', 'reason'])

const fieldText = ([key, value]: [string, unknown]): string =>
  BARE.has(key) ? String(value) : `${key}=${String(value)}`

/** Local time, as Go's log package has it. */
function timestamp(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}/${two(date.getMonth() + 1)}/${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
