import { RecordingLogger, VirtualClock } from '@sd/runtime/testing'
import { aService } from '../test/a-service'
import { DesiredServices } from './desired-services'
import { RegistryRefusedError, RegistryUnreachableError } from './errors'
import { resolveOptions } from './options'
import type { Registry } from './registry'
import { RegistryWriter } from './registry-writer'
import type { ContainerService, RegisteredService } from './services-from-container'
import { refreshServices } from './ttl-refresh'

class MemoryRegistry implements Registry {
  readonly kept = new Map<string, RegisteredService>()
  readonly calls: string[] = []
  isAway = false
  refuses = 0

  async ping(): Promise<string> {
    return this.#call('ping')
  }

  async register(service: ContainerService): Promise<void> {
    this.#call(`register ${service.id}`)
    if (this.refuses-- > 0) throw new RegistryRefusedError('register', 400, 'bad')
    this.kept.set(service.id, service)
  }

  async deregister({ id }: RegisteredService): Promise<void> {
    this.#call(`deregister ${id}`)
    this.kept.delete(id)
  }

  #call(call: string): string {
    this.calls.push(call)
    if (this.isAway) throw new RegistryUnreachableError('memory', new Error('away'))
    return ''
  }
}

class ListingRegistry extends MemoryRegistry {
  async services(): Promise<RegisteredService[]> {
    await this.ping()
    return [...this.kept.values()]
  }
}

const setUp = (registry: MemoryRegistry) => {
  const clock = new VirtualClock()
  const desired = new DesiredServices()
  const logger = new RecordingLogger()
  const stop = new AbortController()
  const options = resolveOptions({ hostname: 'h', backoff: { minMs: 100, maxMs: 60_000 } })
  const writer = new RegistryWriter({ registry, desired, clock, random: { next: () => 0.999_999 }, logger }, options)
  const watching = writer.watch(stop.signal)
  const end = async () => {
    stop.abort()
    await watching
    await writer.stop()
  }
  const warnings = () => logger.records.filter(({ level }) => level === 'warn').map(({ message }) => message)
  return { clock, desired, writer, end, warnings, registry }
}

test('waits for a lost registry with growing delays of at most 5 s, and says so once', async () => {
  const { clock, desired, writer, end, warnings, registry } = setUp(new ListingRegistry())
  registry.isAway = true
  writer.changed(desired.set('c', [aService('a')]))
  await clock.advance(600_000)
  expect(registry.calls.length).toBeGreaterThan(600_000 / 5_000)
  expect(registry.calls.length).toBeLessThan(600_000 / 5_000 + 10)
  expect(warnings()).toEqual(['registry lost, trying again:'])
  registry.isAway = false
  await clock.advance(5_000)
  expect([...registry.kept.keys()]).toEqual(['a'])
  await end()
})

test('tries a lost registry at once when there is something new to say', async () => {
  const { clock, desired, writer, end, registry } = setUp(new ListingRegistry())
  registry.isAway = true
  writer.changed(desired.set('c', [aService('a')]))
  await clock.advance(60_000)
  registry.isAway = false
  await clock.advance(200)
  registry.calls.length = 0
  writer.changed(desired.set('d', [aService('b')]))
  await clock.advance(1)
  expect([...registry.kept.keys()].sort()).toEqual(['a', 'b'])
  await end()
})

test('a refused service is tried again by itself, with its own delays', async () => {
  const { clock, desired, writer, end, warnings, registry } = setUp(new ListingRegistry())
  registry.refuses = 3
  writer.changed(desired.set('c', [aService('a')]))
  await clock.advance(2_000)
  expect([...registry.kept.keys()]).toEqual(['a'])
  expect(warnings()).toEqual(['register failed:', 'register failed:', 'register failed:'])
  await end()
})

test('asks a healthy registry only now and then, and writes nothing', async () => {
  const { clock, desired, writer, end, registry } = setUp(new ListingRegistry())
  writer.changed(desired.set('c', [aService('a')]))
  await clock.advance(60_000)
  expect(registry.calls.filter((call) => call !== 'ping')).toEqual(['register a'])
  expect(registry.calls.filter((call) => call === 'ping')).toHaveLength(12)
  await end()
})

test('writes everything again after an outage of a registry that cannot list', async () => {
  const { clock, desired, writer, end, registry } = setUp(new MemoryRegistry())
  writer.changed(desired.set('c', [aService('a'), aService('b')]))
  await clock.advance(10_000)
  registry.isAway = true
  await clock.advance(10_000)
  registry.kept.clear()
  registry.isAway = false
  await clock.advance(10_000)
  expect([...registry.kept.keys()].sort()).toEqual(['a', 'b'])
  await end()
})

test('services are refreshed in time, but not those that are retained', async () => {
  const clock = new VirtualClock()
  const desired = new DesiredServices()
  const stop = new AbortController()
  const refreshed: string[] = []
  const registry = Object.assign(new MemoryRegistry(), {
    refresh: async ({ id }: ContainerService) => {
      refreshed.push(id)
      if (id === 'a') throw new Error('no')
    },
  })
  desired.set('c1', [aService('a')])
  desired.set('c2', [aService('b')])
  const logger = new RecordingLogger()
  const refreshing = refreshServices({ registry, desired, clock, logger }, 1_000, stop.signal)
  await clock.advance(2_500)
  expect(refreshed).toEqual(['a', 'b', 'a', 'b'])
  desired.retain('c2')
  await clock.advance(1_000)
  expect(refreshed).toEqual(['a', 'b', 'a', 'b', 'a'])
  expect(logger.records.map(({ message }) => message)).toEqual([
    'refresh failed:',
    'refresh failed:',
    'refresh failed:',
  ])
  stop.abort()
  await refreshing
})

test('a registry without a time to live is not refreshed', async () => {
  const clock = new VirtualClock()
  await refreshServices(
    { registry: new MemoryRegistry(), desired: new DesiredServices(), clock, logger: new RecordingLogger() },
    1_000,
    new AbortController().signal,
  )
  expect(clock.pending).toBe(0)
})

test.each([
  [{ deregister: 'never' as 'always' }, 'deregister: must be "always" or "on-success"'],
  [{ startRetryIntervalMs: 0 }, 'startRetryIntervalMs'],
  [{ concurrency: 0 }, 'concurrency'],
  [{ ttlSeconds: 10 }, 'belong together'],
  [{ refreshIntervalMs: 10 }, 'belong together'],
  [{ ttlSeconds: 10, refreshIntervalMs: 10_000 }, 'must be longer'],
])('options %j are refused', (options, message) => {
  expect(() => resolveOptions({ hostname: 'h', ...options })).toThrow(message)
})
