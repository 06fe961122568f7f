/** `validate`: reads configuration as the agent would and says what it thinks of it. */
import { booleanFlag, FlagsError, FlagSet, stringFlag } from '@sd/cli/flags'
import { errorMessage, isSdError } from '@sd/runtime'
import { loadConfig, noFlags } from './config'

export interface ValidateIo {
  /** Text with its line breaks. */
  stdout(text: string): void
  stderr(text: string): void
}

const flags = new FlagSet({
  'config-format': stringFlag("Reads all files as 'hcl' or 'json', whatever their names are.", ''),
  quiet: booleanFlag('Says nothing when everything is in order.', false),
})

export const VALIDATE_HELP = `
Usage: sd validate [options] FILE_OR_DIRECTORY...

  Reads configuration files, and those in directories, as the agent would, and
  reports what it would refuse or warn about. Nothing is started.

  Give all files that the agent will be given: a part alone is often incomplete.

  The exit code is 0 for a valid configuration and 1 otherwise.
`

/** Returns the exit code. */
export async function validateCommand(argv: readonly string[], io: ValidateIo): Promise<number> {
  let parsed
  try {
    parsed = flags.parse(argv)
  } catch (error) {
    if (isSdError(error, 'FLAGS_HELP')) {
      io.stdout(`${flags.usage(VALIDATE_HELP)}\n`)
      return 0
    }
    if (!(error instanceof FlagsError)) throw error
    io.stderr(`${error.message}\n${flags.defaults()}${error.message}\n`)
    return 1
  }
  const { args, values } = parsed
  if (args.length === 0) {
    io.stderr('Must specify at least one config file or directory\n')
    return 1
  }
  if (!['', 'json', 'hcl'].includes(values['config-format'])) {
    // Consul's text has no closing quote either.
    io.stderr("-config-format must be either 'hcl' or 'json\n")
    return 1
  }
  try {
    const { warnings } = await loadConfig(noFlags(args, values['config-format']))
    if (!values.quiet) {
      for (const warning of warnings) io.stderr(`${warning}\n`)
      io.stdout('Configuration is valid!\n')
    }
    return 0
  } catch (error) {
    if (!isSdError(error)) throw error
    io.stderr(`Config validation failed: ${errorMessage(error)}\n`)
    return 1
  }
}
