/** What a command is, and the two ways to make one: a leaf with flags, a group with subcommands. */
import { errorMessage } from '@sd/runtime'
import type { ConsulClient } from '@sd/api-client'
import { connect } from './connect'
import { FlagsError, FlagSet, type FlagTable, type ParsedFlags } from './flags'
import type { CliIo } from './io'

export interface Command {
  /** One line in the list of commands. */
  readonly synopsis: string
  /** The whole help text, no newline at its end. `program` is the name the user typed. */
  help(program: string): string
  /** The exit code; "help" prints the help as an error and exits with 1. */
  run(argv: readonly string[], invocation: Invocation): Promise<number | 'help'>
}

/** A failure that is one line on stderr and an exit code. */
export class CommandFailure extends Error {
  constructor(
    message: string,
    readonly exitCode = 1,
    /** Prints the help below the message. */
    readonly showsHelp = false,
  ) {
    super(message)
  }
}

/** One run of one command. */
export class Invocation implements AsyncDisposable {
  readonly #clients: ConsulClient[] = []

  constructor(
    readonly io: CliIo,
    readonly program: string,
  ) {}

  /** A line on stdout. */
  out(text: string | Uint8Array): void {
    write(this.io.stdout, text)
  }

  /** A line on stderr. */
  err(text: string): void {
    write(this.io.stderr, text)
  }

  /** The client that flags and environment describe; closed at the end of the run. */
  async connect(flags: Readonly<Record<string, unknown>>): Promise<ConsulClient> {
    const client = await attempt('Error connecting to Consul agent', () => connect(flags, this.io.env))
    this.#clients.push(client)
    return client
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

/** Text and newline in one write, so that lines of two writers never mix. */
function write(stream: NodeJS.WritableStream, text: string | Uint8Array): void {
  stream.write(typeof text === 'string' ? `${text}\n` : Buffer.concat([text, Buffer.from('\n')]))
}

/** Runs `action`; its failure becomes "`what`: reason" and exit code 1. */
export async function attempt<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw new CommandFailure(`${what}: ${errorMessage(error)}`)
  }
}

export interface CommandDefinition<Table extends FlagTable> {
  readonly synopsis: string
  readonly help: (program: string) => string
  readonly flags: Table
  /** Exit code; nothing is 0. */
  run(parsed: ParsedFlags<Table>, invocation: Invocation): Promise<number | void>
}

export function defineCommand<const Table extends FlagTable>(definition: CommandDefinition<Table>): Command {
  const flags = new FlagSet(definition.flags)
  const help = (program: string) => flags.usage(definition.help(program))
  return {
    synopsis: definition.synopsis,
    help,
    async run(argv, invocation) {
      let parsed: ParsedFlags<Table>
      try {
        parsed = flags.parse(argv)
      } catch (error) {
        if (!(error instanceof FlagsError)) throw error
        invocation.io.stderr.write(
          error.code === 'FLAGS_HELP' ? flags.defaults() : `${error.message}\n${flags.defaults()}`,
        )
        return 1
      }
      try {
        return (await definition.run(parsed, invocation)) ?? 0
      } catch (error) {
        if (!(error instanceof CommandFailure)) throw error
        if (error.message !== '') invocation.err(error.message)
        if (error.showsHelp) invocation.err(`\n${help(invocation.program)}`)
        return error.exitCode
      }
    },
  }
}

/** A command that only has subcommands. */
export const defineGroup = (synopsis: string, help: (program: string) => string): Command => ({
  synopsis,
  help: (program) => help(program).trim(),
  run: async () => 'help',
})

export function refuseArguments(args: readonly string[]): void {
  if (args.length > 0) throw new CommandFailure(`Too many arguments (expected 0, got ${args.length})`)
}
