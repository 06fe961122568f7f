/** `/v1/event`: user events fired and seen here. */
import { type CompiledRegexp, compileRegexp } from '@sd/catalog'
import type { NodeService, UserEvent } from '@sd/model'
import { type Clock, type Random, randomUuid } from '@sd/runtime'
import { badRequest, refused } from '../errors'
import { type EventBuffer, eventIndex } from '../local/event-buffer'
import { waitLimitMs } from '../server/blocking-read'

export interface EventBackendPorts {
  readonly events: EventBuffer
  /** The name of this node, for node filters. */
  readonly node: string
  /** The services registered with this agent. */
  readonly services: () => Iterable<NodeService>
  /** Refuses what is meant for another datacenter. */
  readonly requireHere: (datacenter: string | undefined) => void
  readonly clock: Clock
  readonly random: Random
}

/** The version of the event format (Consul's userEventMaxVersion). */
const EVENT_VERSION = 1
/** The index while there was no event. */
const NO_EVENT_INDEX = 1n

export function eventBackend({ events, node, services, requireHere, clock, random }: EventBackendPorts) {
  let lTime = 1
  const list = (name: string | undefined) => {
    const value = events.list(name)
    const last = value[value.length - 1]
    return { value, index: last ? eventIndex(last.id) : NO_EVENT_INDEX }
  }
  return {
    fire(wanted: UserEvent, call: { datacenter?: string }): UserEvent {
      if (wanted.name === '') throw badRequest('Missing name')
      if (wanted.tagFilter !== '' && wanted.serviceFilter === '')
        throw refused('Cannot provide tag filter without service filter')
      pattern('node', wanted.nodeFilter)
      pattern('service', wanted.serviceFilter)
      pattern('tag', wanted.tagFilter)
      requireHere(call.datacenter)
      const event = { ...wanted, id: randomUuid(random), version: EVENT_VERSION }
      if (isForUs(event, node, services())) events.add({ ...event, lTime: ++lTime })
      return event
    },

    async list(query: { name?: string; minIndex?: bigint; maxWaitMs?: number }, call: { signal: AbortSignal }) {
      const deadlineMs = clock.monotonic() + waitLimitMs(random, query.maxWaitMs)
      for (;;) {
        const current = list(query.name)
        const leftMs = deadlineMs - clock.monotonic()
        if (!query.minIndex || current.index !== query.minIndex || leftMs <= 0 || call.signal.aborted) return current
        await new Promise<void>((resolve) => {
          const end = () => {
            timer.cancel()
            forget()
            call.signal.removeEventListener('abort', end)
            resolve()
          }
          const timer = clock.schedule(leftMs, end)
          const forget = events.onEvent(end)
          call.signal.addEventListener('abort', end, { once: true })
        })
      }
    },
  }
}

/** Go's regular expressions, since a filter travels to agents that have no other. */
function pattern(what: 'node' | 'service' | 'tag', filter: string): CompiledRegexp | undefined {
  if (filter === '') return undefined
  const compiled = compileRegexp(filter)
  if ('error' in compiled) throw refused(`Invalid ${what} filter: ${compiled.error}`)
  return compiled
}

/** Whether this node, one of its services, and one of their tags match the event's filters. */
function isForUs(event: UserEvent, node: string, services: Iterable<NodeService>): boolean {
  const byNode = pattern('node', event.nodeFilter)
  if (byNode && !byNode.test(node)) return false
  const byService = pattern('service', event.serviceFilter)
  if (!byService) return true
  const byTag = pattern('tag', event.tagFilter)
  return [...services].some(
    ({ service, tags }) => byService.test(service) && (!byTag || (tags ?? []).some((tag) => byTag.test(tag))),
  )
}
