/** The rules of the Raft paper (Ongaro and Ousterhout, extended version), one by one, on the core alone. */
import { SeededRandom } from '@sd/runtime/testing'
import type { Effects } from '../src/core/effects'
import type { Input } from '../src/core/inputs'
import { encodeConfiguration } from '../src/core/membership'
import type { AppendRequest, Entry, Message, VoteRequest } from '../src/core/messages'
import { RaftCore } from '../src/core/raft-core'
import { quorumSize, quorumValue } from '../src/core/quorum'

const options = {
  ...{ id: 'a', electionTimeoutMs: 100, heartbeatIntervalMs: 10, trailingLogs: 2, trailingLogBytes: 1e6 },
  ...{ appendBytesMax: 1e6, inflightAppendsMax: 4 },
}

/** A core with a disk that flushes at once, unless told to hold. */
class Bench {
  core: RaftCore
  nowMs = 0
  sent: { to: string; message: Message }[] = []
  committed: string[] = []
  last!: Effects

  constructor(
    voters: string[],
    terms: number[] = [],
    hardState = { term: Math.max(1, ...terms), votedFor: undefined as string | undefined },
  ) {
    const configuration = encodeConfiguration({ voters: voters.map((id) => ({ id, address: id })) })
    const entries: Entry[] = [{ index: 1, term: 1, kind: 'configuration', data: configuration }]
    for (const term of terms) entries.push(entry(entries.length + 1, term))
    const restored = { hardState, snapshot: undefined, base: { index: 0, term: 0 }, entries }
    this.core = new RaftCore({ random: new SeededRandom(1) }, options, restored)
    this.step({ kind: 'start' })
  }

  step(input: Input, flush = true): Effects {
    const effects = (this.last = this.core.step(this.nowMs, input))
    this.sent.push(...effects.send)
    this.committed.push(
      ...effects.commit.filter(({ kind }) => kind === 'command').map(({ data }) => Buffer.from(data).toString()),
    )
    if (!flush) return effects
    this.sent.push(...effects.sendAfterPersist)
    if (effects.persist) this.step({ kind: 'persisted', sequence: effects.persist.sequence })
    return effects
  }

  receive(from: string, message: Message, flush = true): Effects {
    return this.step({ kind: 'message', from, message }, flush)
  }

  wait(ms: number): void {
    this.nowMs += ms
    this.step({ kind: 'tick' })
  }

  take(): { to: string; message: Message }[] {
    return this.sent.splice(0)
  }

  /** Campaigns and wins with the vote of `voter`. */
  lead(voter = 'b'): void {
    this.wait(250)
    this.receive(voter, { kind: 'voteResponse', term: this.core.term + 1, preVote: true, granted: true })
    this.receive(voter, { kind: 'voteResponse', term: this.core.term, preVote: false, granted: true })
  }

  acknowledge(from: string, matchIndex: number): void {
    const rest = { success: true, prevIndex: 0, hintIndex: 0, hintTerm: 0, round: 0 }
    this.receive(from, { kind: 'appendResponse', term: this.core.term, matchIndex, ...rest })
  }
}

const entry = (index: number, term: number, text = `${term}/${index}`): Entry => ({
  ...{ index, term, kind: 'command', data: Buffer.from(text) },
})

const append = (fields: Partial<AppendRequest>): AppendRequest => ({
  ...{ kind: 'appendRequest', term: 1, prevIndex: 0, prevTerm: 0, commitIndex: 0, round: 0, entries: [] },
  ...fields,
})

const vote = (fields: Partial<VoteRequest>): VoteRequest => ({
  ...{ kind: 'voteRequest', term: 2, preVote: false, lastIndex: 100, lastTerm: 1 },
  ...fields,
})

const three = ['a', 'b', 'c']

describe('section 5.1, terms', () => {
  test('a message of a later term makes a leader a follower of that term', () => {
    const bench = new Bench(three)
    bench.lead()
    expect(bench.core.role).toBe('leader')
    bench.receive('c', append({ term: 9 }))
    expect(bench.core.status).toMatchObject({ role: 'follower', term: 9, leaderId: 'c' })
  })

  test('a request of an earlier term is refused with the current one', () => {
    const bench = new Bench(three, [5])
    bench.take()
    bench.receive('b', append({ term: 4, prevIndex: 1, prevTerm: 1, entries: [entry(2, 4)] }))
    expect(bench.take()).toMatchObject([{ to: 'b', message: { kind: 'appendResponse', success: false, term: 5 } }])
    expect(bench.core.lastIndex).toBe(2)
  })
})

describe('section 5.2, election', () => {
  test('the only voter leads without waiting', () => {
    const bench = new Bench(['a'])
    expect(bench.core.status).toMatchObject({ role: 'leader', term: 2, commitIndex: 2 })
  })

  test('a server that is no voter never campaigns', () => {
    const bench = new Bench(['b', 'c', 'd'])
    bench.wait(10_000)
    expect(bench.core.role).toBe('follower')
    expect(bench.last.wakeAtMs).toBeUndefined()
  })

  test('a follower that hears nobody asks for pre-votes first, which leave its term alone', () => {
    const bench = new Bench(three)
    bench.wait(250)
    expect(bench.core.status).toMatchObject({ role: 'candidate', term: 1 })
    expect(bench.take()).toMatchObject(
      ['b', 'c'].map((to) => ({
        to,
        message: { kind: 'voteRequest', preVote: true, term: 2, lastIndex: 1, lastTerm: 1 },
      })),
    )
  })

  test('its own vote counts, and votes are asked for, only once that vote is durable', () => {
    const bench = new Bench(three)
    bench.wait(250)
    bench.take()
    const effects = bench.receive('b', { kind: 'voteResponse', term: 2, preVote: true, granted: true }, false)
    expect(effects.persist?.hardState).toEqual({ term: 2, votedFor: 'a' })
    expect(effects.send).toEqual([])
    expect(effects.sendAfterPersist).toHaveLength(2)
    bench.receive('b', { kind: 'voteResponse', term: 2, preVote: false, granted: true })
    expect(bench.core.role).toBe('candidate')
    bench.step({ kind: 'persisted', sequence: effects.persist?.sequence ?? 0 })
    expect(bench.core.role).toBe('leader')
  })

  test('one vote per term, first come first served, and the grant waits for the disk', () => {
    const bench = new Bench(three)
    const effects = bench.receive('b', vote({ term: 2 }), false)
    expect(effects.persist?.hardState).toEqual({ term: 2, votedFor: 'b' })
    expect(effects.send).toEqual([])
    expect(effects.sendAfterPersist).toMatchObject([{ to: 'b', message: { granted: true } }])
    bench.take()
    bench.receive('c', vote({ term: 2 }))
    bench.receive('b', vote({ term: 2 }))
    expect(bench.take()).toMatchObject([
      { to: 'c', message: { granted: false } },
      { to: 'b', message: { granted: true } },
    ])
  })

  test('a vote survives a restart', () => {
    const bench = new Bench(three, [], { term: 2, votedFor: 'b' })
    bench.receive('c', vote({ term: 2 }))
    expect(bench.take()).toMatchObject([{ to: 'c', message: { granted: false } }])
  })

  test('a majority of refusals ends a campaign', () => {
    const bench = new Bench(three)
    bench.wait(250)
    for (const from of ['b', 'c']) bench.receive(from, { kind: 'voteResponse', term: 1, preVote: true, granted: false })
    expect(bench.core.role).toBe('follower')
  })

  test('a server that hears its leader grants nobody else a vote (thesis 4.2.3)', () => {
    const bench = new Bench(three)
    bench.receive('b', append({ term: 1, prevIndex: 1, prevTerm: 1 }))
    bench.take()
    bench.receive('c', vote({ term: 7 }))
    bench.receive('c', vote({ term: 7, preVote: true }))
    expect(bench.take()).toEqual([])
    expect(bench.core.term).toBe(1)
    bench.nowMs += 99 + 1
    bench.receive('c', vote({ term: 7, preVote: true }))
    expect(bench.take()).toMatchObject([{ to: 'c', message: { granted: true, preVote: true } }])
  })

  test('a leader that hears no quorum steps down (thesis 6.2)', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.wait(99)
    bench.acknowledge('c', 1)
    bench.wait(50)
    expect(bench.core.role).toBe('leader')
    bench.wait(250)
    expect(bench.core.role).toBe('follower')
  })
})

describe('section 5.3, replication', () => {
  test('a leader sends what was proposed while its own disk writes it', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.acknowledge('b', 2)
    bench.take()
    const effects = bench.step({ kind: 'propose', commands: [Buffer.from('x')] }, false)
    expect(effects.accepted).toEqual({ firstIndex: 3, term: 2 })
    expect(effects.persist?.entries).toHaveLength(1)
    expect(effects.send).toMatchObject([{ to: 'b', message: { prevIndex: 2, prevTerm: 2, entries: [{ index: 3 }] } }])
  })

  test('a quorum of disks commits, the leader included, and nothing less', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.acknowledge('b', 2)
    bench.step({ kind: 'propose', commands: [Buffer.from('x')] })
    expect(bench.committed).toEqual([])
    bench.acknowledge('c', 3)
    expect(bench.committed).toEqual(['x'])
  })

  test('a follower accepts what fits, and answers once it is durable', () => {
    const bench = new Bench(three, [1, 1])
    const effects = bench.receive(
      'b',
      append({ prevIndex: 3, prevTerm: 1, commitIndex: 4, entries: [entry(4, 1), entry(5, 1)] }),
      false,
    )
    expect(effects.send).toEqual([])
    expect(effects.sendAfterPersist).toMatchObject([{ message: { success: true, matchIndex: 5 } }])
    expect(effects.commit.map(({ index }) => index)).toEqual([1, 2, 3])
    bench.step({ kind: 'persisted', sequence: effects.persist?.sequence ?? 0 })
    expect(bench.core.status).toMatchObject({ commitIndex: 4, deliveredIndex: 4, lastIndex: 5 })
  })

  test('a leader commits for a follower only what it knows to match', () => {
    const bench = new Bench(three, [1, 1])
    bench.receive('b', append({ prevIndex: 2, prevTerm: 1, commitIndex: 3 }))
    expect(bench.core.commitIndex).toBe(2)
  })

  // Figure 7: the leader of term 8 has 1 1 1 4 4 5 5 6 6 6.
  const leaderTerms = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
  test.each([
    ['a', [1, 1, 1, 4, 4, 5, 5, 6, 6]],
    ['b', [1, 1, 1, 4]],
    ['c', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6]],
    ['d', [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7]],
    ['e', [1, 1, 1, 4, 4, 4, 4]],
    ['f', [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]],
  ])("figure 7: the log of follower %s becomes the leader's", (_name, terms) => {
    const leader = new Bench(['a', 'b', 'c'], leaderTerms, { term: 7, votedFor: undefined })
    const follower = new Bench(['a', 'b', 'c'], terms, { term: 7, votedFor: undefined })
    leader.lead('c')
    expect(leader.core.term).toBe(8)
    let rounds = 0
    for (; rounds < 20; rounds++) {
      const toFollower = leader.take().filter(({ to, message }) => to === 'b' && message.kind !== 'voteRequest')
      if (toFollower.length === 0) break
      for (const { message } of toFollower) follower.receive('a', message)
      for (const { message } of follower.take()) leader.receive('b', message)
    }
    expect(follower.core.status).toMatchObject({ lastIndex: 12, lastTerm: 8 })
    expect(leader.core.commitIndex).toBe(12)
    // One probe per term that differs, not per entry.
    expect(rounds).toBeLessThan(6)
  })

  test('an old append does not cut what came after it', () => {
    const bench = new Bench(three, [1, 1, 1])
    bench.receive('b', append({ prevIndex: 1, prevTerm: 1, entries: [entry(2, 1)] }))
    expect(bench.core.lastIndex).toBe(4)
  })
})

describe('section 5.4, safety', () => {
  test.each([
    ['an earlier last term', { lastIndex: 100, lastTerm: 2 }, false],
    ['the same term and a shorter log', { lastIndex: 3, lastTerm: 3 }, false],
    ['the same term and length', { lastIndex: 4, lastTerm: 3 }, true],
    ['a later term and a shorter log', { lastIndex: 2, lastTerm: 4 }, true],
  ])('a candidate with %s', (_name, last, granted) => {
    const bench = new Bench(three, [1, 3, 3])
    bench.receive('b', vote({ term: 5, ...last }))
    expect(bench.take()).toMatchObject([{ message: { kind: 'voteResponse', granted } }])
  })

  test('figure 8: entries of earlier terms are committed only by one of the current term', () => {
    const bench = new Bench(three, [2], { term: 2, votedFor: undefined })
    bench.lead()
    bench.acknowledge('b', 2)
    expect(bench.core.commitIndex).toBe(0)
    bench.acknowledge('b', 3)
    expect(bench.core.commitIndex).toBe(3)
  })
})

describe('section 7, snapshots', () => {
  test('a follower behind the log gets a snapshot, and appends once it has it', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.step({ kind: 'propose', commands: Array.from({ length: 10 }, () => Buffer.from('x')) })
    bench.acknowledge('c', 12)
    bench.step({ kind: 'snapshotTaken', snapshot: bench.core.describeSnapshot(12) })
    expect(bench.last.compactThrough).toBe(10)
    bench.take()
    bench.receive('b', { ...appendRefusal, term: 2, prevIndex: 1 })
    expect(bench.take()).toMatchObject([
      { to: 'b', message: { kind: 'installSnapshot', snapshot: { index: 12, term: 2 } } },
    ])
    bench.step({ kind: 'snapshotEnded', peer: 'b', isStored: true })
    bench.acknowledge('b', 12)
    bench.step({ kind: 'propose', commands: [Buffer.from('y')] })
    expect(bench.take().filter(({ to }) => to === 'b')).toMatchObject([
      { message: { prevIndex: 12, entries: [{ index: 13 }] } },
    ])
  })

  test('a snapshot replaces a shorter log and is ignored by one that is past it', () => {
    const bench = new Bench(three)
    const snapshot = { index: 20, term: 3, configuration: { voters: [] }, configurationIndex: 1 }
    const effects = bench.receive('b', { kind: 'installSnapshot', term: 3, snapshot })
    expect(effects.installSnapshot).toEqual(snapshot)
    expect(bench.core.status).toMatchObject({ lastIndex: 20, lastTerm: 3, commitIndex: 20 })
    expect(bench.receive('b', { kind: 'installSnapshot', term: 3, snapshot }).installSnapshot).toBeUndefined()
  })
})

const appendRefusal = {
  kind: 'appendResponse',
  success: false,
  matchIndex: 0,
  hintIndex: 0,
  hintTerm: 0,
  round: 0,
} as const

describe('section 8, reads (thesis 6.4)', () => {
  test('a read waits for an entry of the own term and for a quorum that answers after it', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.step({ kind: 'read', readId: 1 })
    expect(bench.last.readsReady).toEqual([])
    bench.acknowledge('b', 2)
    const round = bench
      .take()
      .map(({ message }) => (message.kind === 'appendRequest' ? message.round : 0))
      .at(-1)
    expect(round).toBe(1)
    const answer = {
      kind: 'appendResponse',
      term: 2,
      success: true,
      prevIndex: 2,
      matchIndex: 2,
      hintIndex: 0,
      hintTerm: 0,
    } as const
    bench.receive('c', { ...answer, round: 0 })
    expect(bench.last.readsReady).toEqual([])
    bench.receive('c', { ...answer, round: 1 })
    expect(bench.last.readsReady).toEqual([{ readId: 1, index: 2 }])
  })

  test('reads fail when leadership ends', () => {
    const bench = new Bench(three)
    bench.lead()
    bench.step({ kind: 'read', readId: 1 })
    expect(bench.receive('c', append({ term: 9 })).readsFailed).toEqual([1])
  })
})

test.each([
  [[5], 5],
  [[5, 3], 3],
  [[5, 3, 1], 3],
  [[9, 7, 3, 1], 3],
  [[1, 9, 7, 3, 1], 3],
  [[], 0],
])('a majority of %j has reached %d', (values, expected) => {
  expect(quorumValue(values)).toBe(expected)
  expect(quorumSize(values.length) * 2).toBeGreaterThan(values.length)
})
