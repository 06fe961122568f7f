import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { FileStorage } from '../src/storage/file-storage'

let programs: string
let directory: string
const children: ChildProcess[] = []

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), 'sd-raft-programs-'))
  const variants = [
    ['journal.mjs', { format: 'esm' }],
    ['journal.cjs', { format: 'cjs' }],
    ['journal.min.mjs', { format: 'esm', minify: true }],
    ['journal.names.cjs', { format: 'cjs', minify: true, keepNames: true }],
  ] as const
  for (const [name, options] of variants) {
    await build({
      ...{ entryPoints: [join(__dirname, 'programs/journal.ts')], bundle: true, platform: 'node', target: 'node20' },
      ...{ outfile: join(programs, name), alias: { '@sd/runtime': join(__dirname, '../../runtime/src/index.ts') } },
      ...{ ...options, logLevel: 'error' },
    })
  }
})

afterAll(() => rm(programs, { recursive: true }))

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sd-raft-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(directory, { recursive: true })
})

function run(command: string, args: string[]) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return { child, lines: createInterface({ input: child.stdout }) }
}

async function storedCommands(): Promise<Set<string>> {
  const storage = new FileStorage(directory)
  const { entries } = await storage.open({ nodeId: 'a' })
  await storage.close()
  return new Set(entries.filter(({ kind }) => kind === 'command').map(({ data }) => Buffer.from(data).toString()))
}

test.each(['journal.mjs', 'journal.cjs', 'journal.min.mjs', 'journal.names.cjs'])(
  'the disk worker starts from inside a bundle: %s',
  async (name) => {
    const { child, lines } = run(process.execPath, [join(programs, name), 'once', directory])
    const output: string[] = []
    lines.on('line', (line) => output.push(line))
    const [code] = (await once(child, 'exit')) as [number]
    expect({ code, output }).toEqual({ code: 0, output: ['0'] })
  },
)

test('after kill -9, everything that was acknowledged is there', async () => {
  const acknowledged: string[] = []
  for (let round = 0; round < 3; round++) {
    const { child, lines } = run(process.execPath, [join(programs, 'journal.mjs'), 'write', directory])
    const target = acknowledged.length + 500
    lines.on('line', (line) => {
      acknowledged.push(line)
      if (acknowledged.length === target) child.kill('SIGKILL')
    })
    await once(lines, 'close')
    const stored = await storedCommands()
    expect(acknowledged.filter((command) => !stored.has(command))).toEqual([])
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(1500)
})

test('a limit of the file size answers errors, and what was acknowledged is there', async () => {
  const limited = `trap '' XFSZ; ulimit -f 2000; exec "$@"`
  const { lines } = run('sh', ['-c', limited, 'sh', process.execPath, join(programs, 'journal.cjs'), 'fill', directory])
  const output: string[] = []
  lines.on('line', (line) => output.push(line))
  await once(lines, 'close')
  const acknowledged = output.filter((line) => /^\d+$/.test(line))
  expect(acknowledged.length).toBeGreaterThan(50)
  expect(output.slice(-2)).toEqual(['RAFT_STORAGE_FULL', 'leader'])
  const stored = new Set([...(await storedCommands())].map((command) => command.replace(/x+$/, '')))
  expect(acknowledged.filter((command) => !stored.has(command))).toEqual([])
})
