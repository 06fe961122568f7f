/** User events. */
import type { UserEvent } from '@sd/model'
import type { Call, LocalResult, MaybePromise } from './call'

export interface EventListQuery {
  readonly name?: string
  /** Wait until the last event's index is another one. It is a 64-bit hash of the event's id: exact, not ordered. */
  readonly minIndex?: bigint
  /** Bounded by the backend (10 minutes, also when absent). */
  readonly maxWaitMs?: number
}

export interface EventList extends LocalResult<readonly UserEvent[]> {
  /** Hash of the last event's id; 1 when there is none. */
  readonly index: bigint
}

export interface EventBackend {
  /** `event.id`, `version` and `lTime` are still empty; returns the event with them. */
  fire(event: UserEvent, call: Call): MaybePromise<UserEvent>
  list(query: EventListQuery, call: Call): MaybePromise<EventList>
}
