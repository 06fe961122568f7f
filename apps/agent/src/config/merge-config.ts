/** Several sources to one: lists append, maps overlay, everything else is overridden by the later source. */
import type { HclObject } from '@sd/hcl'
import { ConfigError, joinFaults } from './config-error'
import { configSchema, deprecatedSchema, type RawConfig } from './config-schema'
import { decodeConfig, type SourceFormat } from './decode-config'
import { applyDeprecated, enterpriseWarnings } from './deprecated-config'
import type { AnyField, Fields } from './field'

/** A text that was read, or settings that came from elsewhere (defaults, flags). */
export interface ConfigSource {
  /** How errors and {@link Provenance} call it; for files, the path. */
  readonly name: string
  readonly format: SourceFormat
  /** What the text says, parsed. */
  readonly content: HclObject
}

/** Setting ("ports.http") to the sources that wrote it, in their order; for all but lists and maps the last one counts. */
export type Provenance = ReadonlyMap<string, readonly string[]>

export interface Merged {
  readonly config: RawConfig
  readonly warnings: readonly string[]
  readonly provenance: Provenance
}

/** Settings as one source has them, before it meets the others. */
export interface SourceValues {
  readonly name: string
  readonly values: Record<string, unknown>
  readonly warnings: readonly string[]
}

const ALL_FIELDS: Fields = { ...configSchema, ...deprecatedSchema }

/** Throws {@link ConfigError} for unknown keys and values of a wrong type, naming the source. */
export function readSource(source: ConfigSource): SourceValues {
  const decoded = decodeConfig(source.content, ALL_FIELDS, source.format)
  if (decoded.faults.length > 0) {
    const faults = decoded.faults.join('\n')
    throw new ConfigError(`failed to parse ${source.name}: decoding failed due to the following error(s):\n\n${faults}`)
  }
  const warnings: string[] = []
  const unknown: string[] = []
  for (const key of decoded.unknown) {
    if (key === 'acl_enforce_version_8') warnings.push(`config key "${key}" is deprecated and should be removed`)
    else if (/^audit\.sink\[.*\]\.name$/.test(key)) {
      warnings.push('config key audit.sink[].name is deprecated and should be removed')
    } else unknown.push(`invalid config key ${key}`)
  }
  if (unknown.length > 0) throw new ConfigError(`failed to parse ${source.name}: ${joinFaults(unknown)}`)
  return finishSource(source.name, decoded.values, warnings)
}

/** Splits off deprecated keys and folds `check` into `checks`, `service` into `services`. */
export function finishSource(name: string, all: Record<string, unknown>, before: readonly string[]): SourceValues {
  const values = Object.create(null) as Record<string, unknown>
  const old = Object.create(null) as Record<string, unknown>
  for (const [key, value] of Object.entries(all)) {
    if (Object.hasOwn(deprecatedSchema, key)) old[key] = value
    else values[key] = value
  }
  const moved = applyDeprecated(values, old)
  for (const [one, many] of [
    ['check', 'checks'],
    ['service', 'services'],
  ] as const) {
    if (values[one] === undefined) continue
    values[many] = [...((values[many] as readonly unknown[] | undefined) ?? []), values[one]]
    delete values[one]
  }
  return { name, values, warnings: [...before, ...enterpriseWarnings(values), ...moved.warnings] }
}

/** Later sources win. */
export function mergeSources(sources: readonly SourceValues[]): Merged {
  const provenance = new Map<string, string[]>()
  const config = Object.create(null) as Record<string, unknown>
  for (const source of sources) mergeBlock(config, source.values, configSchema, '', source.name, provenance)
  return { config: config as RawConfig, warnings: sources.flatMap((source) => source.warnings), provenance }
}

function mergeBlock(
  into: Record<string, unknown>,
  from: Record<string, unknown>,
  fields: Fields,
  path: string,
  source: string,
  provenance: Map<string, string[]>,
): void {
  for (const [key, value] of Object.entries(from)) {
    const field = fields[key] as AnyField
    const place = path === '' ? key : `${path}.${key}`
    if (field.kind === 'block' && !field.isWhole) {
      into[key] ??= Object.create(null)
      mergeBlock(
        into[key] as Record<string, unknown>,
        value as Record<string, unknown>,
        field.fields,
        place,
        source,
        provenance,
      )
      continue
    }
    into[key] = mergeValue(into[key], value, field)
    const writers = provenance.get(place)
    if (writers === undefined) provenance.set(place, [source])
    else if (writers.at(-1) !== source) writers.push(source)
  }
}

function mergeValue(before: unknown, value: unknown, field: AnyField): unknown {
  switch (field.kind) {
    case 'textList':
    case 'blockList':
    case 'anyMapList':
      return before === undefined ? value : [...(before as unknown[]), ...(value as unknown[])]
    case 'textMap':
    case 'textListMap':
    case 'durationMap':
    case 'anyMap':
    case 'blockMap':
      return before === undefined ? value : Object.assign(Object.create(null) as object, before, value)
    default:
      return value
  }
}
