import {
  Emitter,
  type Logger,
  noMetrics,
  type Service,
  type ServiceState,
  errorMessage,
  silentLogger,
} from '@sd/runtime'
import type { Role } from '../core/core-state'
import type { Input } from '../core/inputs'
import type { Configuration, RaftServer, SnapshotMeta } from '../core/messages'
import { RaftCore } from '../core/raft-core'
import { LeadershipLostError, NotLeaderError, ProposalTooLargeError, StateMachineError, StoppedError } from '../errors'
import { type RaftNodeOptions, type ResolvedOptions, resolveOptions } from '../options'
import type { RaftPorts } from '../ports/raft-ports'
import type { StoredState } from '../ports/storage'
import type { WireMessage } from '../transport/message-codec'
import { ApplyLoop } from './apply-loop'
import { bootstrap } from './bootstrap'
import { EffectRunner } from './effect-runner'
import { type NewProposal, PendingProposals, type ProposalResult } from './pending-proposals'
import { type RaftStats, describeStats } from './raft-stats'
import type { LeaderChange, RaftNodeEvents } from './raft-events'
import { SnapshotLoop } from './snapshot-loop'
import { SnapshotTransfers } from './snapshot-transfers'
import { Ticker } from './ticker'

/** Everything that exists only while the node runs. */
interface Running {
  readonly core: RaftCore
  readonly runner: EffectRunner
  readonly applyLoop: ApplyLoop
  readonly snapshots: SnapshotLoop
  readonly transfers: SnapshotTransfers
  readonly ticker: Ticker
}

/** One server of a Raft cluster: the core, joined to disk, network, clock and a state machine. */
export class RaftNode extends Emitter<RaftNodeEvents> implements Service {
  readonly #ports: Required<RaftPorts>
  readonly #options: ResolvedOptions
  readonly #logger: Logger
  readonly #proposals: PendingProposals
  readonly #reads = new Map<number, { resolve: (index: number) => void; reject: (error: unknown) => void }>()
  #state: ServiceState = 'new'
  #running: Running | undefined
  #ended = new AbortController()
  #closing: Promise<void> = Promise.resolve()
  #batch: NewProposal[] = []
  #nextReadId = 1
  #announced: LeaderChange = { leaderId: undefined, leaderAddress: undefined, isLeader: false, term: 0 }

  /** Throws RAFT_INVALID_OPTION. */
  constructor(ports: RaftPorts, options: RaftNodeOptions) {
    super()
    this.#ports = { logger: silentLogger, metrics: noMetrics, ...ports }
    this.#options = resolveOptions(options)
    this.#logger = this.#ports.logger.child('raft')
    this.#proposals = new PendingProposals(this.#options.waitingBytesMax)
  }

  get state(): ServiceState {
    return this.#state
  }

  get id(): string {
    return this.#options.id
  }

  get role(): Role {
    return this.#running?.core.role ?? 'follower'
  }

  get isLeader(): boolean {
    return this.role === 'leader'
  }

  get leaderId(): string | undefined {
    return this.#running?.core.leaderId
  }

  get leaderAddress(): string | undefined {
    return this.leaderId === undefined ? undefined : this.#server(this.leaderId)?.address
  }

  get term(): number {
    return this.#running?.core.term ?? 0
  }

  get lastIndex(): number {
    return this.#running?.core.lastIndex ?? 0
  }

  get commitIndex(): number {
    return this.#running?.core.commitIndex ?? 0
  }

  get appliedIndex(): number {
    return this.#running?.applyLoop.appliedIndex ?? 0
  }

  /** The latest configuration in the log. */
  configuration(): { readonly index: number; readonly voters: readonly RaftServer[] } {
    const status = this.#running?.core.status
    const voters = status?.configuration.voters ?? this.#options.voters
    return { index: status?.configurationIndex ?? 0, voters: voters.map((voter) => this.#server(voter.id) ?? voter) }
  }

  /** Facts for display, such as the raft section of `consul info`. */
  stats(): RaftStats {
    return describeStats(this.#running, this.configuration(), this.#options.id, this.#ports.clock.monotonic())
  }

  /**
   * Reads storage back, restores the state machine and takes part. A lone voter leads as soon as its disk has
   * taken its vote: see `whenLeader`.
   */
  async start(): Promise<void> {
    if (this.#state !== 'new' && this.#state !== 'stopped')
      throw new Error(`RaftNode cannot start: it is ${this.#state}`)
    this.#state = 'starting'
    this.#ended = new AbortController()
    const { storage, transport } = this.#ports
    try {
      const stored = await bootstrap(storage, await storage.open({ nodeId: this.#options.id }), this.#options)
      const running = this.#assemble(stored)
      if (stored.snapshot) {
        await running.applyLoop.restore(stored.snapshot).catch((error: unknown) => {
          throw new StateMachineError('restore', error)
        })
      }
      await transport.start((from, message) => this.#receive(from, message))
      this.#running = running
    } catch (error) {
      this.#state = 'failed'
      await storage.close().catch(() => undefined)
      throw error
    }
    this.#state = 'running'
    this.#running.snapshots.start()
    this.#step({ kind: 'start' })
  }

  /** Ends open proposals and reads with RAFT_STOPPED, finishes what is being written, closes storage and transport. */
  async stop(): Promise<void> {
    if (this.#state !== 'running' && this.#state !== 'failed') return
    this.#state = 'stopping'
    this.#closing = this.#closing.then(() => this.#close(new StoppedError()))
    await this.#closing
    this.#state = 'stopped'
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /**
   * Appends a command. Resolves when it is durable on a quorum and applied here.
   * Rejects with RAFT_NOT_LEADER, RAFT_OVERLOADED, RAFT_PROPOSAL_TOO_LARGE or RAFT_STORAGE_FULL when it was not taken,
   * and with RAFT_LEADERSHIP_LOST, RAFT_STOPPED or RAFT_STORAGE_FAILED when its fate is unknown.
   */
  propose(data: Uint8Array): Promise<ProposalResult> {
    return new Promise((resolve, reject) => {
      if (!this.isLeader) throw this.#notLeader()
      const { proposalBytesMax } = this.#options
      if (data.length > proposalBytesMax) {
        throw new ProposalTooLargeError({ bytes: data.length, bytesMax: proposalBytesMax })
      }
      this.#proposals.reserve(data.length)
      // Proposals of one turn of the event loop become one append.
      if (this.#batch.length === 0) queueMicrotask(() => this.#proposeBatch())
      this.#batch.push({ data, resolve, reject })
    })
  }

  /**
   * Resolves with an index once everything committed before the call is applied here: a read of the state machine
   * is then linearizable. Rejects with RAFT_NOT_LEADER.
   */
  readIndex(): Promise<number> {
    return new Promise((resolve, reject) => {
      if (!this.isLeader) throw this.#notLeader()
      const readId = this.#nextReadId++
      this.#reads.set(readId, { resolve, reject })
      this.#step({ kind: 'read', readId })
    })
  }

  /** Resolves when this node leads, at once when it does. Rejects when the node ends first, with why. */
  whenLeader(options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.isLeader) return Promise.resolve()
    const signals = [this.#ended.signal, ...(options.signal ? [options.signal] : [])]
    return new Promise((resolve, reject) => {
      const aborted = signals.find((signal) => signal.aborted)
      if (aborted) return reject(aborted.reason)
      const settle = () => {
        this.off('leaderChanged', onChange)
        for (const signal of signals) signal.removeEventListener('abort', onAbort)
      }
      const onChange = (change: LeaderChange) => {
        if (!change.isLeader) return
        settle()
        resolve()
      }
      const onAbort = (event: Event) => {
        settle()
        reject((event.target as AbortSignal).reason)
      }
      this.on('leaderChanged', onChange)
      for (const signal of signals) signal.addEventListener('abort', onAbort)
    })
  }

  /** Takes a snapshot of what is applied now and compacts the log. Resolves with the latest snapshot when it is durable. */
  snapshot(): Promise<SnapshotMeta | undefined> {
    if (!this.#running) return Promise.reject(new StoppedError())
    return this.#running.snapshots.take()
  }

  #assemble(stored: StoredState): Running {
    const { storage, transport, stateMachine, clock, random, metrics } = this.#ports
    const core = new RaftCore({ random }, this.#options, stored)
    const fail = (error: unknown) => this.#fail(error)
    const applyLoop = new ApplyLoop(
      { stateMachine, readSnapshot: (meta) => storage.readSnapshot(meta) },
      {
        applied: (entry, result) => this.#proposals.resolve(entry.index, entry.term, result),
        advanced: () => snapshots.logGrew(),
        failed: (during, error) => fail(new StateMachineError(during, error)),
      },
    )
    const ticker = new Ticker(clock, () => this.#step({ kind: 'tick' }))
    const snapshots = new SnapshotLoop(
      {
        ...{ core, applyLoop, stateMachine, storage, clock, random, metrics, logger: this.#logger },
        taken: (snapshot) => this.#step({ kind: 'snapshotTaken', snapshot }),
      },
      this.#options,
    )
    const runner = new EffectRunner({
      ...{ storage, transport, applyLoop, ticker, metrics },
      now: () => clock.monotonic(),
      server: (id) => this.#server(id),
      sendSnapshot: (to, message) => transfers.send(to, message),
      persisted: (sequence) => this.#step({ kind: 'persisted', sequence }),
      writeRefused: (error) => this.#writeRefused(error),
      failed: fail,
    })
    const transfers = new SnapshotTransfers({
      ...{ storage, clock, logger: this.#logger, answerTimeoutMs: this.#options.electionTimeoutMs },
      send: (id, message) => {
        const server = this.#server(id)
        if (server) transport.send(server, message)
      },
      term: () => core.term,
      ended: (peer, isStored) => this.#step({ kind: 'snapshotEnded', peer, isStored }),
      arrived: (from, term, snapshot) =>
        this.#step({ kind: 'message', from, message: { kind: 'installSnapshot', term, snapshot } }),
    })
    return { core, runner, applyLoop, snapshots, transfers, ticker }
  }

  #step(input: Input): ReturnType<RaftCore['step']> | undefined {
    const running = this.#running
    if (!running) return undefined
    const wasLeader = running.core.role === 'leader'
    let effects: ReturnType<RaftCore['step']>
    try {
      effects = running.core.step(this.#ports.clock.monotonic(), input)
    } catch (error) {
      this.#fail(error)
      return undefined
    }
    running.runner.run(effects)
    for (const { readId, index } of effects.readsReady) this.#finishRead(readId, index)
    for (const readId of effects.readsFailed) {
      this.#reads.get(readId)?.reject(this.#notLeader())
      this.#reads.delete(readId)
    }
    if (effects.compactThrough !== undefined) {
      this.#ports.storage.compact(effects.compactThrough).catch((error: unknown) => {
        this.#logger.warn('compaction failed', { error: errorMessage(error) })
      })
    }
    if (wasLeader && running.core.role !== 'leader') {
      this.#proposals.rejectAbove(running.core.commitIndex, (at) => new LeadershipLostError(at))
      running.transfers.cancelSending()
    }
    this.#announce(running.core)
    return effects
  }

  #proposeBatch(): void {
    const batch = this.#batch
    this.#batch = []
    const accepted = this.#step({ kind: 'propose', commands: batch.map((proposal) => proposal.data) })?.accepted
    if (accepted) {
      this.#ports.metrics.count('raft.apply', batch.length)
      return this.#proposals.add(accepted.firstIndex, accepted.term, batch)
    }
    for (const { data, reject } of batch) {
      this.#proposals.release(data.length)
      reject(this.#running ? this.#notLeader() : new StoppedError())
    }
  }

  #finishRead(readId: number, index: number): void {
    const read = this.#reads.get(readId)
    this.#reads.delete(readId)
    if (!read) return
    this.#running?.applyLoop.whenApplied(index).then(() => read.resolve(index), read.reject)
  }

  #receive(from: string, message: WireMessage): void {
    if (message.kind === 'snapshotChunk' || message.kind === 'snapshotChunkResponse') {
      this.#running?.transfers.receive(from, message)
    } else {
      this.#step({ kind: 'message', from, message })
    }
  }

  #writeRefused(error: unknown): void {
    this.#logger.warn('the disk took no write', { error: errorMessage(error) })
    const running = this.#running
    if (!running) return
    this.#step({ kind: 'persistFailed' })
    this.#proposals.rejectAbove(running.core.lastIndex, () => error)
  }

  #announce(core: RaftCore): void {
    const { leaderId, isLeader, term } = { leaderId: core.leaderId, isLeader: core.role === 'leader', term: core.term }
    const last = this.#announced
    if (last.leaderId === leaderId && last.isLeader === isLeader && (last.term === term || !isLeader)) return
    if (isLeader !== last.isLeader) {
      this.#ports.metrics.count(isLeader ? 'raft.state.leader' : 'raft.state.follower')
      this.#logger.info(isLeader ? 'entering leader state' : 'entering follower state', { term })
    }
    this.#announced = { leaderId, leaderAddress: this.leaderAddress, isLeader, term }
    this.emit('leaderChanged', this.#announced)
  }

  /** What cannot be gone on with: nothing more is acknowledged. */
  #fail(error: unknown): void {
    if (this.#state !== 'running') return
    this.#state = 'failed'
    this.#logger.error('raft cannot go on', { error: errorMessage(error) })
    this.#closing = this.#close(error).catch((cause: unknown) => {
      this.#logger.warn('closing failed', { error: errorMessage(cause) })
    })
    this.emit('failed', { error })
  }

  async #close(error: unknown): Promise<void> {
    const running = this.#running
    if (!running) return
    const isHealthy = this.#state !== 'failed'
    this.#ended.abort(error)
    running.ticker.stop()
    running.applyLoop.stop(error)
    running.transfers.stop()
    this.#running = undefined
    this.#proposals.rejectAbove(-1, () => error)
    for (const { reject } of this.#reads.values()) reject(error)
    this.#reads.clear()
    const { leaderId, term } = this.#announced
    if (leaderId !== undefined) {
      this.#announced = { leaderId: undefined, leaderAddress: undefined, isLeader: false, term }
      this.emit('leaderChanged', this.#announced)
    }
    await this.#ports.transport.stop()
    await running.snapshots.stop()
    if (isHealthy) await running.runner.drained()
    await this.#ports.storage.close()
  }

  #server(id: string): RaftServer | undefined {
    const own = id === this.#options.id ? this.#options.voters.find((voter) => voter.id === id) : undefined
    const configuration: Configuration | undefined = this.#running?.core.configuration
    return own ?? configuration?.voters.find((voter) => voter.id === id)
  }

  #notLeader(): NotLeaderError {
    return new NotLeaderError({ leaderId: this.leaderId, leaderAddress: this.leaderAddress })
  }
}
