/** The only part of configuration that touches the disk: files and directories to texts, in Consul's order. */
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { errorMessage } from '@sd/runtime'
import { ConfigError } from './config-error'
import type { SourceFormat } from './decode-config'

export interface ConfigFile {
  readonly path: string
  readonly format: SourceFormat
  /** Bytes, since HCL refuses what is not UTF-8. */
  readonly bytes: Uint8Array
}

export interface ReadConfigFiles {
  readonly files: readonly ConfigFile[]
  readonly warnings: readonly string[]
}

/**
 * A file must end in .hcl or .json unless `format` is given; in a directory others are skipped with a warning.
 * Directories are read in the order of names (by bytes), without their subdirectories.
 */
export async function readConfigFiles(paths: readonly string[], format: string): Promise<ReadConfigFiles> {
  const files: ConfigFile[] = []
  const warnings: string[] = []
  for (const given of paths) {
    const isDirectory = await stat(given).then(
      (found) => found.isDirectory(),
      (error: unknown) => {
        throw new ConfigError(`config: Open failed on ${given}. ${goFault('open', given, error)}`, { cause: error })
      },
    )
    if (!isDirectory) {
      const kind = formatOf(given, format)
      if (!kind) {
        throw new ConfigError(
          `file ${given} has unknown extension; must be .hcl or .json, or config format must be set`,
        )
      }
      files.push(await readOne(given, kind))
      continue
    }
    for (const name of await namesIn(given)) {
      const file = path.join(given, name)
      if (await isDirectoryAt(file)) continue
      const kind = formatOf(file, format)
      if (kind) files.push(await readOne(file, kind))
      else {
        warnings.push(`skipping file ${file}, extension must be .hcl or .json, or config format must be set`)
      }
    }
  }
  return { files, warnings }
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    const names = await readdir(directory, { encoding: 'buffer' })
    return names.sort(Buffer.compare).map(String)
  } catch (error) {
    throw new ConfigError(`config: Readdir failed on ${directory}. ${goFault('open', directory, error)}`, {
      cause: error,
    })
  }
}

async function isDirectoryAt(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isDirectory()
  } catch (error) {
    // A link to nowhere.
    throw new ConfigError(goFault('lstat', file, error), { cause: error })
  }
}

async function readOne(file: string, format: SourceFormat): Promise<ConfigFile> {
  try {
    return { path: file, format, bytes: await readFile(file) }
  } catch (error) {
    throw new ConfigError(`config: failed to read ${file}: ${goFault('open', file, error)}`, { cause: error })
  }
}

function formatOf(file: string, format: string): SourceFormat | undefined {
  if (format === 'hcl' || format === 'json') return format
  if (file.endsWith('.json')) return 'json'
  return file.endsWith('.hcl') ? 'hcl' : undefined
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
}

function goFault(call: string, file: string, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  return `${call} ${file}: ${Object.hasOwn(REASONS, code) ? REASONS[code] : errorMessage(error)}`
}
