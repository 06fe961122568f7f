import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomInteger, systemClock, systemRandom } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { FakeDocker } from '../../test/fake-docker'
import type { EngineEvent } from '../source'
import { olderVersion } from './docker-client'
import { changedContainer } from './docker-events'
import { DockerSource } from './docker-source'

const recordedEvents = readFileSync(join(__dirname, '../../test/recorded/events.ndjson'), 'utf8')

let engine: FakeDocker
let source: DockerSource
let stop: AbortController
beforeEach(async () => {
  engine = new FakeDocker()
  await engine.up()
  stop = new AbortController()
  source = new DockerSource(
    { clock: systemClock, random: systemRandom },
    { host: engine.host, backoff: { minMs: 1, maxMs: 5 }, pingIntervalMs: 20, pingTimeoutMs: 20 },
  )
})
afterEach(async () => {
  stop.abort()
  await source.close()
  await engine.dispose()
})

const listen = () => source.events({ signal: stop.signal })[Symbol.asyncIterator]()
const next = async (events: AsyncIterator<EngineEvent>) => (await events.next()).value as EngineEvent

test('lists running containers and inspects them', async () => {
  const up = engine.run({ name: 'up', hostPort: 80 })
  const down = engine.run({ name: 'down', hostPort: 81 })
  engine.end(down, 3)
  expect(await source.listRunning()).toEqual([up])
  expect(await source.inspect(up)).toMatchObject({ name: 'up', isUp: true })
  expect(await source.inspect(down)).toMatchObject({ isUp: false, exitCode: 3 })
  expect(await source.inspect('nope')).toBeUndefined()
})

test('takes the address of the container whose network is joined', async () => {
  const other = engine.run({ name: 'other', hostPort: 80 })
  const joined = engine.run({ name: 'joined', hostPort: 81, networkMode: `container:${other}` })
  expect(await source.inspect(joined)).toMatchObject({ joinedAddress: '172.18.0.2' })
  engine.remove(other)
  expect(await source.inspect(joined)).not.toHaveProperty('joinedAddress')
})

test.each([
  ['an old engine in its own version', '1.24', '1.12', 'v1.24'],
  ['a new engine in the newest version that is known', '1.99', '1.24', 'v1.47'],
  ['an engine that has dropped that version in its oldest one', '1.99', '1.60', 'v1.60'],
])('speaks to %s', async (_what, ApiVersion, MinAPIVersion, expected) => {
  engine.version = { ApiVersion, MinAPIVersion }
  await source.listRunning()
  expect(engine.requests.at(-1)).toBe(`/${expected}/containers/json`)
})

test('compares versions by number', () => {
  expect(olderVersion('1.9', '1.41')).toBe('1.9')
  expect(olderVersion('2.0', '1.41')).toBe('1.41')
  expect(olderVersion('1.41', '1.41')).toBe('1.41')
})

test('turns failures into errors with a code', async () => {
  engine.failures = 1
  await expect(source.ping()).rejects.toMatchObject({
    code: 'REGISTRATOR_ENGINE_ANSWER',
    message: 'container engine: GET /version: 500 server is shutting down',
  })
  await engine.kill()
  await expect(source.ping()).rejects.toMatchObject({ code: 'REGISTRATOR_ENGINE_UNREACHABLE' })
})

test('yields events of recorded bytes, wherever they are cut', async () => {
  const events = listen()
  expect(await next(events)).toEqual({ kind: 'connected' })
  const bytes = Buffer.from(recordedEvents.replaceAll('ekofr', 'ekofrä'))
  for (let at = 0; at < bytes.length; at += 7) engine.write(bytes.subarray(at, at + 7))
  const seen = [await next(events), await next(events), await next(events), await next(events), await next(events)]
  expect(seen.map((event) => (event.kind === 'changed' ? event.containerId.slice(0, 4) : event.kind))).toEqual([
    '6415',
    '6415',
    '6415',
    '3f02',
    '3f02',
  ])
})

test('reconnects when the engine was killed, for as long as it takes', async () => {
  const events = listen()
  expect(await next(events)).toEqual({ kind: 'connected' })
  await engine.kill()
  for (let i = 0; i < 3; i++) expect(await next(events)).toMatchObject({ kind: 'disconnected' })
  await engine.up()
  let event = await next(events)
  while (event.kind === 'disconnected') event = await next(events)
  expect(event).toEqual({ kind: 'connected' })
  const id = engine.run({ name: 'web', hostPort: 80 })
  expect(await next(events)).toEqual({ kind: 'changed', containerId: id })
})

test('gives up the stream of an engine that hangs', async () => {
  const events = listen()
  expect(await next(events)).toEqual({ kind: 'connected' })
  engine.isHanging = true
  expect(await next(events)).toMatchObject({
    kind: 'disconnected',
    error: {
      code: 'REGISTRATOR_ENGINE_UNREACHABLE',
      message: expect.stringContaining('no answer to a ping') as string,
    },
  })
})

test('ends when told to, and closes the stream', async () => {
  const events = listen()
  await next(events)
  stop.abort()
  expect(await events.next()).toEqual({ done: true, value: undefined })
})

test('takes nothing but hints about containers from any line', () => {
  expect(changedContainer('{"Type":"network","Action":"start","Actor":{"ID":"x"}}')).toBeUndefined()
  expect(changedContainer('{"Type":"container","Action":"exec_start","Actor":{"ID":"x"}}')).toBeUndefined()
  expect(changedContainer('{"status":"die","id":"old-api"}')).toBe('old-api')
  const seed = Number(process.env['FUZZ_SEED'] ?? 11)
  const random = new SeededRandom(seed)
  const bytes = Buffer.from(recordedEvents.split('\n')[0] as string)
  for (let run = 0; run < Number(process.env['FUZZ_RUNS'] ?? 5_000); run++) {
    const mutated = Buffer.from(bytes.subarray(0, randomInteger(random, bytes.length)))
    for (let i = 0; i < 3 && mutated.length > 0; i++)
      mutated[randomInteger(random, mutated.length)] = randomInteger(random, 256)
    const found = changedContainer(mutated.toString())
    if (found !== undefined && typeof found !== 'string') throw new Error(`seed ${seed}, run ${run}`)
  }
  for (const line of ['', 'null', '7', '[]', '{"Actor":null,"Action":"die"}', '{"Action":"die","Actor":{"ID":7}}']) {
    expect(changedContainer(line)).toBeUndefined()
  }
})
