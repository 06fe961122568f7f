/** Whatever happens to engine and registry, in the end they agree. */
import { randomInteger, systemClock, systemRandom } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { ConsulAgentClient, ConsulRegistry, DockerSource, Registrator, type RegistratorOptions } from '../src'
import { FakeConsul } from './fake-consul'
import { FakeDocker } from './fake-docker'
import { until } from './until'

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 12)
const STEPS = 60

async function world(options: Partial<RegistratorOptions> = {}) {
  const engine = new FakeDocker()
  const consul = new FakeConsul()
  await engine.up()
  await consul.up()
  const backoff = { minMs: 2, maxMs: 20 }
  const calls = new ConsulAgentClient({ url: consul.url })
  const source = new DockerSource({ clock: systemClock, random: systemRandom }, { host: engine.host, backoff })
  const registrator = new Registrator(
    { source, registry: new ConsulRegistry(calls), clock: systemClock, random: systemRandom },
    { hostname: 'node-1', address: '10.0.0.1', backoff, registryCheckIntervalMs: 10, ...options },
  )
  const expected = () =>
    [...engine.containers.values()]
      .filter(({ State }) => State.Running)
      .map(
        ({ Name, NetworkSettings }) =>
          `node-1:${Name.slice(1)}:8080 ${NetworkSettings.Ports['8080/tcp']?.[0]?.HostPort}`,
      )
      .sort()
  const actual = () =>
    [...consul.services.values()]
      .filter(({ ID }) => ID.startsWith('node-1:'))
      .map(({ ID, Port }) => `${ID} ${Port}`)
      .sort()
  const agreement = () =>
    until(
      () => ({ expected: expected(), actual: actual() }),
      (seen) => JSON.stringify(seen.expected) === JSON.stringify(seen.actual),
    )
  const end = async () => {
    await registrator.stop()
    await Promise.all([calls.close(), source.close(), engine.dispose(), consul.kill()])
  }
  return { engine, consul, registrator, agreement, end, actual }
}

type World = Awaited<ReturnType<typeof world>>

const step = async ({ engine, consul }: World, random: SeededRandom, port: number): Promise<string> => {
  const ids = [...engine.containers.keys()]
  const id = ids[randomInteger(random, ids.length)]
  const down = ids.filter((one) => !engine.containers.get(one)?.State.Running)
  switch (randomInteger(random, 14)) {
    case 0:
    case 1:
    case 2:
      return `run ${engine.run({ name: `web${randomInteger(random, 1_000_000)}`, hostPort: port })}`
    case 3:
    case 4:
      if (id) engine.end(id, randomInteger(random, 2) * 137)
      return `end ${id}`
    case 5:
      if (down[0]) engine.startAgain(down[0], port)
      return `start again ${down[0]}`
    case 6:
      if (id) engine.remove(id)
      return `remove ${id}`
    case 7:
      await engine.kill()
      return 'engine killed'
    case 8:
      await engine.up()
      return 'engine up'
    case 9: {
      const forget = randomInteger(random, 2) === 0
      await consul.kill({ forget })
      return `consul killed${forget ? ', forgets' : ''}`
    }
    case 10:
      await consul.up()
      return 'consul up'
    case 11:
      consul.failures = randomInteger(random, 4)
      return `consul fails ${consul.failures}`
    case 12:
      consul.lostAnswers = randomInteger(random, 3)
      return `consul loses ${consul.lostAnswers} answers`
    default:
      engine.failures = randomInteger(random, 3)
      return `engine fails ${engine.failures}`
  }
}

test.each(Array.from({ length: RUNS }, (_, run) => 1_000 + run))(
  'engine and registry agree after a random history (seed %i)',
  async (seed) => {
    const random = new SeededRandom(seed)
    const w = await world()
    const history: string[] = []
    try {
      w.consul.put('somebody-else:svc:80')
      await w.registrator.start()
      for (let i = 0; i < STEPS; i++) {
        history.push(await step(w, random, 1_000 + i))
        // Lets a random part of the consequences happen in between.
        for (let turns = randomInteger(random, 4); turns > 0; turns--)
          await new Promise((resolve) => setImmediate(resolve))
      }
      w.consul.failures = w.consul.lostAnswers = w.engine.failures = 0
      await w.engine.up()
      await w.consul.up()
      w.consul.put('somebody-else:svc:80')
      await w.agreement()
      expect(w.consul.services.has('somebody-else:svc:80')).toBe(true)
    } catch (error) {
      throw new Error(`seed ${seed}: ${history.join('; ')}`, { cause: error })
    } finally {
      await w.end()
    }
  },
)

describe('a registrator', () => {
  let w: World
  afterEach(() => w.end())

  test('registers what runs already, and each service once', async () => {
    w = await world()
    for (let i = 0; i < 20; i++) w.engine.run({ name: `web${i}`, hostPort: 1_000 + i })
    await w.registrator.start()
    await w.agreement()
    w.registrator.resync()
    const { reads } = w.consul
    await until(
      () => w.consul.reads,
      (count) => count >= reads + 3,
    )
    w.engine.run({ name: 'last', hostPort: 99 })
    await w.agreement()
    expect(new Set(w.consul.writes).size).toBe(21)
    expect(w.consul.writes).toHaveLength(21)
  })

  test('puts back what the registry forgot, without an event', async () => {
    w = await world()
    w.engine.run({ name: 'web', hostPort: 80 })
    await w.registrator.start()
    await w.agreement()
    w.consul.services.clear()
    await w.agreement()
    expect(w.consul.writes).toEqual(['register node-1:web:8080', 'register node-1:web:8080'])
  })

  test('keeps services while the engine is away and corrects them when it is back', async () => {
    w = await world()
    const gone = w.engine.run({ name: 'gone', hostPort: 80 })
    w.engine.run({ name: 'stays', hostPort: 81 })
    await w.registrator.start()
    await w.agreement()
    await w.engine.kill()
    w.engine.containers.delete(gone)
    expect(w.actual()).toHaveLength(2)
    await w.engine.up()
    await w.agreement()
    expect(w.actual()).toEqual(['node-1:stays:8080 81'])
    expect(w.consul.writes).not.toContain('deregister node-1:stays:8080')
  })

  test('replaces a container by one of the same name without a gap', async () => {
    w = await world()
    const old = w.engine.run({ name: 'web', hostPort: 80 })
    await w.registrator.start()
    await w.agreement()
    w.engine.run({ name: 'web', hostPort: 81 })
    await until(w.actual, (seen) => seen[0] === 'node-1:web:8080 81')
    w.engine.remove(old)
    w.engine.run({ name: 'marker', hostPort: 82 })
    await w.agreement()
    expect(w.consul.writes).not.toContain('deregister node-1:web:8080')
  })

  test('leaves what a former run left behind, unless it is to clean up', async () => {
    w = await world()
    w.consul.put('node-1:old:8080')
    w.engine.run({ name: 'web', hostPort: 80 })
    await w.registrator.start()
    await until(w.actual, (seen) => seen.length === 2)
    expect(w.consul.services.has('node-1:old:8080')).toBe(true)
  })

  test('cleans up what a former run left behind, and nothing of other hosts', async () => {
    w = await world({ cleanup: true })
    w.consul.put('node-1:old:8080')
    w.consul.put('node-2:old:8080')
    w.consul.put('by-hand')
    w.engine.run({ name: 'web', hostPort: 80 })
    await w.registrator.start()
    await w.agreement()
    expect([...w.consul.services.keys()].sort()).toEqual(['by-hand', 'node-1:web:8080', 'node-2:old:8080'])
  })

  test('keeps the service of a failed container with on-success until the container is removed', async () => {
    w = await world({ deregister: 'on-success', cleanup: true, resyncIntervalMs: 15 })
    const failed = w.engine.run({ name: 'failed', hostPort: 80 })
    const ended = w.engine.run({ name: 'ended', hostPort: 81 })
    const killed = w.engine.run({ name: 'killed', hostPort: 82 })
    await w.registrator.start()
    await w.agreement()
    w.engine.end(failed, 3)
    w.engine.end(ended, 0)
    w.engine.end(killed, 137)
    await until(w.actual, (seen) => seen.length === 1)
    const looks = w.engine.requests.filter((path) => path.endsWith('/containers/json')).length
    await until(
      () => w.engine.requests.filter((path) => path.endsWith('/containers/json')).length,
      (count) => count > looks + 2,
    )
    expect(w.actual()).toEqual(['node-1:failed:8080 80'])
    w.engine.remove(failed)
    await w.agreement()
  })

  test('is not held up by a service that the registry refuses', async () => {
    w = await world()
    w.consul.refused.add('bad')
    w.engine.run({ name: 'bad', hostPort: 80, env: ['SERVICE_NAME=bad'] })
    w.engine.run({ name: 'good', hostPort: 81 })
    await w.registrator.start()
    await until(w.actual, (seen) => seen.includes('node-1:good:8080 81'))
    w.consul.refused.clear()
    await w.agreement()
  })

  test('stops at once and deregisters nothing', async () => {
    w = await world()
    w.engine.run({ name: 'web', hostPort: 80 })
    await w.registrator.start()
    await w.agreement()
    await w.registrator.stop()
    await w.registrator.stop()
    expect(w.registrator.state).toBe('stopped')
    expect(w.actual()).toHaveLength(1)
    await until(
      () => w.engine.listeners,
      (count) => count === 0,
    )
  })

  test('gives up a first connection after the retries it was given', async () => {
    w = await world({ startRetries: 2, startRetryIntervalMs: 1 })
    await w.consul.kill()
    await expect(w.registrator.start()).rejects.toMatchObject({ code: 'REGISTRATOR_REGISTRY_UNREACHABLE' })
    expect(w.registrator.state).toBe('failed')
  })

  test('waits for an engine that comes late', async () => {
    w = await world({ startRetries: -1, startRetryIntervalMs: 1 })
    await w.engine.kill()
    w.engine.run({ name: 'web', hostPort: 80 })
    const started = w.registrator.start()
    await w.engine.up()
    await started
    await w.agreement()
  })
})
