/** What was acknowledged is there after kill -9; what is damaged is cut or refused, never guessed. */
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { type Agent, AgentYard } from '../support/agents'
import { waitFor } from '../support/wait-for'

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const ROUNDS = Number(process.env['KILL_ROUNDS'] ?? 12)
const WRITERS = 6
const KEYS_PER_WRITER = 8

const yard = new AgentYard()
afterEach(() => yard.clear())

/** All keys below `prefix` with their values. */
async function keys(agent: Agent, prefix: string): Promise<Map<string, string>> {
  const answer = await agent.request('GET', `/v1/kv/${prefix}?recurse`)
  if (answer.status === 404) return new Map()
  const entries = JSON.parse(answer.text) as { Key: string; Value: string | null }[]
  return new Map(entries.map(({ Key, Value }) => [Key, Buffer.from(Value ?? '', 'base64').toString()]))
}

/** Value of a key: what was acknowledged last, and what may have come after it. */
interface Known {
  acknowledged: string | undefined
  underWay?: { value: string | undefined }
}

/** Puts and deletes its own keys, one after the other, until the agent is gone. */
async function write(agent: Agent, writer: number, random: SeededRandom, known: Map<string, Known>): Promise<void> {
  for (let n = 0; ; n++) {
    const key = `w/${writer}/${randomInteger(random, KEYS_PER_WRITER)}`
    const state = known.get(key) ?? { acknowledged: undefined }
    known.set(key, state)
    const value = random.next() < 0.2 ? undefined : `${writer}-${n}-${'x'.repeat(randomInteger(random, 2_000))}`
    state.underWay = { value }
    try {
      await agent.must(value === undefined ? 'DELETE' : 'PUT', `/v1/kv/${key}`, value)
    } catch {
      return
    }
    state.acknowledged = value
    delete state.underWay
  }
}

/** Registers services with a check, and takes some away again. */
async function register(agent: Agent, round: number, random: SeededRandom, known: Map<string, Known>): Promise<void> {
  for (let n = 0; ; n++) {
    const id = `s${round}-${n}`
    const state: Known = { acknowledged: undefined, underWay: { value: id } }
    known.set(id, state)
    try {
      await agent.must('PUT', '/v1/agent/service/register', { ID: id, Name: 's', Port: n + 1, Check: { TTL: '1h' } })
      state.acknowledged = id
      state.underWay = { value: undefined }
      if (random.next() < 0.3) {
        await agent.must('PUT', `/v1/agent/service/deregister/${id}`)
        state.acknowledged = undefined
      }
    } catch {
      return
    }
    delete state.underWay
  }
}

/** Compares what is there with what must be, and takes it over as what is known. */
function settle(known: Map<string, Known>, actual: ReadonlyMap<string, string>, where: string): void {
  for (const [key, state] of known) {
    const value = actual.get(key)
    const allowed = [state.acknowledged, ...(state.underWay ? [state.underWay.value] : [])]
    if (!allowed.includes(value)) {
      throw new Error(`${where}: ${key} is ${String(value).slice(0, 40)}, acknowledged was ${String(allowed[0])}`)
    }
    known.set(key, { acknowledged: value })
  }
  for (const key of actual.keys()) if (!known.has(key)) throw new Error(`${where}: ${key} was never written`)
}

test(`nothing acknowledged is lost by kill -9 at ${ROUNDS} random moments (seed ${seed})`, async () => {
  const random = new SeededRandom(seed)
  const known = { kv: new Map<string, Known>(), services: new Map<string, Known>() }
  let agent = await yard.ours()
  let acknowledgedIndex = 0
  for (let round = 0; round < ROUNDS; round++) {
    const writers = Array.from({ length: WRITERS }, (_, n) =>
      write(agent, n, new SeededRandom(randomInteger(random, 2 ** 31)), known.kv),
    )
    writers.push(register(agent, round, new SeededRandom(randomInteger(random, 2 ** 31)), known.services))
    await sleep(20 + randomInteger(random, 300))
    acknowledgedIndex = Number((await agent.request('GET', '/v1/kv/?keys')).headers.get('x-consul-index'))
    await agent.end('SIGKILL')
    await Promise.all(writers)

    agent = await yard.ours({ dataDir: agent.dataDir })
    const where = `seed ${seed}, round ${round}`
    settle(known.kv, await keys(agent, 'w/'), where)
    const local = Object.keys(await agent.json<object>('/v1/agent/services'))
    settle(known.services, new Map(local.map((id) => [id, id])), where)
    await waitFor('the catalog has the services too', async () => {
      const ids = (await agent.json<{ ServiceID: string }[]>('/v1/catalog/service/s')).map((each) => each.ServiceID)
      return ids.sort().join() === local.sort().join()
    })
    const index = Number((await agent.request('GET', '/v1/kv/?keys')).headers.get('x-consul-index'))
    expect(index).toBeGreaterThanOrEqual(acknowledgedIndex)
  }
  expect(known.kv.size).toBeGreaterThan(WRITERS)
  expect(known.services.size).toBeGreaterThan(ROUNDS)
})

/** A stopped server's folder with fifty keys in its log. */
async function stopped(): Promise<{ dataDir: string; segment: string; dataBytes: number }> {
  const agent = await yard.ours()
  for (let n = 0; n < 50; n++) await agent.must('PUT', `/v1/kv/k/${n}`, `value ${n}`)
  await agent.end('SIGKILL')
  const log = join(agent.dataDir, 'raft/log')
  const segment = join(log, readdirSync(log).sort().at(-1) as string)
  return { dataDir: agent.dataDir, segment, dataBytes: endOfRecords(readFileSync(segment)) }
}

/** Where the records of a segment end and the room kept for more begins. */
function endOfRecords(segment: Buffer): number {
  let at = 64
  while (segment.readUInt16LE(at + 6) === 0x5244) at += 40 + Math.ceil(segment.readUInt32LE(at) / 8) * 8
  return at
}

/** A fingerprint of every file below a folder, but for the one that says who uses it. */
function fingerprint(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (each) => each.isFile() && each.name !== 'agent.lock',
  )
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name)
      return [file, createHash('sha256').update(readFileSync(file)).digest('hex')]
    }),
  )
}

describe('the log', () => {
  const random = new SeededRandom(seed)
  const garbage = (bytes: number) => Buffer.from(Array.from({ length: bytes }, () => randomInteger(random, 256)))

  test.each<[string, (segment: string, dataBytes: number) => void]>([
    ['lost the room kept behind it', (segment, dataBytes) => truncateSync(segment, dataBytes)],
    [
      'lost some of that room',
      (segment, dataBytes) => truncateSync(segment, dataBytes + 1 + randomInteger(random, 500)),
    ],
    [
      'has garbage at its end',
      (segment, dataBytes) => {
        truncateSync(segment, dataBytes)
        appendFileSync(segment, garbage(1 + randomInteger(random, 3_000)))
      },
    ],
    [
      'has half a record at its end',
      (segment, dataBytes) => {
        const bytes = readFileSync(segment)
        truncateSync(segment, dataBytes)
        appendFileSync(segment, bytes.subarray(dataBytes - 60, dataBytes - 20))
      },
    ],
  ])('that %s opens with everything acknowledged', async (_, damage) => {
    const { dataDir, segment, dataBytes } = await stopped()
    damage(segment, dataBytes)
    const agent = await yard.ours({ dataDir })
    expect((await keys(agent, 'k/')).size).toBe(50)
    await agent.must('PUT', '/v1/kv/k/new', 'value')
    await agent.end('SIGKILL')
    expect((await keys(await yard.ours({ dataDir }), 'k/')).size).toBe(51)
  })

  test('whose last record was torn opens with what came before', async () => {
    const { dataDir, segment, dataBytes } = await stopped()
    truncateSync(segment, dataBytes - 3)
    const agent = await yard.ours({ dataDir })
    const found = await keys(agent, 'k/')
    for (let n = 0; n < 49; n++) expect(found.get(`k/${n}`)).toBe(`value ${n}`)
    expect(agent.output).toMatch(/\[WARN\].*(torn|cut)/i)
  })

  test('that is damaged in its middle is refused with file and place, and left as it is', async () => {
    const { dataDir, segment, dataBytes } = await stopped()
    const bytes = readFileSync(segment)
    const place = Math.floor(dataBytes / 2) + randomInteger(random, 100)
    bytes[place] = (bytes[place] as number) ^ (1 + randomInteger(random, 255))
    writeFileSync(segment, bytes)
    const before = fingerprint(dataDir)
    const agent = await yard.ours({ dataDir, until: 'started' })
    expect(await agent.exitCode()).toBe(1)
    expect(agent.stderr).toContain(segment)
    const offset = Number(/damaged at byte (\d+)/.exec(agent.stderr)?.[1])
    expect(offset).toBeLessThanOrEqual(place)
    expect(offset).toBeGreaterThan(place - 2_000)
    expect(fingerprint(dataDir)).toEqual(before)
  })
})

test('a folder of another node is refused and left as it is', async () => {
  const first = await yard.ours()
  await first.must('PUT', '/v1/kv/mine', 'value')
  await first.end()
  const before = fingerprint(first.dataDir)
  const other = await yard.ours({
    dataDir: first.dataDir,
    flags: ['-node-id=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'],
    until: 'started',
  })
  expect(await other.exitCode()).toBe(1)
  expect(other.stderr).toMatch(/holds the data of node .*, not of aaaaaaaa-/)
  expect(fingerprint(first.dataDir)).toEqual(before)
  const again = await yard.ours({ dataDir: first.dataDir })
  expect(await again.must('GET', '/v1/kv/mine?raw')).toBe('value')
})

test('a folder that is in use is refused', async () => {
  const first = await yard.ours()
  const second = await yard.ours({ dataDir: first.dataDir, until: 'started' })
  expect(await second.exitCode()).toBe(1)
  expect(second.stderr).toContain(first.dataDir)
  await first.must('PUT', '/v1/kv/still', 'writes')
})

test('20,000 keys come back from a snapshot and the log behind it, with their indexes', async () => {
  const count = 20_000
  const file = join(yard.folder(), 'raft.json')
  writeFileSync(file, JSON.stringify({ raft_snapshot_threshold: 100, raft_snapshot_interval: '1s' }))
  const flags = [`-config-file=${file}`]
  const agent = await yard.ours({ flags })
  for (let from = 0; from < count; from += 64) {
    const batch = Array.from({ length: Math.min(64, count - from) }, (_, i) => ({
      KV: { Verb: 'set', Key: `big/${from + i}`, Value: Buffer.from(`value ${from + i}`).toString('base64') },
    }))
    await agent.must('PUT', '/v1/txn', batch)
  }
  const snapshots = () => readdirSync(join(agent.dataDir, 'raft/snapshots')).filter((name) => !name.endsWith('.tmp'))
  await waitFor('a snapshot', () => snapshots().length > 0)
  for (let n = 0; n < 10; n++) await agent.must('PUT', `/v1/kv/big/${n}`, `changed ${n}`)
  const before = await agent.request('GET', '/v1/kv/big/?recurse')
  await agent.end('SIGKILL')

  const copy = yard.folder()
  cpSync(agent.dataDir, copy, { recursive: true })
  const again = await yard.ours({ flags, dataDir: copy })
  process.stdout.write(`leads ${(performance.now() - again.startedAtMs).toFixed()} ms after its start\n`)
  const after = await again.request('GET', '/v1/kv/big/?recurse')
  expect((JSON.parse(after.text) as unknown[]).length).toBe(count)
  expect(after.text === before.text).toBe(true)
  expect(after.headers.get('x-consul-index')).toBe(before.headers.get('x-consul-index'))
})
