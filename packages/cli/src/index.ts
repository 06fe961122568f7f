/**
 * The commands of Consul's CLI, against any agent that speaks its HTTP API.
 * @packageDocumentation
 */
export { type CommandTable, runCli, type RunCliOptions } from './run-cli'
export {
  attempt,
  type Command,
  type CommandDefinition,
  CommandFailure,
  defineCommand,
  defineGroup,
  Invocation,
} from './command'
export type { CliIo } from './io'
export { goFileError, readData } from './read-data'
export { columns, tabbed } from './table-text'
export { goJson, type Printable } from './go-json'
export { clientFlags, partitionFlags, readOptions, serverFlags, tenancyFlags } from './common-flags'
