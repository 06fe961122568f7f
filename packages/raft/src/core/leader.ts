import type { CoreState } from './core-state'
import type { AppendResponse, EntryKind } from './messages'
import { forVoters, heartbeat, replicateTo } from './replication'
import { quorumSize } from './quorum'

/** Appends at the end of the own log; never overwrites (leader append-only, paper figure 3). */
export function appendAsLeader(state: CoreState, kind: EntryKind, data: Uint8Array): void {
  state.append({ index: state.log.lastIndex + 1, term: state.term, kind, data })
}

export function noteAppendResponse(state: CoreState, from: string, response: AppendResponse): void {
  const progress = state.peers.get(from)
  if (!progress) return
  progress.lastAnswerMs = state.nowMs
  progress.answeredRound = Math.max(progress.answeredRound, response.round)
  if (response.success) progress.matched(Math.min(response.matchIndex, state.log.lastIndex))
  else {
    progress.refused(response.prevIndex, state.log.lastIndexNotAbove(response.hintIndex, response.hintTerm))
  }
}

/** Serves waiting reads. Only what this term committed is known to be everything that was (thesis section 6.4). */
export function serveReads(state: CoreState): void {
  if (state.commitIndex < state.termStartIndex) return
  for (;;) {
    const answered = forVoters(state, state.reads.round, (progress) => progress.answeredRound)
    const ready = state.reads.finish(answered)
    for (const read of ready) state.effects.readsReady.push(read)
    if (!state.reads.begin(state.commitIndex)) return
    heartbeat(state)
  }
}

/** True while a quorum answered within the last election timeout, this server included. */
export function hearsQuorum(state: CoreState): boolean {
  const since = state.nowMs - state.options.electionTimeoutMs
  const heard = forVoters(state, 1, (progress) => (progress.lastAnswerMs > since ? 1 : 0))
  return heard.filter((value) => value === 1).length >= quorumSize(heard.length)
}

export function replicateToAll(state: CoreState): void {
  for (const [peer, progress] of state.peers) replicateTo(state, peer, progress)
}
