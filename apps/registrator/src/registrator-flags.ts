/** The command line of gliderlabs/registrator. */
import { booleanFlag, FlagSet, FlagsError, type FlagValues, integerFlag, stringFlag } from '@sd/cli/flags'
import { SdError } from '@sd/runtime'

const table = {
  cleanup: booleanFlag('Remove services that former runs on this host left behind', false),
  deregister: stringFlag('Deregister the services of ended containers "always" or "on-success"', 'always'),
  explicit: booleanFlag('Only register containers that name their service', false),
  internal: booleanFlag('Use container addresses and exposed ports instead of published ones', false),
  ip: stringFlag('`IP` address for all services', ''),
  resync: integerFlag('Compare all containers and services every so many `seconds`; 0 is never', 0),
  'retry-attempts': integerFlag('How often the first connection is tried again; -1 is for ever', 0),
  'retry-interval': integerFlag('`milliseconds` between these tries', 2_000),
  tags: stringFlag('Comma-separated `tags` for all services', ''),
  ttl: integerFlag('`seconds` that services live without refresh, in registries that support it', 0),
  'ttl-refresh': integerFlag('`seconds` between refreshes', 0),
  useIpFromLabel: stringFlag('Take the address from this `label` of the container', ''),
}

export type RegistratorFlags = FlagValues<typeof table>

export type CommandLine =
  | { kind: 'run'; flags: RegistratorFlags; registryUri: string }
  | { kind: 'version' }
  | { kind: 'help' }
  /** A command line that cannot be read: exit code 2, with usage. */
  | { kind: 'unreadable'; message: string }

/** Values that were read but cannot be used together: exit code 1. */
export class InvalidFlagsError extends SdError<'REGISTRATOR_INVALID_FLAGS'> {
  constructor(message: string) {
    super('REGISTRATOR_INVALID_FLAGS', message)
  }
}

const flagSet = new FlagSet(table)

export const usage = (program: string): string =>
  flagSet.defaults().replace(/^Usage:\n/, `Usage of ${program}:\n  ${program} [options] <registry URI>\n\n`)

/** @throws InvalidFlagsError */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  if (argv.length === 1 && /^--?version$/.test(argv[0] as string)) return { kind: 'version' }
  try {
    const { values, args } = flagSet.parse(argv)
    const [registryUri, ...extra] = args
    if (registryUri === undefined) return { kind: 'unreadable', message: 'Missing required argument for registry URI.' }
    if (extra.length > 0) {
      return {
        kind: 'unreadable',
        message: `Extra arguments: ${extra.join(' ')}\nOptions come before the registry URI.`,
      }
    }
    checkFlags(values)
    return { kind: 'run', flags: values, registryUri }
  } catch (error) {
    if (!(error instanceof FlagsError)) throw error
    return error.code === 'FLAGS_HELP' ? { kind: 'help' } : { kind: 'unreadable', message: error.message }
  }
}

function checkFlags(flags: RegistratorFlags): void {
  const refuse = (message: string) => {
    throw new InvalidFlagsError(message)
  }
  if (flags.tags.includes('{{')) refuse('-tags takes plain tags; templates ({{ ... }}) are not supported')
  if ((flags.ttl === 0) !== (flags['ttl-refresh'] === 0))
    refuse('-ttl and -ttl-refresh must be given together or not at all')
  if (flags.ttl < 0 || flags['ttl-refresh'] < 0) refuse('-ttl and -ttl-refresh must be positive')
  if (flags.ttl > 0 && flags.ttl <= flags['ttl-refresh']) refuse('-ttl must be greater than -ttl-refresh')
  if (flags.resync < 0) refuse('-resync must not be negative')
  if (flags['retry-interval'] <= 0) refuse('-retry-interval must be greater than 0')
  if (flags['retry-attempts'] < -1) refuse('-retry-attempts must be -1 (for ever), 0 or more')
  if (flags.deregister !== 'always' && flags.deregister !== 'on-success') {
    refuse(`-deregister must be "always" or "on-success", not ${JSON.stringify(flags.deregister)}`)
  }
}
