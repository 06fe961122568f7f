/** Files, flags and defaults to a checked configuration. */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { type HclObject, parseHcl, parseJsonObject } from '@sd/hcl'
import { errorMessage } from '@sd/runtime'
import { buildConfig, type RuntimeConfig } from './build-config'
import { ConfigError } from './config-error'
import type { AgentFlags } from './config-flags'
import { defaultSource, devSource, fixedSource } from './default-sources'
import { finishSource, mergeSources, type Provenance, readSource, type SourceValues } from './merge-config'
import { type Host, systemHost } from './network'
import { type ConfigFile, readConfigFiles } from './read-config-files'
import { type DataDirFacts, validateConfig } from './validate-config'

export interface LoadedConfig {
  readonly config: RuntimeConfig
  /** In the order in which Consul prints them when it starts. */
  readonly warnings: readonly string[]
  readonly provenance: Provenance
}

/** Everything that was read; from here on nothing touches the disk. */
export interface ConfigInput {
  readonly flags: AgentFlags
  readonly files: readonly ConfigFile[]
  readonly fileWarnings: readonly string[]
  readonly host: Host
  /** Looked up once the data directory is known. */
  readonly dataDir: DataDirFacts
}

/** Reads what the flags name and the data directory's state. Throws {@link ConfigError}. */
export async function loadConfig(flags: AgentFlags, host: Host = systemHost): Promise<LoadedConfig> {
  checkFormat(flags.configFormat)
  const { files, warnings } = await readConfigFiles(flags.configPaths, flags.configFormat)
  const merged = mergeInput({ flags, files, fileWarnings: warnings, host })
  return finish(merged, flags, host, await dataDirFacts(merged.config.data_dir ?? ''))
}

/** The pure part of {@link loadConfig}. */
export function assembleConfig(input: ConfigInput): LoadedConfig {
  checkFormat(input.flags.configFormat)
  return finish(mergeInput(input), input.flags, input.host, input.dataDir)
}

function checkFormat(format: string): void {
  if (!['', 'hcl', 'json'].includes(format)) {
    throw new ConfigError("config: -config-format must be either 'hcl' or 'json'")
  }
}

function mergeInput({ flags, files, fileWarnings }: Omit<ConfigInput, 'dataDir'>) {
  const { lists, others } = splitLists(flags.values)
  const sources: SourceValues[] = [
    defaultSource(),
    ...(flags.dev ? [devSource()] : []),
    // Lists of flags come before those of files, single values after them.
    finishSource('flags', lists, flags.warnings),
    finishSource('flags', Object.create(null) as Record<string, unknown>, fileWarnings),
    ...files.flatMap(fileSource),
    finishSource('flags', others, []),
    ...flags.hcl.flatMap((text, i) => fileSource({ path: `flags-${i}.hcl`, format: 'hcl', bytes: Buffer.from(text) })),
    fixedSource({ dev: flags.dev }),
  ]
  return mergeSources(sources)
}

function finish(
  merged: ReturnType<typeof mergeSources>,
  flags: AgentFlags,
  host: Host,
  dataDir: DataDirFacts,
): LoadedConfig {
  const { config, warnings } = buildConfig(merged.config, { dev: flags.dev, host })
  const complaints = validateConfig(config, dataDir)
  return { config, warnings: [...merged.warnings, ...warnings, ...complaints], provenance: merged.provenance }
}

function splitLists(values: Record<string, unknown>): Record<'lists' | 'others', Record<string, unknown>> {
  const lists = Object.create(null) as Record<string, unknown>
  const others = Object.create(null) as Record<string, unknown>
  for (const [key, value] of Object.entries(values)) (Array.isArray(value) ? lists : others)[key] = value
  return { lists, others }
}

/** An empty file says nothing. */
function fileSource(file: ConfigFile): SourceValues[] {
  if (file.bytes.length === 0) return []
  return [readSource({ name: file.path, format: file.format, content: parseFile(file) })]
}

function parseFile({ path: name, format, bytes }: ConfigFile): HclObject {
  try {
    return format === 'hcl' ? parseHcl(bytes) : parseJsonObject(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    throw new ConfigError(`failed to parse ${name}: ${errorMessage(error)}`, { cause: error })
  }
}

async function dataDirFacts(dataDir: string): Promise<DataDirFacts> {
  if (dataDir === '') return { state: 'absent', hasOldData: false }
  try {
    const found = await stat(dataDir)
    const hasOldData = await stat(path.join(dataDir, 'mdb')).then(
      () => true,
      () => false,
    )
    return { state: found.isDirectory() ? 'directory' : 'other', hasOldData }
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { state: 'absent', hasOldData: false, fault: isAbsent ? undefined : errorMessage(error) }
  }
}
