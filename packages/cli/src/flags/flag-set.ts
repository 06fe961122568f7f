/** Reads a command line the way Go's flag package does. */
import { errorMessage, SdError, goQuote } from '@sd/runtime'
import type { Flag } from './flag'

import { defaultsText, usageText } from './usage'

/** Flag name, without dashes, to what it is. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>

export type FlagValues<Table extends FlagTable> = {
  readonly [Name in keyof Table]: Table[Name] extends Flag<infer Value> ? Value : never
}

export interface ParsedFlags<Table extends FlagTable> {
  readonly values: FlagValues<Table>
  /** What is left: everything from the first word that is not a flag, or after `--`. */
  readonly args: readonly string[]
  /** The names that were on the command line. */
  readonly given: ReadonlySet<keyof Table & string>
}

export type FlagsErrorCode = 'FLAGS_INVALID' | 'FLAGS_HELP'

/** `FLAGS_INVALID`: a command line that Go refuses, in Go's words. `FLAGS_HELP`: -h or -help was given. */
export class FlagsError extends SdError<FlagsErrorCode> {
  constructor(code: FlagsErrorCode, message: string) {
    super(code, message)
  }
}

export class FlagSet<Table extends FlagTable> {
  constructor(readonly table: Table) {}

  /** Throws {@link FlagsError}. */
  parse(argv: readonly string[]): ParsedFlags<Table> {
    const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (const [name, flag] of Object.entries(this.table)) values[name] = flag.initial
    const given = new Set<string>()
    let next = 0
    for (; next < argv.length; next++) {
      const word = argv[next] as string
      if (word === '--') {
        next++
        break
      }
      if (word.length < 2 || !word.startsWith('-')) break
      const body = word.slice(word.startsWith('--') ? 2 : 1)
      if (/^[-=]/.test(body)) throw new FlagsError('FLAGS_INVALID', `bad flag syntax: ${word}`)
      const equals = body.indexOf('=')
      const name = equals < 0 ? body : body.slice(0, equals)
      const flag = this.#flag(name)
      let text = equals < 0 ? undefined : body.slice(equals + 1)
      if (text === undefined && flag.isBoolean) text = 'true'
      if (text === undefined) text = argv[++next]
      if (text === undefined) throw new FlagsError('FLAGS_INVALID', `flag needs an argument: -${name}`)
      values[name] = readValue(name, flag, text, values[name])
      given.add(name)
    }
    return { values: values as FlagValues<Table>, args: argv.slice(next), given }
  }

  /** Help in Consul's layout: `help`, then the flags under "HTTP API Options" and "Command Options". No newline at the end. */
  usage(help: string): string {
    return usageText(help, this.table)
  }

  /** What Go prints below a refused command line, "Usage:" included. Ends with a newline. */
  defaults(): string {
    return defaultsText(this.table)
  }

  #flag(name: string): Flag<unknown> {
    if (Object.hasOwn(this.table, name)) return this.table[name] as Flag<unknown>
    if (name === 'h' || name === 'help') throw new FlagsError('FLAGS_HELP', 'flag: help requested')
    throw new FlagsError('FLAGS_INVALID', `flag provided but not defined: -${name}`)
  }
}

function readValue(name: string, flag: Flag<unknown>, text: string, previous: unknown): unknown {
  try {
    return flag.parse(text, previous)
  } catch (error) {
    const where = flag.isBoolean
      ? `invalid boolean value ${goQuote(text)} for`
      : `invalid value ${goQuote(text)} for flag`
    throw new FlagsError('FLAGS_INVALID', `${where} -${name}: ${errorMessage(error)}`)
  }
}
