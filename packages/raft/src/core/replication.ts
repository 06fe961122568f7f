import type { CoreState } from './core-state'
import { Progress } from './progress'
import { quorumValue } from './quorum'

/** A leader starts by probing every other voter from the end of its own log. */
export function startReplication(state: CoreState): void {
  state.peers.clear()
  for (const id of state.membership.voterIds) {
    if (id === state.id) continue
    state.peers.set(id, new Progress(state.log.lastIndex + 1, state.nowMs, state.options.inflightAppendsMax))
  }
}

/** Sends `peer` whatever it lacks and may be sent now. */
export function replicateTo(state: CoreState, peer: string, progress: Progress): void {
  const { log } = state
  while (progress.state !== 'snapshot' && progress.nextIndex <= log.lastIndex) {
    if (progress.state === 'probe' ? progress.probeSent : progress.inflight.isFull) return
    const prevIndex = progress.nextIndex - 1
    const prevTerm = log.term(prevIndex)
    if (prevTerm === undefined) return sendSnapshot(state, peer, progress)
    const entries = log.slice(progress.nextIndex, log.lastIndex, state.options.appendBytesMax)
    const { commitIndex, term, reads } = state
    state.send(peer, { kind: 'appendRequest', term, prevIndex, prevTerm, commitIndex, round: reads.round, entries })
    if (progress.state === 'probe') {
      progress.probeSent = true
      return
    }
    progress.nextIndex += entries.length
    progress.inflight.add(progress.nextIndex - 1)
  }
}

/** An append without entries: keeps the others quiet, proves leadership, and finds lost appends. */
export function heartbeat(state: CoreState): void {
  const { commitIndex, term, reads, log } = state
  for (const [peer, progress] of state.peers) {
    const place = progress.state === 'snapshot' ? progress.matchIndex : progress.nextIndex - 1
    const placeTerm = log.term(place)
    // Where this log no longer reaches, index 0 fits every log.
    const prevIndex = placeTerm === undefined ? 0 : place
    const prevTerm = placeTerm ?? 0
    // What is on its way will not be answered in order any more: only a snapshot helps.
    if (placeTerm === undefined && progress.state === 'replicate') progress.probe()
    state.send(peer, { kind: 'appendRequest', term, prevIndex, prevTerm, commitIndex, round: reads.round, entries: [] })
    progress.probeSent = false
  }
  state.heartbeatDueMs = state.nowMs + state.options.heartbeatIntervalMs
}

function sendSnapshot(state: CoreState, peer: string, progress: Progress): void {
  const { snapshot, term } = state
  if (!snapshot) return
  progress.awaitSnapshot(snapshot.index)
  state.send(peer, { kind: 'installSnapshot', term, snapshot })
}

/** Only an entry of its own term lets a leader commit, and with it all before (paper figure 8, section 5.4.2). */
export function advanceCommit(state: CoreState): boolean {
  const index = quorumValue(forVoters(state, state.log.stableIndex, (progress) => progress.matchIndex))
  if (index <= state.commitIndex || state.log.term(index) !== state.term) return false
  state.commitIndex = index
  return true
}

/** One value per voter: `own` for this server, `of(progress)` for the others. */
export function forVoters(state: CoreState, own: number, of: (progress: Progress) => number): number[] {
  return state.membership.voterIds.map((id) => {
    if (id === state.id) return own
    const progress = state.peers.get(id)
    return progress ? of(progress) : 0
  })
}
