/** What a watch reads, from its flags. */
import type { ConsulClient, QueryResult, ReadOptions } from '@sd/api-client'
import { CommandFailure } from '../../command'
import { parseGoBoolean } from '../../flags'
import type { Printable } from '../../go-json'
import { checkJson, eventJson, kvEntryJson, nodeJson, serviceEntryJson, servicesJson } from './watch-json'

export interface WatchFlags {
  readonly type: string
  readonly key: string
  readonly prefix: string
  readonly service: string
  readonly tag: readonly string[]
  readonly passingonly: string
  readonly state: string
  readonly name: string
  readonly filter: string
}

export type WatchRead = (client: ConsulClient, options: ReadOptions) => Promise<QueryResult<Printable>>

/** Flags that each type takes besides `stale` and `datacenter`; others are refused. */
const TAKES: Readonly<Record<string, readonly (keyof WatchFlags)[]>> = {
  key: ['key'],
  keyprefix: ['prefix'],
  services: ['filter'],
  nodes: ['filter'],
  service: ['service', 'tag', 'passingonly', 'filter'],
  checks: ['service', 'state', 'filter'],
  event: ['name'],
}

/** Throws {@link CommandFailure} in the words of Consul for flags that do not fit. */
export function planWatch(flags: WatchFlags): WatchRead {
  const passingOnly = flags.passingonly === '' ? false : parseGoBoolean(flags.passingonly)
  if (passingOnly === undefined) {
    const text = JSON.stringify(flags.passingonly)
    throw new CommandFailure(`Failed to parse passingonly flag: strconv.ParseBool: parsing ${text}: invalid syntax`)
  }
  const takes = TAKES[flags.type]
  if (!takes || !Object.hasOwn(TAKES, flags.type)) throw new CommandFailure(`Unsupported watch type: ${flags.type}`)
  need(flags.type !== 'key' || flags.key, 'Must specify a single key to watch')
  need(flags.type !== 'keyprefix' || flags.prefix, 'Must specify a single prefix to watch')
  need(flags.type !== 'service' || flags.service, 'Must specify a single service to watch')
  need(flags.type !== 'checks' || !flags.service || !flags.state, 'Cannot specify service and state')
  const others = (Object.keys(flags) as (keyof WatchFlags)[]).filter((name) => name !== 'type' && !takes.includes(name))
  const bad = others.filter((name) => flags[name].length > 0)
  if (bad.length > 0) throw new CommandFailure(`Invalid parameters: [${bad.join(' ')}]`)
  return readOf(flags, passingOnly)
}

function readOf(flags: WatchFlags, passingOnly: boolean): WatchRead {
  const filter = flags.filter === '' ? {} : { filter: flags.filter }
  switch (flags.type) {
    case 'key':
      return async ({ kv }, options) =>
        map(await kv.get(flags.key, options), (entry) => (entry ? kvEntryJson(entry) : null))
    case 'keyprefix':
      // No key is null here, and not an empty list.
      return async ({ kv }, options) =>
        map(await kv.list(flags.prefix, options), (list) => (list.length > 0 ? list.map(kvEntryJson) : null))
    case 'services':
      return async ({ catalog }, options) => map(await catalog.services({ ...options, ...filter }), servicesJson)
    case 'nodes':
      return async ({ catalog }, options) =>
        map(await catalog.nodes({ ...options, ...filter }), (list) => list.map(nodeJson))
    case 'service':
      return async ({ health }, options) => {
        const tags = flags.tag.length > 0 ? { tags: flags.tag } : {}
        const result = await health.service(flags.service, { ...options, ...filter, ...tags, passingOnly })
        return map(result, (list) => list.map(serviceEntryJson))
      }
    case 'event':
      return async ({ event }, options) =>
        map(await event.list({ ...options, name: flags.name }), (list) => list.map(eventJson))
    default:
      return async ({ health }, options) => {
        const asked = { ...options, ...filter }
        const result = flags.service
          ? await health.checks(flags.service, asked)
          : await health.state((flags.state || 'any') as 'any', asked)
        return map(result, (list) => list.map(checkJson))
      }
  }
}

function need(isFine: boolean | string, message: string): void {
  if (!isFine) throw new CommandFailure(message)
}

const map = <T, R>({ value, meta }: QueryResult<T>, change: (value: T) => R): QueryResult<R> => ({
  value: change(value),
  meta,
})
