/** Help texts: Consul's two-section layout, and Go's short one that follows a refused command line. */
import type { Flag } from './flag'
import { wrapText } from './wrap-text'

type Flags = Readonly<Record<string, Flag<unknown>>>

/** Consul shows flags of these names under "HTTP API Options", also when a command means something else by them. */
const HTTP_FLAG_NAMES = new Set([
  'ca-file',
  'ca-path',
  'client-cert',
  'client-key',
  'datacenter',
  'http-addr',
  'stale',
  'tls-server-name',
  'token',
  'token-file',
])

const LINE_WIDTH = 72
const INDENT = 5

const byName = (flags: Flags) => Object.entries(flags).sort(([a], [b]) => (a < b ? -1 : 1))

const placeholderOf = (flag: Flag<unknown>) => /`([^`]*)`/.exec(flag.usage)?.[1] ?? flag.placeholder

export function usageText(help: string, flags: Flags): string {
  const sorted = byName(flags)
  const sections = [
    { title: 'HTTP API Options', rows: sorted.filter(([name]) => HTTP_FLAG_NAMES.has(name)) },
    { title: 'Command Options', rows: sorted.filter(([name]) => !HTTP_FLAG_NAMES.has(name)) },
  ]
  const parts = [help.trim()]
  for (const { title, rows } of sections) {
    if (rows.length === 0) continue
    parts.push(title, ...rows.map(([name, flag]) => usageRow(name, flag)))
  }
  return parts.join('\n\n')
}

function usageRow(name: string, flag: Flag<unknown>): string {
  const placeholder = placeholderOf(flag)
  const head = placeholder ? `  -${name}=<${placeholder}>` : `  -${name}`
  const lines = wrapText(flag.usage, LINE_WIDTH - INDENT).map((line) => ' '.repeat(INDENT) + line)
  return [head, ...lines].join('\n')
}

export function defaultsText(flags: Flags): string {
  const rows = byName(flags).map(([name, flag]) => {
    const placeholder = placeholderOf(flag)
    const head = `  -${name}${placeholder ? ` ${placeholder}` : ''}`
    const usage = flag.usage.replace(/`([^`]*)`/, '$1').replaceAll('\n', '\n    \t')
    const tail = flag.defaultText ? ` (default ${flag.defaultText})` : ''
    return `${head}${head.length <= 4 ? '\t' : '\n    \t'}${usage}${tail}\n`
  })
  return `Usage:\n${rows.join('')}`
}
