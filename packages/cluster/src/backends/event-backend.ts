/** `/v1/event`: user events fired and seen here. */
import type { NodeService, UserEvent } from '@sd/model'
import { type Clock, type Random, randomUuid } from '@sd/runtime'
import { badRequest } from '../errors'
import { type EventBuffer, eventIndex } from '../local/event-buffer'
import { waitLimitMs } from '../server/blocking-read'

export interface EventBackendPorts {
  readonly events: EventBuffer
  /** The name of this node, for node filters. */
  readonly node: string
  /** The services registered with this agent. */
  readonly services: () => Iterable<NodeService>
  readonly clock: Clock
  readonly random: Random
}

/** The version of the event format (Consul's userEventMaxVersion). */
const EVENT_VERSION = 1
/** The index while there was no event. */
const NO_EVENT_INDEX = 1n

export function eventBackend({ events, node, services, clock, random }: EventBackendPorts) {
  let lTime = 1
  const list = (name: string | undefined) => {
    const value = events.list(name)
    const last = value[value.length - 1]
    return { value, index: last ? eventIndex(last.id) : NO_EVENT_INDEX }
  }
  return {
    fire(wanted: UserEvent): UserEvent {
      if (wanted.name === '') throw badRequest('Missing name')
      if (wanted.tagFilter !== '' && wanted.serviceFilter === '')
        throw badRequest('Cannot provide tag filter without service filter')
      for (const filter of [wanted.nodeFilter, wanted.serviceFilter, wanted.tagFilter]) expression(filter)
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

function expression(filter: string): RegExp | undefined {
  if (filter === '') return undefined
  try {
    return new RegExp(filter, 'u')
  } catch {
    throw badRequest(`Invalid filter ${JSON.stringify(filter)}: it is not a regular expression`)
  }
}

/** Whether this node, one of its services, and one of their tags match the event's filters. */
function isForUs(event: UserEvent, node: string, services: Iterable<NodeService>): boolean {
  const byNode = expression(event.nodeFilter)
  if (byNode && !byNode.test(node)) return false
  const byService = expression(event.serviceFilter)
  if (!byService) return true
  const byTag = expression(event.tagFilter)
  return [...services].some(
    ({ service, tags }) => byService.test(service) && (!byTag || (tags ?? []).some((tag) => byTag.test(tag))),
  )
}
