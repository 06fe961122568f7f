import type { CoreState } from './core-state'
import type { VoteResponse } from './messages'

/** Asks every other voter. A pre-vote changes nothing on disk; a vote is asked for once our own is durable. */
export function askForVotes(state: CoreState): void {
  const { preVote, log } = state
  const term = preVote ? state.term + 1 : state.term
  for (const id of state.membership.voterIds) {
    if (id === state.id) continue
    const { lastIndex, lastTerm } = log
    state.sendAfterPersist(id, { kind: 'voteRequest', term, preVote, lastIndex, lastTerm })
  }
}

/** Notes an answer to this campaign; others are of an older one. */
export function noteVote(state: CoreState, from: string, response: VoteResponse): boolean {
  if (response.preVote !== state.preVote) return false
  if (response.granted && response.term !== (state.preVote ? state.term + 1 : state.term)) return false
  state.votes.set(from, response.granted)
  return true
}
