import { randomInteger } from '@sd/runtime'
import { SimulatedCluster } from './simulated-cluster'

/** Seeds in one run; SIMULATION_SEEDS for long ones, SIMULATION_SEED to replay one. */
const seeds = process.env['SIMULATION_SEED']
  ? [Number(process.env['SIMULATION_SEED'])]
  : Array.from({ length: Number(process.env['SIMULATION_SEEDS'] ?? 150) }, (_, i) => i + 1)

/** A hostile stretch, then peace: safety is checked all along, progress at the end. */
function simulate(seed: number): SimulatedCluster {
  const size = [3, 3, 3, 5, 1][seed % 5] as number
  const cluster = new SimulatedCluster(seed, size)
  const { random, servers } = cluster
  const anyServer = () => servers[randomInteger(random, servers.length)] as (typeof servers)[number]
  cluster.faults = {
    dropRate: random.next() * 0.2,
    delayMaxMs: 5 + randomInteger(random, 60),
    flushMaxMs: randomInteger(random, 30),
  }
  for (let ms = 0; ms < 3000; ms++) {
    const chance = random.next()
    if (chance < 0.05) cluster.propose(cluster.leader() ?? anyServer())
    else if (chance < 0.055) cluster.takeSnapshot(anyServer())
    else if (chance < 0.057) {
      const [a, b] = [anyServer().id, anyServer().id]
      cluster.cut.add(`${a} ${b}`)
      if (random.next() < 0.7) cluster.cut.add(`${b} ${a}`)
    } else if (chance < 0.06) cluster.cut.clear()
    else if (chance < 0.062) {
      const server = anyServer()
      if (server.core) cluster.crash(server)
    } else if (chance < 0.066) {
      const server = anyServer()
      if (!server.core) cluster.start(server)
    } else if (chance < 0.067) {
      const server = anyServer()
      server.diskIsFull = !server.diskIsFull
    }
    cluster.advance()
    if (ms % 100 === 0) cluster.checkLogMatching()
  }
  cluster.cut.clear()
  cluster.faults = { dropRate: 0, delayMaxMs: 5, flushMaxMs: 2 }
  for (const server of servers) {
    server.diskIsFull = false
    if (!server.core) cluster.start(server)
  }
  for (let ms = 0; ms < 3000; ms++) cluster.advance()
  const leader = cluster.leader()
  if (!leader) throw new Error('no leader although all is well')
  cluster.propose(leader)
  for (let ms = 0; ms < 500; ms++) cluster.advance()
  for (const server of servers) {
    if (server.core?.lastIndex !== leader.core?.lastIndex || server.appliedIndex !== leader.core?.lastIndex) {
      throw new Error(`${server.id} is at ${server.appliedIndex}, the leader at ${leader.core?.lastIndex}`)
    }
  }
  cluster.checkLogMatching()
  return cluster
}

test(`${seeds.length} hostile runs keep election safety, log matching and state machine safety, and recover`, () => {
  let acknowledged = 0
  for (const seed of seeds) {
    try {
      acknowledged += simulate(seed).acknowledged
    } catch (error) {
      throw new Error(`SIMULATION_SEED=${seed}: ${String(error)}`, { cause: error })
    }
  }
  expect(acknowledged).toBeGreaterThan(seeds.length * 5)
}, 600_000)

test('a seed replays to the same end', () => {
  const [a, b] = [simulate(7), simulate(7)]
  expect([...a.committed]).toEqual([...b.committed])
  expect([...a.leaders]).toEqual([...b.leaders])
})
