import type { CoreState } from './core-state'
import type { VoteRequest } from './messages'
import { quorumSize } from './quorum'

/** A timeout between one and two times the base, so that servers rarely campaign together (paper section 5.2). */
export function resetElectionDeadline(state: CoreState): void {
  const base = state.options.electionTimeoutMs
  state.electionDeadlineMs = state.nowMs + base + Math.floor(state.random.next() * base)
}

/** Answers a request for a vote; a grant is only sent once it is on disk. */
export function answerVoteRequest(state: CoreState, from: string, request: VoteRequest): void {
  const { preVote } = request
  const isComplete = state.log.isUpToDate(request.lastIndex, request.lastTerm)
  const refuse = () => state.sendAfterPersist(from, { kind: 'voteResponse', term: state.term, preVote, granted: false })
  if (request.term < state.term || !isComplete) return refuse()
  if (!preVote) {
    if (state.votedFor !== undefined && state.votedFor !== from) return refuse()
    state.votedFor = from
    resetElectionDeadline(state)
  } else if (request.term === state.term && state.votedFor !== undefined && state.votedFor !== from) {
    return refuse()
  }
  state.sendAfterPersist(from, { kind: 'voteResponse', term: request.term, preVote, granted: true })
}

export type ElectionResult = 'won' | 'lost' | 'open'

/** Counts the votes of the current voters. */
export function countVotes(state: CoreState): ElectionResult {
  const voters = state.membership.voterIds
  const needed = quorumSize(voters.length)
  let granted = 0
  let refused = 0
  for (const id of voters) {
    const vote = state.votes.get(id)
    if (vote === true) granted++
    if (vote === false) refused++
  }
  if (granted >= needed) return 'won'
  return refused > voters.length - needed ? 'lost' : 'open'
}
