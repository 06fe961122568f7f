import { invariant } from '@sd/runtime'
import type { CoreState } from './core-state'
import { resetElectionDeadline } from './election'
import type { AppendRequest, AppendResponse, InstallSnapshot } from './messages'

/** A leader of this term spoke. */
export function hearLeader(state: CoreState, leaderId: string): void {
  state.leaderId = leaderId
  state.leaderContactMs = state.nowMs
  resetElectionDeadline(state)
}

/** Paper figure 2, AppendEntries, receiver. */
export function answerAppend(state: CoreState, from: string, request: AppendRequest): void {
  const { log } = state
  const { prevIndex, entries } = request
  const reply = (success: boolean, matchIndex: number, hintIndex = 0, hintTerm = 0): AppendResponse => {
    const { round } = request
    return { kind: 'appendResponse', term: state.term, success, prevIndex, matchIndex, hintIndex, hintTerm, round }
  }
  // What is committed here the leader has too, whatever its request says (leader completeness).
  if (prevIndex < state.commitIndex && prevIndex + entries.length <= state.commitIndex) {
    return state.sendAfterPersist(from, reply(true, state.commitIndex))
  }
  if (prevIndex >= log.baseIndex && log.term(prevIndex) !== request.prevTerm) {
    const hintIndex = log.lastIndexNotAbove(prevIndex, request.prevTerm)
    return state.sendAfterPersist(from, reply(false, 0, hintIndex, log.term(hintIndex)))
  }
  for (const entry of entries) {
    if (entry.index <= log.lastIndex) {
      if (entry.index <= log.baseIndex || log.term(entry.index) === entry.term) continue
      invariant(entry.index > state.commitIndex, `entry ${entry.index} is committed and would be overwritten`)
      state.truncateFrom(entry.index)
    }
    state.append(entry)
  }
  const matchIndex = prevIndex + entries.length
  state.commitIndex = Math.max(state.commitIndex, Math.min(request.commitIndex, matchIndex))
  state.sendAfterPersist(from, reply(true, matchIndex))
}

/** The snapshot's body is stored; it replaces the log unless this server is already past it. */
export function answerInstallSnapshot(state: CoreState, from: string, request: InstallSnapshot): void {
  const { snapshot } = request
  if (snapshot.index > state.commitIndex) state.installSnapshot(snapshot)
  const { term, commitIndex } = state
  state.sendAfterPersist(from, {
    kind: 'appendResponse',
    term,
    success: true,
    prevIndex: snapshot.index,
    matchIndex: commitIndex,
    hintIndex: 0,
    hintTerm: 0,
    round: 0,
  })
}
