import type { Random } from '@sd/runtime'
import { type Effects, type HardState, emptyEffects } from './effects'
import { LogView } from './log-view'
import { Membership } from './membership'
import type { Configuration, Entry, Message, SnapshotMeta } from './messages'
import type { Progress } from './progress'
import { ReadIndex } from './read-index'

export type Role = 'follower' | 'candidate' | 'leader'

/** The numbers that a core works with; see RaftNodeOptions for what they mean. */
export interface CoreOptions {
  readonly id: string
  readonly electionTimeoutMs: number
  readonly heartbeatIntervalMs: number
  readonly trailingLogs: number
  readonly trailingLogBytes: number
  readonly appendBytesMax: number
  readonly inflightAppendsMax: number
}

/** What storage held when the server started. */
export interface RestoredState {
  readonly hardState: HardState
  /** The latest snapshot, if there is one. */
  readonly snapshot: SnapshotMeta | undefined
  /** Where the log begins: the place before its first entry. */
  readonly base: { readonly index: number; readonly term: number }
  readonly entries: readonly Entry[]
}

const NOBODY: Configuration = { voters: [] }

/** A write that was handed out and is not yet known to be durable. */
interface WriteInFlight {
  readonly sequence: number
  readonly lastIndex: number
  readonly lastTerm: number
  readonly hardState: HardState
}

/** All that a server knows. Roles read and change it; only raft-core changes the role. */
export class CoreState {
  role: Role = 'follower'
  term: number
  votedFor: string | undefined
  leaderId: string | undefined
  nowMs = 0
  electionDeadlineMs = 0
  /** When a leader was last heard of; votes that would disturb it are refused for an election timeout. */
  leaderContactMs = -Infinity
  commitIndex: number
  /** Everything up to here was handed out as committed. */
  deliveredIndex: number
  snapshot: SnapshotMeta | undefined
  effects: Effects = emptyEffects()

  readonly log: LogView
  readonly membership: Membership
  readonly reads = new ReadIndex()

  /** Candidate: who answered what. */
  preVote = false
  readonly votes = new Map<string, boolean>()

  /** Leader. */
  readonly peers = new Map<string, Progress>()
  termStartIndex = 0
  heartbeatDueMs = 0
  quorumCheckDueMs = 0

  #sequence = 0
  #inFlight: WriteInFlight[] = []
  #handedHardState: HardState

  constructor(
    readonly options: CoreOptions,
    readonly random: Random,
    restored: RestoredState,
  ) {
    this.#handedHardState = restored.hardState
    this.snapshot = restored.snapshot
    this.log = new LogView(restored.base, restored.entries)
    const known = restored.snapshot
    // A snapshot from a leader is stored before its term is; nothing was voted in that term yet.
    const isBehind = restored.hardState.term < this.log.lastTerm
    this.term = isBehind ? this.log.lastTerm : restored.hardState.term
    this.votedFor = isBehind ? undefined : restored.hardState.votedFor
    this.membership = new Membership(
      known
        ? { index: known.configurationIndex, configuration: known.configuration }
        : { index: 0, configuration: NOBODY },
      restored.entries.filter((entry) => entry.index > (known?.configurationIndex ?? 0)),
    )
    this.commitIndex = this.deliveredIndex = known?.index ?? 0
  }

  get id(): string {
    return this.options.id
  }

  get isVoter(): boolean {
    return this.membership.isVoter(this.id)
  }

  /** True while a leader is known to be alive, itself included (thesis section 4.2.3). */
  get hasLiveLeader(): boolean {
    if (this.role === 'leader') return true
    return this.leaderId !== undefined && this.nowMs - this.leaderContactMs < this.options.electionTimeoutMs
  }

  send(to: string, message: Message): void {
    this.effects.send.push({ to, message })
  }

  /** For whatever promises something about this server's disk. */
  sendAfterPersist(to: string, message: Message): void {
    this.effects.sendAfterPersist.push({ to, message })
  }

  append(entry: Entry): void {
    this.log.append(entry)
    this.membership.observe(entry)
  }

  truncateFrom(index: number): void {
    this.log.truncateFrom(index)
    this.membership.truncateFrom(index)
  }

  /** Puts what changed in this step into one write. */
  planPersist(): void {
    const entries = this.log.takeUnhanded()
    const { term, votedFor } = this
    const changed = term !== this.#handedHardState.term || votedFor !== this.#handedHardState.votedFor
    if (entries.length === 0 && !changed) return
    const hardState = { term, votedFor }
    const sequence = ++this.#sequence
    this.#handedHardState = hardState
    this.#inFlight.push({ sequence, lastIndex: this.log.lastIndex, lastTerm: this.log.lastTerm, hardState })
    this.effects.persist = { sequence, hardState: changed ? hardState : undefined, entries }
  }

  /** Returns the hard state that is durable now. */
  persisted(sequence: number): HardState | undefined {
    let hardState: HardState | undefined
    while (this.#inFlight.length > 0 && (this.#inFlight[0] as WriteInFlight).sequence <= sequence) {
      const write = this.#inFlight.shift() as WriteInFlight
      this.log.markStable(write.lastIndex, write.lastTerm)
      hardState = write.hardState
    }
    return hardState
  }

  /** Forgets entries that did not reach the disk; the hard state is written again with the next write. */
  persistFailed(durable: HardState): void {
    this.#inFlight = []
    this.#handedHardState = durable
    this.log.dropUnstable()
    this.membership.truncateFrom(this.log.lastIndex + 1)
    this.commitIndex = Math.min(this.commitIndex, this.log.lastIndex)
  }

  installSnapshot(snapshot: SnapshotMeta): void {
    this.snapshot = snapshot
    // Writes on their way end before the log is replaced; they say nothing about the new one.
    this.#inFlight = this.#inFlight.map((write) => ({ ...write, lastIndex: 0 }))
    this.log.reset(snapshot.index, snapshot.term)
    this.membership.reset({ index: snapshot.configurationIndex, configuration: snapshot.configuration })
    this.commitIndex = this.deliveredIndex = snapshot.index
    this.effects.installSnapshot = snapshot
  }
}
