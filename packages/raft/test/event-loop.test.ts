import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock, systemRandom } from '@sd/runtime'
import { FileStorage } from '../src/storage/file-storage'
import { RaftNode } from '../src/node/raft-node'
import { DiskFaults } from '../src/testing/disk-faults'
import { JournalStateMachine } from '../src/testing/journal-state-machine'
import { MemoryTransport } from '../src/transport/memory-transport'

/** How long each flush takes, in milliseconds. */
const FLUSH_MS = 500

let directory: string
let node: RaftNode
const faults = new DiskFaults()
const stateMachine = new JournalStateMachine()

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sd-raft-'))
  const storage = new FileStorage(directory, { faults })
  const transport = new MemoryTransport('a')
  node = new RaftNode(
    { storage, transport, stateMachine, clock: systemClock, random: systemRandom },
    { id: 'a', voters: [{ id: 'a', address: '' }] },
  )
  await node.start()
  await node.whenLeader()
  await Promise.all(Array.from({ length: 20_000 }, (_, i) => node.propose(Buffer.from(`${i}`))))
})

afterAll(async () => {
  faults.delayFlushes(0)
  await node.stop()
  await rm(directory, { recursive: true })
})

test('slow flushes and a snapshot never hold up the event loop', async () => {
  faults.delayFlushes(FLUSH_MS)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const snapshot = node.snapshot()
  for (let i = 0; i < 3; i++) await node.propose(Buffer.from(`slow ${i}`))
  await snapshot
  delay.disable()
  expect(node.stats().lastSnapshotIndex).toBeGreaterThan(20_000)
  // A loop that waited for one flush would show all of it; the rest is what a busy machine does.
  expect(delay.max / 1e6).toBeLessThan(FLUSH_MS / 2)
})

test('a full thread pool does not delay a proposal', async () => {
  faults.delayFlushes(0)
  const pipe = join(directory, 'pipe')
  execFileSync('mkfifo', [pipe])
  let opened = 0
  // Opening a pipe that nobody writes to blocks a thread of the pool; more of them than there are threads.
  const blocked = Array.from({ length: 16 }, async () => {
    const file = await open(pipe, 'r')
    opened++
    await file.close()
  })
  await node.propose(Buffer.from('meanwhile'))
  expect(opened).toBe(0)
  const release = openSync(pipe, 'r+')
  await Promise.all(blocked)
  closeSync(release)
  expect(opened).toBe(16)
})
