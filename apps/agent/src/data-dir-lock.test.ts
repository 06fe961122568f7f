import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lockDataDir } from './data-dir-lock'

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'sd-lock-'))))
afterEach(() => rm(dir, { recursive: true, force: true }))

test('a directory is taken, given back, and taken again', async () => {
  const release = await lockDataDir(dir)
  await release()
  await (
    await lockDataDir(dir)
  )()
})

test('a file of a process that is gone is taken over', async () => {
  await writeFile(join(dir, 'agent.lock'), '999999999 12345')
  await expect(lockDataDir(dir)).resolves.toBeDefined()
})

test('a number that belongs to another process by now does not hold the directory', async () => {
  await writeFile(join(dir, 'agent.lock'), `${process.ppid} 1`)
  await expect(lockDataDir(dir)).resolves.toBeDefined()
})

test('a running process holds it, and the error says what to do', async () => {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'])
  await new Promise((up) => child.stdout.once('data', up))
  const { readFile } = await import('node:fs/promises')
  const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => '')
  const started = stat === '' ? 'running' : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  await writeFile(join(dir, 'agent.lock'), `${child.pid} ${started}`)
  await expect(lockDataDir(dir)).rejects.toThrow(`is in use by process ${child.pid}; stop it first`)
  child.kill('SIGKILL')
  await new Promise((gone) => child.once('exit', gone))
  await expect(lockDataDir(dir)).resolves.toBeDefined()
})
