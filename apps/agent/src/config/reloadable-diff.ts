/** What a reload (SIGHUP) may change, and what changed in the files but waits for a restart. */
import { isDeepStrictEqual } from 'node:util'
import type { RuntimeConfig } from './build-config'
import { configSchema } from './config-schema'
import { builtKey, type Fields } from './field'

export interface ReloadableDiff {
  /** Paths by file key ("limits.rpc_rate") that take effect now. */
  readonly reloadable: readonly string[]
  /** Paths that differ from what runs and keep their old value until a restart. */
  readonly needsRestart: readonly string[]
}

type Values = Readonly<Record<string, unknown>>

export function reloadableDiff(running: RuntimeConfig, next: RuntimeConfig): ReloadableDiff {
  const reloadable: string[] = []
  const needsRestart: string[] = []
  const compare = (before: Values, after: Values, fields: Fields, path: string, isInherited: boolean): void => {
    for (const [key, field] of Object.entries(fields)) {
      const name = builtKey(key, field)
      const place = path === '' ? key : `${path}.${key}`
      const isReloadable = isInherited || (field.reloadable ?? false)
      if (isDeepStrictEqual(before[name], after[name])) continue
      if (field.kind === 'block' && !field.isWhole) {
        compare(before[name] as Values, after[name] as Values, field.fields, place, isReloadable)
      } else (isReloadable ? reloadable : needsRestart).push(place)
    }
  }
  compare(running as unknown as Values, next as unknown as Values, configSchema, '', false)
  // What is computed from addresses and ports is not in the table under its own name.
  for (const [name, path] of [
    ['listen', 'addresses'],
    ['advertise', 'advertise_addr'],
    ['clientAddrs', 'client_addr'],
  ] as const) {
    if (!isDeepStrictEqual(running[name], next[name]) && !needsRestart.includes(path)) needsRestart.push(path)
  }
  return { reloadable, needsRestart }
}
