/** The event loop waits for neither disk nor resolver: the worst that the issue of both can do at once. */
import { createSocket } from 'node:dgram'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { HealthChecker } from '@sd/health-checker'
import { kvEntryFields } from '@sd/model'
import { FileStorage, MemoryTransport, RaftNode } from '@sd/raft'
import { DiskFaults } from '@sd/raft/testing'
import { silentLogger, sleep, systemClock, systemRandom } from '@sd/runtime'
import { Server } from '../src/index'

const KEYS = 100_000
const CHECKS = 100
const MEASURED_MS = 3_000
/** The p99.9 of the loop's delay must stay below, in milliseconds. */
const DELAY_MAX_MS = 50

test('with slow flushes, a dead resolver and a snapshot under way the event loop stays responsive', async () => {
  const ports = { clock: systemClock, random: systemRandom, logger: silentLogger }
  const dir = await mkdtemp(join(tmpdir(), 'sd-loop-'))
  const faults = new DiskFaults()
  // Takes questions and never answers.
  const resolver = createSocket('udp4')
  await new Promise<void>((resolve) => resolver.bind(0, '127.0.0.1', resolve))
  const checker = new HealthChecker(ports, {
    lookup: { servers: [`127.0.0.1:${resolver.address().port}`], timeoutMs: 2_000 },
  })
  const server = new Server(
    {
      ...ports,
      members: () => [],
      createStore: (stateMachine) =>
        new RaftNode(
          { ...ports, storage: new FileStorage(dir, { faults }), transport: new MemoryTransport('a'), stateMachine },
          { id: 'a', voters: [{ id: 'a', address: 'a' }] },
        ),
    },
    { datacenter: 'dc1' },
  )
  try {
    await server.start()
    const put = (key: string) => server.kv.write('set', kvEntryFields.create({ key, value: Buffer.alloc(100, 1) }))
    for (let first = 0; first < KEYS; first += 5_000) {
      await Promise.all(Array.from({ length: 5_000 }, (_, i) => put(`key/${first + i}`)))
    }
    await checker.start()
    for (let i = 0; i < CHECKS; i++) {
      checker.add({ id: `c${i}`, http: `http://host-${i}.example./`, intervalMs: 1_000, timeoutMs: 1_000 })
    }
    faults.delayFlushes(500)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const snapshot = server.store.snapshot()
    const writes = Array.from({ length: 20 }, (_, i) => put(`during/${i}`))
    const end = systemClock.monotonic() + MEASURED_MS
    while (systemClock.monotonic() < end) {
      await sleep(systemClock, 5)
      server.kv.get('key/77', {})
    }
    delay.disable()
    await Promise.all([snapshot, ...writes])
    expect(checker.list().filter((check) => check.output !== '').length).toBeGreaterThan(0)
    expect(delay.percentile(99.9) / 1e6).toBeLessThan(DELAY_MAX_MS)
  } finally {
    await checker.stop()
    await server.stop()
    resolver.close()
    await rm(dir, { recursive: true, force: true })
  }
}, 60_000)
