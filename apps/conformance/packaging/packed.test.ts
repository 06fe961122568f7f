/** Can a stranger use the packages? Each is packed, installed in empty projects, and used there. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../support/free-ports'
import { must, run } from '../support/run'
import { waitFor } from '../support/wait-for'
import { readmeExamples } from '../support/readme-examples'
import { publishedPackages, root } from '../support/workspace'

const packages = publishedPackages()
const specifiers = packages.flatMap((each) => each.specifiers)
let work: string
let tarballs: string[]

/** A project with its own manifest; the installed packages are found in the folder above. */
function project(name: string, manifest: object): string {
  const dir = join(work, name)
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ name, version: '1.0.0', private: true, ...manifest }))
  return dir
}

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'sd-packed-'))
  const packed = join(work, 'tarballs')
  mkdirSync(packed)
  for (const each of packages) await must('npm', ['pack', '--silent', '--pack-destination', packed], { cwd: each.dir })
  tarballs = readdirSync(packed).map((file) => join(packed, file))
  project('.', {})
  await must('npm', ['install', '--silent', '--no-audit', '--no-fund', ...tarballs], { cwd: work, timeoutMs: 240_000 })
})

afterAll(() => rmSync(work, { recursive: true, force: true }))

test('every published package is packed', () => {
  expect(tarballs).toHaveLength(packages.length)
})

test('an ESM project imports all of them', async () => {
  const dir = project('esm', { type: 'module' })
  const body = specifiers.map(
    (each) => `console.log(${JSON.stringify(each)}, Object.keys(await import(${JSON.stringify(each)})).length)`,
  )
  writeFileSync(join(dir, 'main.js'), body.join('\n'))
  const printed = await must('node', ['main.js'], { cwd: dir })
  expect(printed.trim().split('\n')).toHaveLength(specifiers.length)
  expect(printed).not.toMatch(/ 0$/m)
})

test('a CommonJS project requires all of them, and finds the same names', async () => {
  const dir = project('cjs', {})
  writeFileSync(
    join(dir, 'main.js'),
    `const names = ${JSON.stringify(specifiers)};
     (async () => {
       for (const name of names) {
         const required = Object.keys(require(name)).filter((key) => key !== 'default').sort().join();
         const imported = Object.keys(await import(name)).filter((key) => key !== 'default' && key !== 'module.exports').sort().join();
         if (required === '' || !imported.includes(required)) throw new Error(name + ': ' + required + ' | ' + imported);
         console.log(name);
       }
     })().catch((error) => { console.error(error); process.exit(1) })`,
  )
  const printed = await must('node', ['main.js'], { cwd: dir })
  expect(printed.trim().split('\n')).toEqual(specifiers)
})

test('a strict TypeScript project compiles against all of them, declarations included', async () => {
  const dir = project('typescript', { type: 'module' })
  writeFileSync(
    join(dir, 'main.ts'),
    specifiers.map((each, i) => `import * as p${i} from ${JSON.stringify(each)}\nvoid p${i}`).join('\n'),
  )
  writeFileSync(
    join(dir, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        target: 'es2022',
        lib: ['es2023', 'esnext.disposable'],
        strict: true,
        noEmit: true,
        types: ['node'],
        typeRoots: [join(root, 'node_modules/@types')],
      },
      include: ['main.ts'],
    }),
  )
  await must('node', [join(root, 'node_modules/typescript/bin/tsc'), '-p', dir])
})

test.each(packages.map((each) => [each.name, each] as const))(
  '%s: the examples of its README run',
  async (_name, each) => {
    const dir = project('examples', { type: 'module' })
    const examples = readmeExamples(each.dir)
    if (!each.isApp) expect(examples.length).toBeGreaterThan(0)
    for (const [i, code] of examples.entries()) {
      const file = join(dir, `${each.name.replace(/\W/g, '-')}-${i}.mjs`)
      writeFileSync(file, code)
      const result = await run('node', [file], { cwd: dir, timeoutMs: 30_000 })
      expect(result).toMatchObject({ exitCode: 0 })
      expect(result.stdout).not.toBe('')
    }
  },
)

test('the commands run from the installed packages', async () => {
  const version = await must('npx', ['--no-install', 'sd', 'version'], { cwd: work })
  expect(version).toMatch(/^Consul v1\.\d+\.\d+/)
  const registrator = await run('npx', ['--no-install', 'sd-registrator', '--version'], { cwd: work })
  expect(registrator.exitCode).toBe(0)
})

test('npx sd agent -dev and npx sd-registrator run in the folder where they were installed', async () => {
  const [http, dns] = await freePorts(2)
  const agent = spawn('npx', ['--no-install', 'sd', 'agent', '-dev', `-http-port=${http}`, `-dns-port=${dns}`], {
    cwd: work,
    // A group of its own: npx, its shell and the agent end together, as they do at a terminal.
    detached: true,
    stdio: 'ignore',
  })
  try {
    const url = `http://127.0.0.1:${http}`
    await waitFor('the dev agent leads', async () =>
      (await (await fetch(`${url}/v1/status/leader`)).text()).includes(':'),
    )
    const put = await fetch(`${url}/v1/kv/packed`, { method: 'PUT', body: 'yes' })
    expect(await put.text()).toBe('true')
    expect(await must('npx', ['--no-install', 'sd', 'kv', 'get', `-http-addr=${url}`, 'packed'], { cwd: work })).toBe(
      'yes\n',
    )
  } finally {
    process.kill(-(agent.pid as number), 'SIGINT')
    await once(agent, 'exit')
  }
  const usage = await run('npx', ['--no-install', 'sd-registrator'], { cwd: work })
  expect(usage.exitCode).toBe(2)
  expect(usage.stderr).toContain('-ip')
})

test('each tarball carries its licence, README and nothing of the sources', async () => {
  for (const tarball of tarballs) {
    const files = (await must('tar', ['-tzf', tarball])).split('\n')
    expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/package.json']))
    expect(files.filter((file) => file.startsWith('package/src/'))).toEqual([])
  }
})
