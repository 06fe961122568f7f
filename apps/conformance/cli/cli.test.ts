/** Our command line beside Consul's, both against one real Consul agent. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../support/run'
import { INVOCATIONS, PREPARATION, UNKNOWN } from './invocations'

/** Our program, or the one in AGENT. */
const SD = process.env.AGENT ?? join(__dirname, '../../agent/bin/sd')
const CACHE = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache')
/** The real program: PEER_CONSUL, or where the comparison tools keep it. */
const CONSUL = process.env.PEER_CONSUL ?? join(CACHE, 'sd-peers/consul-v1.22.3/consul')
/** Longest time for the agent to have a leader. */
const READY_MS = 30_000

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

let agent: ChildProcess
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sd-cli-conformance-'))
  const [http, server, lan, wan] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const ports = [`-http-port=${http}`, `-server-port=${server}`, `-serf-lan-port=${lan}`, `-serf-wan-port=${wan}`]
  const off = ['-dns-port=-1', '-grpc-port=-1', '-grpc-tls-port=-1']
  agent = spawn(CONSUL, ['agent', '-dev', '-node=n1', '-bind=127.0.0.1', ...ports, ...off], { stdio: 'ignore' })
  env = { CONSUL_HTTP_ADDR: `127.0.0.1:${http}`, SHELL: '/bin/sh' }
  const deadline = Date.now() + READY_MS
  // The node's own health check comes last: from then on nothing moves by itself.
  const url = `http://127.0.0.1:${http}/v1/health/node/n1`
  const isReady = async () => (await (await fetch(url)).text()).includes('serfHealth')
  while (!(await isReady().catch(() => false))) {
    if (Date.now() > deadline) throw new Error(`${CONSUL} was not ready within ${READY_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  for (const argv of PREPARATION) await run(CONSUL, argv, { env })
})

afterAll(() => {
  agent?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function outcome(program: string, argv: readonly string[]) {
  const { exitCode, stdout, stderr } = await run(program, argv, {
    env,
    cwd: folder,
    input: 'from stdin',
    timeoutMs: 20_000,
  })
  return { exitCode, stdout, firstError: stderr.split('\n', 1)[0] }
}

describe('a command line', () => {
  it.each(INVOCATIONS.map((argv, i) => [`${i + 1}: ${argv.join(' ')}`, argv] as const))('%s', async (_, argv) => {
    const real = await outcome(CONSUL, argv)
    expect(await outcome(SD, argv)).toEqual(real)
  })

  it.each(UNKNOWN.map((argv) => [argv.join(' ') || '(nothing)', argv] as const))(
    'exit code of: %s',
    async (_, argv) => {
      const real = await outcome(CONSUL, argv)
      expect((await outcome(SD, argv)).exitCode).toBe(real.exitCode)
    },
  )
})
