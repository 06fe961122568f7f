/** The agent's command line: a flag for every row of the table that names one, and the few that are no settings. */
import {
  booleanFlag,
  type Flag,
  FlagSet,
  type FlagTable,
  integerFlag,
  listFlag,
  mapFlag,
  stringFlag,
} from '@sd/cli/flags'
import { configSchema, deprecatedSchema } from './config-schema'
import type { AnyField, Fields } from './field'

/** What the command line says, ready to be merged. */
export interface AgentFlags {
  readonly dev: boolean
  /** -config-file and -config-dir, in the order they were given. */
  readonly configPaths: readonly string[]
  readonly configFormat: string
  /** -hcl, applied after everything else. */
  readonly hcl: readonly string[]
  /** By file key, in the form of a file. */
  readonly values: Record<string, unknown>
  readonly warnings: readonly string[]
  /** Words that are no flags. */
  readonly args: readonly string[]
}

interface Row {
  readonly path: readonly string[]
  readonly field: AnyField
}

function rowsOf(fields: Fields, path: readonly string[] = []): [name: string, row: Row][] {
  return Object.entries(fields).flatMap(([key, field]): [string, Row][] => {
    const own: [string, Row][] = field.flag ? [[field.flag.name, { path: [...path, key], field }]] : []
    return field.kind === 'block' ? [...own, ...rowsOf(field.fields, [...path, key])] : own
  })
}

/** Two flags may write one setting. */
const SECOND_NAMES: Readonly<Record<string, string>> = { 'non-voting-server': 'read-replica' }

function settingRows(): Map<string, Row> {
  const rows = new Map([...rowsOf(configSchema), ...rowsOf(deprecatedSchema)])
  for (const [name, other] of Object.entries(SECOND_NAMES)) rows.set(name, rows.get(other) as Row)
  return rows
}

function flagOf(name: string, { field }: Row): Flag<unknown> {
  const second = SECOND_NAMES[name]
  const usage = second ? `Deprecated: the same as -${second}.` : (field.flag?.usage ?? '')
  switch (field.kind) {
    case 'boolean':
      return booleanFlag(usage)
    case 'integer':
      return integerFlag(usage)
    case 'textList':
      return listFlag(usage)
    case 'textMap':
      return mapFlag(usage, { separator: ':' })
    default:
      return stringFlag(usage)
  }
}

function agentTable(paths: string[]) {
  const rows = settingRows()
  const settings: Record<string, Flag<unknown>> = {}
  for (const [name, row] of rows) settings[name] = flagOf(name, row)
  // Files and directories are read in the order in which both flags appear.
  const pathFlag = (usage: string): Flag<readonly string[]> => ({
    ...listFlag(usage),
    parse: (text, previous) => {
      paths.push(text)
      return [...previous, text]
    },
  })
  const table = {
    ...settings,
    'config-dir': pathFlag(
      'A directory whose .json and .hcl files are read in the order of their names. May be repeated.',
    ),
    'config-file': pathFlag('A configuration file, .json or .hcl. May be repeated.'),
    'config-format': stringFlag("Reads all files as 'hcl' or 'json', whatever their names are.", ''),
    dev: booleanFlag('Runs one server in memory, to try things out. Nothing is kept.'),
    hcl: listFlag('Configuration as text, applied last. May be repeated.'),
  } satisfies FlagTable
  return { rows, table }
}

/** Help of `agent`; `help` is the text above the flags. */
export const agentUsage = (help: string): string => new FlagSet(agentTable([]).table).usage(help)

/** What is printed below a refused command line. */
export const agentFlagDefaults = (): string => new FlagSet(agentTable([]).table).defaults()

/** Throws FlagsError of @sd/cli/flags. */
export function parseAgentFlags(argv: readonly string[]): AgentFlags {
  const configPaths: string[] = []
  const { rows, table } = agentTable(configPaths)
  const parsed = new FlagSet<typeof table & FlagTable>(table).parse(argv)
  const values = Object.create(null) as Record<string, unknown>
  const warnings: string[] = []
  for (const name of parsed.given) {
    const row = rows.get(name)
    if (row) place(values, row.path, plain(parsed.values[name]))
  }
  for (const [old, key] of [
    ['join', 'retry_join'],
    ['join-wan', 'retry_join_wan'],
  ] as const) {
    if (!parsed.given.has(old)) continue
    const start = rows.get(old)?.path[0] as string
    values[key] = [...((values[key] as readonly string[] | undefined) ?? []), ...(values[start] as readonly string[])]
    delete values[start]
    warnings.push(`The flag '-${old}' is deprecated. Use the '-retry-${old}' flag instead.`)
  }
  return {
    dev: parsed.values.dev ?? false,
    configPaths,
    configFormat: parsed.values['config-format'],
    hcl: parsed.values.hcl,
    values,
    warnings,
    args: parsed.args,
  }
}

/** No flags at all, as `validate` has it. */
export const noFlags = (configPaths: readonly string[], configFormat = ''): AgentFlags => ({
  dev: false,
  configPaths,
  configFormat,
  hcl: [],
  values: Object.create(null) as Record<string, unknown>,
  warnings: [],
  args: [],
})

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value
  const result = Object.create(null) as Record<string, unknown>
  for (const [key, item] of value as Map<string, string>) result[key] = item
  return result
}

function place(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let at = values
  for (const key of path.slice(0, -1)) {
    at[key] ??= Object.create(null)
    at = at[key] as Record<string, unknown>
  }
  at[path.at(-1) as string] = value
}
