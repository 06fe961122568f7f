/** From words to a command: finds it, shows help and version, and turns its outcome into an exit code. */
import { compareText } from '@sd/model'
import { errorMessage } from '@sd/runtime'
import { type Command, Invocation } from './command'
import { standardCommands } from './commands'
import type { CliIo } from './io'

export type CommandTable = Readonly<Record<string, Command>>

export interface RunCliOptions {
  /** By their words: "agent", "snapshot inspect". They win over the commands of this package. */
  extraCommands?: CommandTable
  /** The name in help texts. @defaultValue "sd" */
  program?: string
}

const HELP_WORDS = new Set(['-h', '-help', '--help'])
const VERSION_WORDS = new Set(['-v', '-version', '--version'])
/** Exit code for words that are no command (the shell's "command not found"). */
const UNKNOWN_COMMAND = 127

/** Runs one command line (without the program's own name) and resolves to its exit code. Never exits the process. */
export async function runCli(argv: readonly string[], io: CliIo, options: RunCliOptions = {}): Promise<number> {
  const commands: CommandTable = { ...standardCommands, ...options.extraCommands }
  await using invocation = new Invocation(io, options.program ?? 'sd')
  const line = readLine(argv, commands)
  if (line.asksVersion) return (await (commands.version as Command).run([], invocation)) === 0 ? 0 : 1
  const { name } = line
  if (name === undefined) {
    const listing = overview(commands, invocation.program)
    if (line.asksHelp && !line.hasWord) invocation.out(listing)
    else invocation.err(listing)
    return line.asksHelp && !line.hasWord ? 0 : UNKNOWN_COMMAND
  }
  const command = commands[name] as Command
  const help = () => command.help(invocation.program) + subcommands(name, commands)
  if (line.asksHelp) {
    invocation.out(help())
    return 0
  }
  if (line.hasEarlyFlags) {
    invocation.err(`Flags come after the command, not before it.\n\n${help()}`)
    return 1
  }
  try {
    const outcome = await command.run(line.args, invocation)
    if (outcome !== 'help') return outcome
    invocation.err(help())
    return 1
  } catch (error) {
    invocation.err(`Error executing CLI: ${errorMessage(error)}`)
    return 1
  }
}

interface CommandLine {
  readonly asksHelp: boolean
  readonly asksVersion: boolean
  readonly hasEarlyFlags: boolean
  /** True when there is a word that could be a command. */
  readonly hasWord: boolean
  /** The command's words, as in the table; undefined when none fits. */
  readonly name: string | undefined
  readonly args: readonly string[]
}

/** Help may be asked for anywhere before "--"; the command is the longest run of words that names one. */
function readLine(argv: readonly string[], commands: CommandTable): CommandLine {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  const asksHelp = words.some((word) => HELP_WORDS.has(word))
  const isWord = (word: string) => !word.startsWith('-') || word === ''
  const first = words.findIndex(isWord)
  const before = first < 0 ? words : words.slice(0, first)
  const asksVersion = before.some((word) => VERSION_WORDS.has(word))
  const hasEarlyFlags = before.some((word) => !HELP_WORDS.has(word))
  const common = { asksHelp, asksVersion, hasEarlyFlags, hasWord: first >= 0 }
  for (let length = 3; first >= 0 && length > 0; length--) {
    const name = words.slice(first, first + length).join(' ')
    if (Object.hasOwn(commands, name) && name.split(' ').length === length) {
      return { ...common, name, args: argv.slice(first + length) }
    }
  }
  return { ...common, name: undefined, args: [] }
}

function overview(commands: CommandTable, program: string): string {
  const names = Object.keys(commands).filter((name) => !name.includes(' '))
  return `Usage: ${program} [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n${listing(names, '', commands)}\n`
}

function subcommands(parent: string, commands: CommandTable): string {
  const prefix = `${parent} `
  const names = Object.keys(commands).filter(
    (name) => name.startsWith(prefix) && !name.slice(prefix.length).includes(' '),
  )
  return names.length === 0 ? '' : `\n\nSubcommands:\n${listing(names, prefix, commands)}`
}

function listing(names: readonly string[], prefix: string, commands: CommandTable): string {
  const width = Math.max(...names.map((name) => name.length - prefix.length))
  return [...names]
    .sort(compareText)
    .map((name) => `    ${name.slice(prefix.length).padEnd(width)}    ${(commands[name] as Command).synopsis}`)
    .join('\n')
}
