import { systemClock, systemRandom } from '@sd/runtime'
import { RecordingLogger } from '@sd/runtime/testing'
import type { RaftNodeOptions } from '../options'
import { MemoryStorage } from '../storage/memory-storage'
import { JournalStateMachine } from '../testing/journal-state-machine'
import { MemoryNetwork, MemoryTransport } from '../transport/memory-transport'
import { StreamTransport } from '../transport/stream-transport'
import { TcpStreamLayer } from '../transport/tcp-stream-layer'
import { RaftNode } from './raft-node'

interface Member {
  node: RaftNode
  stateMachine: JournalStateMachine
}

const started: RaftNode[] = []
const timing = { electionTimeoutMs: 500, heartbeatIntervalMs: 50 }

afterEach(async () => {
  await Promise.all(started.splice(0).map((node) => node.stop()))
})

const ids = ['a', 'b', 'c']

async function startMember(
  id: string,
  parts: { storage: MemoryStorage; network?: MemoryNetwork; layer?: TcpStreamLayer; voters: RaftNodeOptions['voters'] },
  options: Partial<RaftNodeOptions> = {},
): Promise<Member> {
  const { storage, network, layer, voters } = parts
  const transport = layer
    ? new StreamTransport({ layer, clock: systemClock }, { id, redialDelayMs: 20 })
    : new MemoryTransport(id, network)
  const stateMachine = new JournalStateMachine()
  const logger = new RecordingLogger()
  const ports = { storage, transport, stateMachine, clock: systemClock, random: systemRandom, logger }
  const node = new RaftNode(ports, { id, voters, ...timing, ...options })
  started.push(node)
  await node.start()
  return { node, stateMachine }
}

const leaderOf = async (members: Member[]): Promise<Member> => {
  await Promise.race(members.map(({ node }) => node.whenLeader()))
  return members.find(({ node }) => node.isLeader) ?? leaderOf(members)
}

/** Gives the event loop turns until `isSo`. */
async function eventually(isSo: () => boolean): Promise<void> {
  const deadlineMs = systemClock.monotonic() + 10_000
  while (!isSo()) {
    if (systemClock.monotonic() > deadlineMs) throw new Error('it did not become so')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function startThree(options: Partial<RaftNodeOptions> = {}) {
  const network = new MemoryNetwork()
  const voters = ids.map((id) => ({ id, address: `${id}:1` }))
  const storages = ids.map(() => new MemoryStorage())
  const members = await Promise.all(
    ids.map((id, i) => startMember(id, { storage: storages[i] as MemoryStorage, network, voters }, options)),
  )
  return { network, voters, storages, members }
}

test('three servers elect one leader, replicate, and know its address', async () => {
  const { members } = await startThree()
  const leader = await leaderOf(members)
  for (let i = 0; i < 50; i++) await leader.node.propose(Buffer.from(`${i}`))
  await eventually(() => members.every(({ stateMachine }) => stateMachine.commands.length === 50))
  for (const { node } of members) {
    expect(node.leaderAddress).toBe(`${leader.node.leaderId}:1`)
    expect(node.stats().numPeers).toBe(2)
  }
  const follower = members.find(({ node }) => !node.isLeader) as Member
  await expect(follower.node.propose(Buffer.from('x'))).rejects.toMatchObject({
    code: 'RAFT_NOT_LEADER',
    details: { leaderId: leader.node.leaderId },
  })
  await expect(follower.node.readIndex()).rejects.toMatchObject({ code: 'RAFT_NOT_LEADER' })
})

test('a leader that is cut off steps down, its reads and proposals fail, and the others go on', async () => {
  const { members, network } = await startThree()
  const old = await leaderOf(members)
  await old.node.propose(Buffer.from('before'))
  const others = members.filter((member) => member !== old)
  for (const { node } of others) network.cut(old.node.id, node.id)
  const lost = old.node.propose(Buffer.from('lost'))
  const read = old.node.readIndex()
  await expect(lost).rejects.toMatchObject({ code: 'RAFT_LEADERSHIP_LOST' })
  await expect(read).rejects.toMatchObject({ code: 'RAFT_NOT_LEADER' })
  const next = await leaderOf(others)
  await next.node.propose(Buffer.from('after'))
  network.heal()
  await eventually(() => members.every(({ stateMachine }) => stateMachine.commands.includes('after')))
  for (const { stateMachine } of members) expect(stateMachine.commands).toEqual(['before', 'after'])
})

test('a server that comes back late is brought up with a snapshot', async () => {
  const { members, storages, network, voters } = await startThree({ trailingLogs: 2 })
  const leader = await leaderOf(members)
  const late = members.find(({ node }) => !node.isLeader) as Member
  const lateId = late.node.id
  await late.node.stop()
  for (let i = 0; i < 30; i++) await leader.node.propose(Buffer.from(`${i}`.repeat(1000)))
  expect(await leader.node.snapshot()).toMatchObject({ index: leader.node.appliedIndex })
  const storage = storages[ids.indexOf(lateId)] as MemoryStorage
  const again = await startMember(lateId, { storage, network, voters }, { trailingLogs: 2 })
  await eventually(() => again.stateMachine.commands.length === 30)
  await (await leaderOf([...members.filter((member) => member !== late), again])).node.propose(Buffer.from('more'))
  await eventually(() => again.stateMachine.commands.length === 31)
  expect(again.node.stats().lastSnapshotIndex).toBeGreaterThan(20)
})

test('three servers work over TCP', async () => {
  const layers = ids.map(() => new TcpStreamLayer())
  await Promise.all(layers.map((layer) => layer.listen()))
  const voters = ids.map((id, i) => ({ id, address: (layers[i] as TcpStreamLayer).address }))
  const members = await Promise.all(
    ids.map((id, i) => startMember(id, { storage: new MemoryStorage(), layer: layers[i] as TcpStreamLayer, voters })),
  )
  const leader = await leaderOf(members)
  await Promise.all(Array.from({ length: 200 }, (_, i) => leader.node.propose(Buffer.from(`${i}`))))
  await leader.node.readIndex()
  await eventually(() => members.every(({ stateMachine }) => stateMachine.commands.length === 200))
  expect(members.map(({ stateMachine }) => stateMachine.commands)).toEqual(
    members.map(() => leader.stateMachine.commands),
  )
})
