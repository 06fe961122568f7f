/** A disk without room: writes are refused with a reason, reads go on, and nothing acknowledged is lost. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Agent, AgentYard, type StartOptions } from '../support/agents'
import { run } from '../support/run'
import { waitFor } from '../support/wait-for'

interface SmallDisk extends StartOptions {
  readonly dataDir: string
  makeRoom(agent: Agent): void
  dispose(): void
}

const DISK_MIB = 24
const FILLER_MIB = 12
/** More than fits on any of the small disks. */
const WRITES_MAX = 200
const value = 'v'.repeat(300_000)

const yard = new AgentYard()
let disk: SmallDisk | undefined
afterEach(async () => {
  await yard.endAll()
  disk?.dispose()
  disk = undefined
  await yard.clear()
})

/** A file system of its own, which only root may mount. */
function smallFileSystem(): SmallDisk {
  const folder = yard.folder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'tmpfs', folder])
  const filler = join(folder, 'filler')
  writeFileSync(filler, Buffer.alloc(FILLER_MIB * 2 ** 20))
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  return { dataDir, makeRoom: () => rmSync(filler), dispose: () => execFileSync('umount', [folder]) }
}

/** Files that cannot grow, for everybody else. */
function smallFiles(): SmallDisk {
  return {
    dataDir: yard.folder(),
    under: ['sh', '-c', `trap '' XFSZ; ulimit -S -f 4000; exec "$0" "$@"`],
    makeRoom: (agent) => void execFileSync('prlimit', ['--pid', String(agent.pid), '--fsize=unlimited:unlimited']),
    dispose: () => {},
  }
}

const mayMount = async (): Promise<boolean> =>
  process.getuid?.() === 0 && (await run('unshare', ['-m', 'true']).catch(() => undefined))?.exitCode === 0

test('a full disk refuses writes, serves reads, and takes writes again when there is room', async () => {
  const made = (disk = (await mayMount()) ? smallFileSystem() : smallFiles())
  const agent = await yard.ours(made)
  await agent.must('PUT', '/v1/agent/service/register', { Name: 'early' })
  const acknowledged: string[] = []
  let refusal
  for (let n = 0; n < WRITES_MAX && !refusal; n++) {
    const answer = await agent.request('PUT', `/v1/kv/full/${n}`, value)
    if (answer.status === 200) acknowledged.push(`full/${n}`)
    else refusal = answer
  }
  expect(refusal?.status).toBe(500)
  expect(refusal?.text).toMatch(/no (space|room)|disk|full/i)
  expect(acknowledged.length).toBeGreaterThan(0)

  // Again and again, and many at once.
  const more = await Promise.all(Array.from({ length: 20 }, () => agent.request('PUT', '/v1/kv/full/more', value)))
  expect(more.map(({ status }) => status)).toEqual(more.map(() => 500))
  expect(await agent.json<string[]>('/v1/kv/full/?keys')).toEqual([...acknowledged].sort())
  expect((await agent.must('GET', `/v1/kv/${acknowledged[0]}?raw`)).length).toBe(value.length)
  expect(await agent.json<string>('/v1/status/leader')).not.toBe('')
  expect(Object.keys(await agent.json<object>('/v1/agent/services'))).toEqual(['early'])

  made.makeRoom(agent)
  await waitFor('a write', async () => (await agent.request('PUT', '/v1/kv/full/again', value)).status === 200)
  await agent.must('PUT', '/v1/agent/service/register', { Name: 'late' })
  acknowledged.push('full/again')
  await agent.end('SIGKILL')

  const again = await yard.ours({ dataDir: made.dataDir })
  expect(await again.json<string[]>('/v1/kv/full/?keys')).toEqual([...acknowledged].sort())
  for (const key of acknowledged) expect((await again.must('GET', `/v1/kv/${key}?raw`)).length).toBe(value.length)
  expect(Object.keys(await again.json<object>('/v1/agent/services')).sort()).toEqual(['early', 'late'])
})
