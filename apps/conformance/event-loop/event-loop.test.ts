/** The event loop waits for neither disk nor resolver: slow flushes, a dead name server and a snapshot at once. */
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
import { Server } from '@sd/cluster'
import { Worker } from 'node:worker_threads'

const KEYS = 100_000
const CHECKS = 100
const MEASURED_MS = 5_000
/** The p99.9 of the loop's delay must stay below, in milliseconds, beyond what an idle thread of this machine sees. */
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
    const control = idleThread()
    delay.enable()
    const snapshot = server.store.snapshot()
    const writes = Array.from({ length: 20 }, (_, i) => put(`during/${i}`))
    const end = systemClock.monotonic() + MEASURED_MS
    while (systemClock.monotonic() < end) {
      await sleep(systemClock, 5)
      server.kv.get('key/77', {})
    }
    delay.disable()
    const idleMs = await control()
    await Promise.all([snapshot, ...writes])
    expect(checker.list().filter((check) => check.output !== '').length).toBeGreaterThan(0)
    const delayMs = delay.percentile(99.9) / 1e6
    console.log(`event loop delay p99.9: ${delayMs.toFixed(1)} ms, of an idle thread: ${idleMs.toFixed(1)} ms`)
    expect(delayMs - idleMs).toBeLessThan(DELAY_MAX_MS)
  } finally {
    await checker.stop()
    await server.stop()
    resolver.close()
    await rm(dir, { recursive: true, force: true })
  }
}, 60_000)

/** Measures a thread that does nothing: what it sees is the machine's doing. Returns how to end it and read its p99.9. */
function idleThread(): () => Promise<number> {
  const worker = new Worker(
    `const { parentPort } = require('node:worker_threads')
     const delay = require('node:perf_hooks').monitorEventLoopDelay({ resolution: 1 })
     delay.enable()
     parentPort.once('message', () => parentPort.postMessage(delay.percentile(99.9) / 1e6))`,
    { eval: true },
  )
  return async () => {
    const answer = new Promise<number>((resolve) => worker.once('message', resolve))
    worker.postMessage('read')
    const value = await answer
    await worker.terminate()
    return value
  }
}
