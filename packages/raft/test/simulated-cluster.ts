import { type Random, randomInteger, shuffle } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import type { CoreOptions } from '../src/core/core-state'
import type { Effects, HardState, Persist } from '../src/core/effects'
import type { Input } from '../src/core/inputs'
import { encodeConfiguration } from '../src/core/membership'
import type { Entry, Envelope, Message, SnapshotMeta } from '../src/core/messages'
import { RaftCore } from '../src/core/raft-core'

/** What survives a crash. */
interface Disk {
  hardState: HardState
  entries: Entry[]
  base: { index: number; term: number }
  snapshot: SnapshotMeta | undefined
}

interface PendingWrite {
  persist: Persist | undefined
  install: SnapshotMeta | undefined
  afterwards: Envelope[]
  dueMs: number
}

export interface SimulatedServer {
  id: string
  disk: Disk
  core: RaftCore | undefined
  writes: PendingWrite[]
  /** Everything applied up to `appliedIndex`, as one number that depends on all of it. */
  appliedIndex: number
  wakeAtMs: number
  diskIsFull: boolean
}

interface Packet {
  from: string
  to: string
  message: Message
  dueMs: number
}

export interface SimulationFaults {
  dropRate: number
  delayMaxMs: number
  flushMaxMs: number
}

const text = new TextDecoder()

/** Servers on a simulated network and simulated disks; everything that happens follows from the seed. */
export class SimulatedCluster {
  readonly random: Random
  readonly servers: SimulatedServer[]
  nowMs = 0
  faults: SimulationFaults = { dropRate: 0, delayMaxMs: 10, flushMaxMs: 5 }
  /** Pairs "a b" whose packets are lost. */
  readonly cut = new Set<string>()
  readonly leaders = new Map<number, string>()
  /** What was handed out as committed, by index; every server must agree. */
  readonly committed = new Map<number, string>()
  /** Commands whose proposer was told that they are committed, by index. */
  acknowledged = 0
  #packets: Packet[] = []
  #proposed = 0

  constructor(
    seed: number,
    size: number,
    readonly options: Partial<CoreOptions> = {},
  ) {
    this.random = new SeededRandom(seed)
    const ids = Array.from({ length: size }, (_, i) => `s${i + 1}`)
    const voters = ids.map((id) => ({ id, address: id }))
    const data = encodeConfiguration({ voters })
    this.servers = ids.map((id) => ({
      ...{ id, core: undefined, writes: [], appliedIndex: 0, wakeAtMs: Infinity, diskIsFull: false },
      disk: {
        hardState: { term: 1, votedFor: undefined },
        entries: [{ index: 1, term: 1, kind: 'configuration', data }],
        ...{ base: { index: 0, term: 0 }, snapshot: undefined },
      },
    }))
    for (const server of this.servers) this.start(server)
  }

  start(server: SimulatedServer): void {
    const core: CoreOptions = {
      ...{ id: server.id, electionTimeoutMs: 150, heartbeatIntervalMs: 30, trailingLogs: 5, trailingLogBytes: 10_000 },
      ...{ appendBytesMax: 200, inflightAppendsMax: 4 },
      ...this.options,
    }
    const { disk } = server
    const lastTerm = disk.snapshot && this.#diskTerm(disk, disk.snapshot.index)
    if (disk.snapshot && lastTerm !== disk.snapshot.term) {
      disk.entries = []
      disk.base = { index: disk.snapshot.index, term: disk.snapshot.term }
    }
    server.core = new RaftCore({ random: this.random }, core, { ...disk, entries: [...disk.entries] })
    server.appliedIndex = disk.snapshot?.index ?? 0
    server.writes = []
    this.step(server, { kind: 'start' })
  }

  /** Loses what was not flushed. Some of the oldest writes may have reached the disk all the same. */
  crash(server: SimulatedServer): void {
    const reached = randomInteger(this.random, server.writes.length + 1)
    for (const write of server.writes.slice(0, reached)) this.#flush(server, write)
    server.core = undefined
    server.writes = []
    server.wakeAtMs = Infinity
  }

  propose(server: SimulatedServer): void {
    const command = new TextEncoder().encode(`command ${++this.#proposed}`)
    this.step(server, { kind: 'propose', commands: [command] })
  }

  step(server: SimulatedServer, input: Input): Effects | undefined {
    if (!server.core) return undefined
    const effects = server.core.step(this.nowMs, input)
    this.#check(server)
    if (effects.persist || effects.installSnapshot) {
      const dueMs = this.nowMs + randomInteger(this.random, this.faults.flushMaxMs + 1)
      server.writes.push({ persist: effects.persist, install: effects.installSnapshot, afterwards: [], dueMs })
    }
    this.#send(server, effects.send)
    const last = server.writes.at(-1)
    if (last) last.afterwards.push(...effects.sendAfterPersist)
    else this.#send(server, effects.sendAfterPersist)
    if (effects.installSnapshot) server.appliedIndex = effects.installSnapshot.index
    for (const entry of effects.commit) this.#apply(server, entry)
    if (effects.compactThrough !== undefined) this.#compact(server.disk, effects.compactThrough)
    server.wakeAtMs = effects.wakeAtMs ?? Infinity
    return effects
  }

  /** Takes a snapshot of what `server` applied. */
  takeSnapshot(server: SimulatedServer): void {
    if (!server.core || server.appliedIndex <= (server.disk.snapshot?.index ?? 0)) return
    server.disk.snapshot = server.core.describeSnapshot(server.appliedIndex)
    this.step(server, { kind: 'snapshotTaken', snapshot: server.disk.snapshot })
  }

  /** Lets one millisecond pass. */
  advance(): void {
    this.nowMs++
    const due = this.#packets.filter((packet) => packet.dueMs <= this.nowMs)
    if (due.length > 0) this.#packets = this.#packets.filter((packet) => packet.dueMs > this.nowMs)
    for (const packet of shuffle(this.random, due)) this.#deliver(packet)
    for (const server of this.servers) {
      while (server.core && server.writes[0] && server.writes[0].dueMs <= this.nowMs) this.#finishWrite(server)
      if (server.wakeAtMs <= this.nowMs) this.step(server, { kind: 'tick' })
    }
  }

  leader(): SimulatedServer | undefined {
    const leaders = this.servers.filter((server) => server.core?.role === 'leader')
    return leaders.sort((a, b) => (b.core?.term ?? 0) - (a.core?.term ?? 0))[0]
  }

  #finishWrite(server: SimulatedServer): void {
    if (server.diskIsFull && server.writes[0]?.persist && !server.writes[0].install) {
      server.writes = server.writes.filter((write) => write.install)
      this.step(server, { kind: 'persistFailed' })
      return
    }
    const write = server.writes.shift() as PendingWrite
    this.#flush(server, write)
    this.#send(server, write.afterwards)
    if (write.persist) this.step(server, { kind: 'persisted', sequence: write.persist.sequence })
  }

  #flush({ disk }: SimulatedServer, { persist, install }: PendingWrite): void {
    if (install) {
      disk.snapshot = install
      disk.entries = []
      disk.base = { index: install.index, term: install.term }
    }
    if (!persist) return
    if (persist.hardState) disk.hardState = persist.hardState
    const first = persist.entries[0]
    if (first) disk.entries = [...disk.entries.slice(0, first.index - disk.base.index - 1), ...persist.entries]
  }

  #compact(disk: Disk, throughIndex: number): void {
    const term = this.#diskTerm(disk, throughIndex)
    if (term === undefined) return
    disk.entries = disk.entries.slice(throughIndex - disk.base.index)
    disk.base = { index: throughIndex, term }
  }

  #diskTerm(disk: Disk, index: number): number | undefined {
    return index === disk.base.index ? disk.base.term : disk.entries[index - disk.base.index - 1]?.term
  }

  #send(server: SimulatedServer, envelopes: readonly Envelope[]): void {
    for (const { to, message } of envelopes) {
      const copies = this.random.next() < 0.02 ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        const dueMs = this.nowMs + 1 + randomInteger(this.random, this.faults.delayMaxMs)
        this.#packets.push({ from: server.id, to, message, dueMs })
      }
    }
  }

  #deliver({ from, to, message }: Packet): void {
    const server = this.servers.find(({ id }) => id === to)
    const isLost = this.cut.has(`${from} ${to}`) || this.random.next() < this.faults.dropRate || !server?.core
    if (message.kind === 'installSnapshot') {
      // The body is on disk before the core hears of it, and the sender is told how the transfer ended.
      if (!isLost && message.snapshot.index > (server.disk.snapshot?.index ?? 0))
        server.disk.snapshot = message.snapshot
      const sender = this.servers.find(({ id }) => id === from)
      if (sender) this.step(sender, { kind: 'snapshotEnded', peer: to, isStored: !isLost })
    }
    if (!isLost) this.step(server, { kind: 'message', from, message })
  }

  #apply(server: SimulatedServer, entry: Entry): void {
    if (entry.index !== server.appliedIndex + 1) {
      throw new Error(`${server.id} applied ${entry.index} after ${server.appliedIndex}`)
    }
    server.appliedIndex = entry.index
    const value = `${entry.term} ${entry.kind} ${text.decode(entry.data)}`
    const known = this.committed.get(entry.index)
    if (known !== undefined && known !== value) {
      throw new Error(
        `state machine safety: ${server.id} applied "${value}" at ${entry.index}, elsewhere it was "${known}"`,
      )
    }
    this.committed.set(entry.index, value)
    if (server.core?.role === 'leader' && entry.kind === 'command') this.acknowledged++
  }

  #check(server: SimulatedServer): void {
    const core = server.core as RaftCore
    if (core.role !== 'leader') return
    const known = this.leaders.get(core.term)
    if (known !== undefined && known !== server.id) {
      throw new Error(`election safety: ${server.id} and ${known} both lead term ${core.term}`)
    }
    this.leaders.set(core.term, server.id)
  }

  /** Logs that have the same term at an index are the same up to there (paper figure 3, log matching). */
  checkLogMatching(): void {
    for (const a of this.servers) {
      for (const b of this.servers) {
        if (a === b) continue
        let same = false
        const last = Math.min(a.disk.base.index + a.disk.entries.length, b.disk.base.index + b.disk.entries.length)
        for (let index = last; index > Math.max(a.disk.base.index, b.disk.base.index); index--) {
          const x = a.disk.entries[index - a.disk.base.index - 1] as Entry
          const y = b.disk.entries[index - b.disk.base.index - 1] as Entry
          same ||= x.term === y.term
          if (same && (x.term !== y.term || text.decode(x.data) !== text.decode(y.data))) {
            throw new Error(`log matching: ${a.id} and ${b.id} differ at ${index}`)
          }
        }
      }
    }
  }
}
