/** Service definitions from configuration files, JSON or HCL, as an agent would read them. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { parseHcl, parseJsonObject } from '@sd/hcl'
import { decodeFields, type ServiceDefinition, serviceDefinitionFields } from '@sd/model'
import { errorMessage } from '@sd/runtime'
import { goFileError } from '../../read-data'

/** Definitions in the order of files and of their text. `warn` hears of files that are passed over. */
export async function readServiceFiles(
  paths: readonly string[],
  warn: (text: string) => void,
): Promise<ServiceDefinition[]> {
  const services: ServiceDefinition[] = []
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      if (!/\.(json|hcl)$/.test(file)) {
        warn(`skipping file ${file}, extension must be .hcl or .json, or config format must be set`)
        continue
      }
      services.push(...parseServices(file, await read(file)))
    }
  }
  return services
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const entries = await readdir(path, { withFileTypes: true })
    const names = entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name)
    return names.sort().map((name) => join(path, name))
  } catch (error) {
    throw new Error(`config: Open failed on ${path}. ${goFileError(path, error)}`, { cause: error })
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`config: ReadFile failed on ${file}: ${goFileError(file, error)}`, { cause: error })
  }
}

/** The services of one text; keys of the rest of a configuration are passed over. */
export function parseServices(file: string, text: string): ServiceDefinition[] {
  try {
    const config = file.endsWith('.json') ? parseJsonObject(text) : parseHcl(text)
    const { service, services } = config as { service?: unknown; services?: unknown }
    const unknown: string[] = []
    const found = [...listOf('service', service, unknown), ...listOf('services', services, unknown)]
    if (unknown.length > 0) throw new Error(unknownKeys(unknown))
    return found
  } catch (error) {
    throw new Error(`failed to parse ${file}: ${errorMessage(error)}`, { cause: error })
  }
}

function listOf(key: string, value: unknown, unknown: string[]): ServiceDefinition[] {
  if (value === undefined || value === null) return []
  const items = Array.isArray(value) ? value : [value]
  return items.map((item, i) => {
    const path = key === 'service' && items.length === 1 ? key : `${key}[${i}]`
    const onUnknown = (inside: string, name: string) =>
      void unknown.push([path, inside, name].filter((part) => part !== '').join('.'))
    return decodeFields(serviceDefinitionFields, withoutBlocks(item), { style: 'config', onUnknown })
  })
}

function unknownKeys(keys: readonly string[]): string {
  const lines = keys.map((key) => `\t* invalid config key ${key}\n`)
  return `${keys.length} error${keys.length === 1 ? '' : 's'} occurred:\n${lines.join('')}\n`
}

/** Keys whose blocks are a list, also when there is one. */
const LISTS = new Set(['checks', 'ports', 'upstreams', 'paths'])

/** An HCL block comes as a list with one object: it stands for the object where a single one is meant. */
function withoutBlocks(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const isBlock = value.length === 1 && typeof value[0] === 'object' && value[0] !== null && !Array.isArray(value[0])
    if (isBlock && !LISTS.has(key)) return withoutBlocks(value[0])
    return value.map((item) => withoutBlocks(item))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutBlocks(item, name)]))
}
