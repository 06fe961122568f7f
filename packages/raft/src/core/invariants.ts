import { invariant } from '@sd/runtime'
import type { CoreState } from './core-state'

/** Checked after every step; cheap enough to stay on. */
export function checkInvariants(state: CoreState): void {
  const { log, commitIndex, deliveredIndex } = state
  invariant(commitIndex <= log.lastIndex, `commit ${commitIndex} beyond the log's end ${log.lastIndex}`)
  invariant(deliveredIndex <= commitIndex, `delivered ${deliveredIndex} beyond commit ${commitIndex}`)
  invariant(deliveredIndex <= log.stableIndex, `delivered ${deliveredIndex} beyond durable ${log.stableIndex}`)
  invariant(log.baseIndex <= deliveredIndex, `compacted to ${log.baseIndex} beyond delivered ${deliveredIndex}`)
  invariant(state.role !== 'leader' || state.leaderId === state.id, 'a leader follows somebody else')
  invariant(log.lastTerm <= state.term, `log has term ${log.lastTerm} of the future of ${state.term}`)
}
