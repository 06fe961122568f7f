import { CommandFailure } from '../../command'

/** The one key that may be given. Keys have no slash in front, but people type one. */
export function keyArgument(args: readonly string[]): string {
  if (args.length > 1) throw new CommandFailure(`Too many arguments (expected 1, got ${args.length})`)
  return (args[0] ?? '').replace(/^\//, '')
}
