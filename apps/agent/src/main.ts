/** Adds this app's commands to those of @sd/cli and runs one. */
import { type Command, runCli } from '@sd/cli'
import { agentCommand } from './agent-command'
import { VALIDATE_HELP, validateCommand } from './validate-command'

const validate: Command = {
  synopsis: 'Checks configuration files and directories',
  help: () => VALIDATE_HELP.trim(),
  run: (argv, { io }) =>
    validateCommand(argv, { stdout: (text) => io.stdout.write(text), stderr: (text) => io.stderr.write(text) }),
}

/** Runs one command line (without the program's name); resolves to its exit code. */
export function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  // An agent listens to signals itself; every other command just ends.
  if (argv[0] !== 'agent')
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())
  return runCli(
    argv,
    {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      signal: interrupt.signal,
    },
    { extraCommands: { agent: agentCommand, validate } },
  )
}
