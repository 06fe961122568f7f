/** The key-value store. */
import { getKey, listKeyNames, listKeys } from '@sd/catalog'
import type { KvEntry } from '@sd/model'
import { refused } from '../../errors'
import type { Commands, KvWriteVerb } from '../commands'
import type { LockDelays } from '../leader/lock-delay'
import type { ReadCallOptions, RequestPipeline } from '../request-pipeline'

export class KvEndpoint {
  constructor(
    private readonly pipeline: RequestPipeline,
    private readonly commands: Commands,
    private readonly lockDelays: LockDelays,
  ) {}

  get(key: string, options: ReadCallOptions) {
    return this.pipeline.read<KvEntry | undefined>(
      {
        key: `kv.get\u0000${key}`,
        query: (tables, watch) => getKey(tables, key, watch),
        isMissing: (value) => value === undefined,
        // One look into the tree costs less than keeping what it found.
        isKept: false,
      },
      options,
    )
  }

  list(prefix: string, options: ReadCallOptions) {
    return this.pipeline.read<readonly KvEntry[]>(
      {
        key: `kv.list\u0000${prefix}`,
        query: (tables, watch) => listKeys(tables, prefix, watch),
        isMissing: (value) => value.length === 0,
      },
      options,
    )
  }

  keys(prefix: string, separator: string, options: ReadCallOptions) {
    return this.pipeline.read<readonly string[]>(
      {
        key: `kv.keys\u0000${prefix}\u0000${separator}`,
        query: (tables, watch) => listKeyNames(tables, prefix, separator, watch),
        isMissing: (value) => value.length === 0,
      },
      options,
    )
  }

  /** True when the write was done; false when its condition, a lock, or a lock delay refused it. */
  async write(verb: KvWriteVerb, entry: KvEntry, datacenter?: string): Promise<boolean> {
    if (entry.key === '' && verb !== 'delete-tree') throw refused('Must provide key')
    // By the leader's clock, before the log: servers must not differ in what they apply.
    if (verb === 'lock' && this.lockDelays.isDelayed(entry.key)) return false
    return this.commands.kv(verb, entry, datacenter)
  }
}
