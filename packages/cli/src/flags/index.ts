/**
 * Go-style command line flags from a typed table: `-name value`, `--name=value`, `-switch`, `-switch=false`, `--`,
 * with Go's error texts and Consul's help layout.
 *
 * ```ts
 * const flags = new FlagSet({ quiet: booleanFlag('Say nothing.', false), node: stringFlag('Name of the node.') })
 * const { values, args } = flags.parse(['-node', 'n1', 'file.hcl'])
 * ```
 * @packageDocumentation
 */
export { FlagSet, FlagsError, type FlagsErrorCode, type FlagTable, type FlagValues, type ParsedFlags } from './flag-set'
export {
  booleanFlag,
  durationFlag,
  type Flag,
  FlagValueError,
  integerFlag,
  listFlag,
  mapFlag,
  stringFlag,
  unsignedFlag,
} from './flag'
export { parseGoBoolean, parseGoInteger } from './go-text'
export { goQuote } from '@sd/runtime'
