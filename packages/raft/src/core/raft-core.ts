import type { Random } from '@sd/runtime'
import { askForVotes, noteVote } from './candidate'
import { type CoreOptions, CoreState, type RestoredState, type Role } from './core-state'
import { type Effects, type HardState, emptyEffects } from './effects'
import { answerVoteRequest, countVotes, resetElectionDeadline } from './election'
import { answerAppend, answerInstallSnapshot, hearLeader } from './follower'
import type { Input } from './inputs'
import { checkInvariants } from './invariants'
import { appendAsLeader, hearsQuorum, noteAppendResponse, replicateToAll, serveReads } from './leader'
import type { Configuration, Message, SnapshotMeta } from './messages'
import { advanceCommit, heartbeat, startReplication } from './replication'

const NO_DATA = new Uint8Array(0)

/** How long a leader with nothing else to send waits before it tells followers what is committed, in milliseconds. */
const COMMIT_NOTICE_DELAY_MS = 10

/** What a core knows of itself, for display and decisions around it. */
export interface CoreStatus {
  readonly id: string
  readonly role: Role
  readonly term: number
  readonly leaderId: string | undefined
  readonly lastIndex: number
  readonly lastTerm: number
  readonly stableIndex: number
  readonly commitIndex: number
  readonly deliveredIndex: number
  readonly logBytes: number
  readonly leaderContactMs: number
  readonly snapshot: SnapshotMeta | undefined
  readonly configuration: Configuration
  readonly configurationIndex: number
}

/**
 * One server's part in the Raft algorithm, as a function of what happens to it: `step` takes an input and returns
 * what to do. It has no clock, no disk and no network. Source: Ongaro and Ousterhout, "In Search of an
 * Understandable Consensus Algorithm", and Ongaro's thesis.
 */
export class RaftCore {
  readonly #state: CoreState
  #durable: HardState

  constructor(ports: { random: Random }, options: CoreOptions, restored: RestoredState) {
    this.#state = new CoreState(options, ports.random, restored)
    this.#durable = restored.hardState
  }

  get status(): CoreStatus {
    const { id, role, term, leaderId, log, commitIndex, deliveredIndex, leaderContactMs, snapshot, membership } =
      this.#state
    const { lastIndex, lastTerm, stableIndex, bytes: logBytes } = log
    const { latest: configuration, latestIndex: configurationIndex } = membership
    return {
      ...{ id, role, term, leaderId, lastIndex, lastTerm, stableIndex, commitIndex, deliveredIndex, logBytes },
      ...{ leaderContactMs, snapshot, configuration, configurationIndex },
    }
  }

  get role(): Role {
    return this.#state.role
  }

  get term(): number {
    return this.#state.term
  }

  get leaderId(): string | undefined {
    return this.#state.leaderId
  }

  get lastIndex(): number {
    return this.#state.log.lastIndex
  }

  get commitIndex(): number {
    return this.#state.commitIndex
  }

  get logBytes(): number {
    return this.#state.log.bytes
  }

  get configuration(): Configuration {
    return this.#state.membership.latest
  }

  /** What names a snapshot of everything up to `index`, which must be delivered and not yet compacted. */
  describeSnapshot(index: number): SnapshotMeta {
    const { log, membership } = this.#state
    const { index: configurationIndex, configuration } = membership.at(index)
    return { index, term: log.term(index) as number, configuration, configurationIndex }
  }

  /** Advances by one input that happened at `nowMs`, on a clock that never goes back. */
  step(nowMs: number, input: Input): Effects {
    const state = this.#state
    state.nowMs = nowMs
    const effects = (state.effects = emptyEffects())
    this.#handle(input)
    if (state.role === 'leader') {
      if (advanceCommit(state)) state.heartbeatDueMs = Math.min(state.heartbeatDueMs, nowMs + COMMIT_NOTICE_DELAY_MS)
      replicateToAll(state)
      serveReads(state)
    }
    this.#deliver()
    // After a failure the next step writes again: a full disk must not become a busy loop.
    if (input.kind !== 'persistFailed') state.planPersist()
    effects.wakeAtMs = this.#wakeAtMs()
    checkInvariants(state)
    return effects
  }

  #handle(input: Input): void {
    const state = this.#state
    switch (input.kind) {
      case 'start':
        resetElectionDeadline(state)
        if (state.isVoter && state.membership.voterIds.length === 1) this.#campaign(true)
        return
      case 'tick':
        return this.#tick()
      case 'message':
        return this.#receive(input.from, input.message)
      case 'propose':
        if (state.role !== 'leader') return
        state.effects.accepted = { firstIndex: state.log.lastIndex + 1, term: state.term }
        for (const data of input.commands) appendAsLeader(state, 'command', data)
        return
      case 'read':
        if (state.role === 'leader') state.reads.add(input.readId)
        else state.effects.readsFailed.push(input.readId)
        return
      case 'persisted':
        return this.#persisted(input.sequence)
      case 'persistFailed':
        return this.#persistFailed()
      case 'snapshotTaken':
        return this.#snapshotTaken(input.snapshot)
      case 'snapshotEnded':
        state.peers.get(input.peer)?.snapshotEnded(input.isStored)
    }
  }

  #tick(): void {
    const state = this.#state
    if (state.role === 'leader') {
      if (state.peers.size === 0) return
      if (state.nowMs >= state.quorumCheckDueMs) {
        state.quorumCheckDueMs = state.nowMs + state.options.electionTimeoutMs
        if (!hearsQuorum(state)) return this.#becomeFollower(state.term, undefined)
      }
      if (state.nowMs >= state.heartbeatDueMs) heartbeat(state)
    } else if (state.isVoter && state.nowMs >= state.electionDeadlineMs) {
      this.#campaign(true)
    }
  }

  #receive(from: string, message: Message): void {
    const state = this.#state
    if (message.kind === 'voteRequest') {
      // A server that lost touch must not depose a leader that others hear (thesis section 4.2.3).
      if (state.hasLiveLeader && state.leaderId !== from && message.term > state.term) return
      if (message.term > state.term && !message.preVote) this.#becomeFollower(message.term, undefined)
      return answerVoteRequest(state, from, message)
    }
    const isGrantedPreVote = message.kind === 'voteResponse' && message.preVote && message.granted
    if (message.term > state.term && !isGrantedPreVote) this.#becomeFollower(message.term, undefined)
    if (message.kind === 'voteResponse') {
      if (message.term < state.term || state.role !== 'candidate') return
      if (noteVote(state, from, message)) this.#tally()
      return
    }
    if (message.kind === 'appendResponse') {
      if (message.term === state.term && state.role === 'leader') noteAppendResponse(state, from, message)
      return
    }
    if (message.term < state.term) {
      const { term } = state
      const nothing = { success: false, matchIndex: 0, hintIndex: 0, hintTerm: 0, round: 0 }
      return state.sendAfterPersist(from, { kind: 'appendResponse', term, prevIndex: 0, ...nothing })
    }
    if (state.role === 'candidate') this.#becomeFollower(state.term, from)
    hearLeader(state, from)
    if (message.kind === 'appendRequest') answerAppend(state, from, message)
    else answerInstallSnapshot(state, from, message)
  }

  #persisted(sequence: number): void {
    const state = this.#state
    const hardState = state.persisted(sequence)
    if (!hardState) return
    this.#durable = hardState
    const isOwnVote = hardState.term === state.term && hardState.votedFor === state.id
    if (state.role === 'candidate' && !state.preVote && isOwnVote) {
      state.votes.set(state.id, true)
      this.#tally()
    }
  }

  #persistFailed(): void {
    const state = this.#state
    state.persistFailed(this.#durable)
    // With others it may have sent what it now forgets; alone it may go on once its term has begun.
    const staysLeader =
      state.role === 'leader' && state.peers.size === 0 && state.log.stableIndex >= state.termStartIndex
    if (!staysLeader) this.#becomeFollower(state.term, state.role === 'leader' ? undefined : state.leaderId)
  }

  #snapshotTaken(snapshot: SnapshotMeta): void {
    const state = this.#state
    if (snapshot.index <= (state.snapshot?.index ?? 0)) return
    state.snapshot = snapshot
    const { trailingLogs, trailingLogBytes } = state.options
    const point = state.log.compactionPoint(snapshot.index, trailingLogs, trailingLogBytes)
    if (point <= state.log.baseIndex) return
    state.log.compact(point)
    state.membership.compact(point)
    state.effects.compactThrough = point
  }

  #deliver(): void {
    const state = this.#state
    const to = Math.min(state.commitIndex, state.log.stableIndex)
    if (to <= state.deliveredIndex) return
    state.effects.commit = state.log.slice(state.deliveredIndex + 1, to)
    state.deliveredIndex = to
  }

  #campaign(preVote: boolean): void {
    const state = this.#state
    state.role = 'candidate'
    state.leaderId = undefined
    state.preVote = preVote
    state.votes.clear()
    resetElectionDeadline(state)
    if (preVote) {
      state.votes.set(state.id, true)
    } else {
      state.term++
      state.votedFor = state.id
    }
    askForVotes(state)
    this.#tally()
  }

  #tally(): void {
    const state = this.#state
    const result = countVotes(state)
    if (result === 'lost') return this.#becomeFollower(state.term, undefined)
    if (result !== 'won') return
    if (state.preVote) this.#campaign(false)
    else this.#becomeLeader()
  }

  #becomeLeader(): void {
    const state = this.#state
    state.role = 'leader'
    state.leaderId = state.id
    state.quorumCheckDueMs = state.nowMs + state.options.electionTimeoutMs
    startReplication(state)
    appendAsLeader(state, 'noop', NO_DATA)
    state.termStartIndex = state.log.lastIndex
    state.heartbeatDueMs = state.nowMs + state.options.heartbeatIntervalMs
  }

  #becomeFollower(term: number, leaderId: string | undefined): void {
    const state = this.#state
    if (state.role === 'leader') {
      state.effects.readsFailed.push(...state.reads.fail())
      state.peers.clear()
    }
    if (state.role !== 'follower') resetElectionDeadline(state)
    state.role = 'follower'
    state.leaderId = leaderId
    if (term > state.term) {
      state.term = term
      state.votedFor = undefined
    }
  }

  #wakeAtMs(): number | undefined {
    const state = this.#state
    if (state.role !== 'leader') return state.isVoter ? state.electionDeadlineMs : undefined
    return state.peers.size > 0 ? Math.min(state.heartbeatDueMs, state.quorumCheckDueMs) : undefined
  }
}
