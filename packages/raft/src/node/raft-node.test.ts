import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSdError, systemClock, systemRandom } from '@sd/runtime'
import { RecordingLogger } from '@sd/runtime/testing'
import type { Storage } from '../ports/storage'
import { FileStorage, type FileStorageOptions } from '../storage/file-storage'
import { MemoryStorage } from '../storage/memory-storage'
import { DiskFaults } from '../testing/disk-faults'
import { JournalStateMachine } from '../testing/journal-state-machine'
import { MemoryTransport } from '../transport/memory-transport'
import type { RaftNodeOptions } from '../options'
import { RaftNode } from './raft-node'

let directory: string
const started: RaftNode[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sd-raft-'))
})

afterEach(async () => {
  await Promise.all(started.splice(0).map((node) => node.stop()))
  await rm(directory, { recursive: true })
})

const bytes = (text: string) => Buffer.from(text)
const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`)

async function startNode(storage: Storage, options: Partial<RaftNodeOptions> = {}) {
  const stateMachine = new JournalStateMachine()
  const logger = new RecordingLogger()
  const node = new RaftNode(
    { storage, transport: new MemoryTransport('a'), stateMachine, clock: systemClock, random: systemRandom, logger },
    { id: 'a', voters: [{ id: 'a', address: '127.0.0.1:8300' }], ...options },
  )
  started.push(node)
  await node.start()
  await node.whenLeader()
  return { node, stateMachine, logger }
}

const files = (options: FileStorageOptions = {}) => new FileStorage(directory, options)

describe.each([
  ['memory', () => new MemoryStorage()],
  ['file', () => files()],
] as const)('a single server on %s storage', (_name, makeStorage) => {
  test('leads at once and answers proposals with the results of the state machine', async () => {
    const { node, stateMachine } = await startNode(makeStorage(), { electionTimeoutMs: 600_000 })
    expect(node.isLeader).toBe(true)
    expect(node.leaderAddress).toBe('127.0.0.1:8300')
    expect(await node.propose(bytes('x'))).toEqual({ index: 3, term: 2, result: 1 })
    expect(await node.propose(bytes('y'))).toEqual({ index: 4, term: 2, result: 2 })
    expect(stateMachine.commands).toEqual(['x', 'y'])
    expect(node.stats()).toMatchObject({
      state: 'leader',
      appliedIndex: 4,
      commitIndex: 4,
      numPeers: 0,
      lastContactMs: 0,
    })
  })

  test('has everything back after a restart, in a new term', async () => {
    const storage = makeStorage()
    const first = await startNode(storage)
    await Promise.all(numbers(100).map((text) => first.node.propose(bytes(text))))
    await first.node.stop()
    const { node, stateMachine } = await startNode(storage instanceof MemoryStorage ? storage : makeStorage())
    await node.readIndex()
    expect(stateMachine.commands).toEqual(numbers(100))
    expect(node.term).toBe(3)
    expect(await node.propose(bytes('more'))).toEqual({ index: 104, term: 3, result: 101 })
  })

  test('starts from a snapshot and the log behind it', async () => {
    const storage = makeStorage()
    const first = await startNode(storage, { trailingLogs: 5 })
    await Promise.all(numbers(50).map((text) => first.node.propose(bytes(text))))
    expect(await first.node.snapshot()).toMatchObject({ index: 52, term: 2 })
    await first.node.propose(bytes('behind'))
    await first.node.stop()
    const { node, stateMachine } = await startNode(storage instanceof MemoryStorage ? storage : makeStorage())
    await node.readIndex()
    expect(stateMachine.commands).toEqual([...numbers(50), 'behind'])
    expect(node.stats()).toMatchObject({ lastSnapshotIndex: 52, lastLogIndex: 54 })
    expect(node.configuration().voters).toEqual([{ id: 'a', address: '127.0.0.1:8300' }])
  })

  test('ends open proposals when it is stopped', async () => {
    const { node } = await startNode(makeStorage())
    const open = node.propose(bytes('x'))
    const outcome = open.then(
      () => 'done',
      (error: unknown) => (isSdError(error) ? error.code : error),
    )
    await node.stop()
    expect(['done', 'RAFT_STOPPED']).toContain(await outcome)
    await expect(node.propose(bytes('y'))).rejects.toMatchObject({ code: 'RAFT_NOT_LEADER' })
  })
})

test('proposals that arrive while a flush runs share the next one', async () => {
  const faults = new DiskFaults()
  const storage = files({ faults })
  const write = jest.spyOn(storage, 'write')
  const { node } = await startNode(storage)
  await node.readIndex()
  faults.delayFlushes(20)
  write.mockClear()
  const first = node.propose(bytes('first'))
  await Promise.resolve()
  const rest = numbers(500).map((text) => node.propose(bytes(text)))
  await Promise.all([first, ...rest])
  expect(write).toHaveBeenCalledTimes(2)
})

test('a full disk refuses proposals, keeps leading, loses nothing, and recovers', async () => {
  const faults = new DiskFaults()
  const { node, stateMachine } = await startNode(files({ faults, preallocateBytes: 64 }))
  await node.propose(bytes('before'))
  faults.limitSpace(100)
  const refused = await Promise.allSettled(numbers(20).map((text) => node.propose(bytes(text.repeat(50)))))
  for (const outcome of refused) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'RAFT_STORAGE_FULL', retryable: true } })
  }
  expect(node.isLeader).toBe(true)
  await node.readIndex()
  faults.limitSpace(undefined)
  expect(await node.propose(bytes('after'))).toMatchObject({ result: 2 })
  await node.stop()
  const again = await startNode(files())
  await again.node.readIndex()
  expect(again.stateMachine.commands).toEqual(['before', 'after'])
  expect(stateMachine.commands).toEqual(['before', 'after'])
})

test('a failed flush ends the node; nothing unflushed is acknowledged', async () => {
  const faults = new DiskFaults()
  const { node, stateMachine } = await startNode(files({ faults }))
  await node.propose(bytes('kept'))
  const failed = new Promise((resolve) => node.once('failed', resolve))
  faults.failFlushes()
  await expect(node.propose(bytes('lost'))).rejects.toMatchObject({ code: 'RAFT_STORAGE_FAILED', retryable: false })
  await failed
  expect(node.state).toBe('failed')
  expect(node.isLeader).toBe(false)
  expect(stateMachine.commands).toEqual(['kept'])
})

test("another node's directory is refused by name", async () => {
  const { node } = await startNode(files())
  await node.stop()
  await expect(startNode(files(), { id: 'b', voters: [{ id: 'b', address: '' }] })).rejects.toMatchObject({
    code: 'RAFT_STORAGE_WRONG_NODE',
    details: { storedId: 'a', id: 'b' },
  })
})

test('a snapshot is taken when the log has grown large, and old segments go', async () => {
  const { node } = await startNode(files({ segmentBytes: 4096 }), { snapshotLogBytes: 20_000, trailingLogs: 10 })
  for (let round = 0; round < 10; round++) {
    await Promise.all(numbers(50).map((text) => node.propose(bytes(text.repeat(40)))))
  }
  await node.snapshot()
  const { lastSnapshotIndex, logBytes } = node.stats()
  expect(lastSnapshotIndex).toBeGreaterThan(100)
  expect(logBytes).toBeLessThan(20_000)
})
