/** The two programs that are measured: a fresh server each, on loopback ports of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

export interface Program {
  readonly name: 'ours' | 'consul'
  readonly command: string
  readonly args: readonly string[]
}

export const ours: Program = {
  name: 'ours',
  command: process.execPath,
  args: [resolve(__dirname, '../../agent/bin/sd')],
}
export const consulProgram = (binary: string): Program => ({ name: 'consul', command: binary, args: [] })

export interface Started {
  readonly program: Program
  readonly http: string
  readonly httpPort: number
  readonly dnsPort: number
  /** Milliseconds from the start of the process. */
  readonly firstAnswerMs: number
  readonly leaderMs: number
  /** Until the server is a node of its own catalog. */
  readonly registeredMs: number
  /** Resident memory in MB. */
  memoryMb(): number
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Removes its data. */
  discard(): void
  readonly dataDir: string
}

/** How long a server may take to lead, in milliseconds. */
const START_TIMEOUT_MS = 60_000
/** How long it may take to stop by itself, in milliseconds. */
const STOP_TIMEOUT_MS = 10_000

export async function start(
  program: Program,
  dataDir = mkdtempSync(join(tmpdir(), `sd-bench-${program.name}-`)),
): Promise<Started> {
  const [http, dns, lan, wan, rpc] = await freePorts(5)
  const base = `http://127.0.0.1:${http}`
  const startedAt = performance.now()
  const child = spawn(
    program.command,
    [
      ...program.args,
      ...['agent', '-server', '-bootstrap-expect=1', '-node=bench', '-bind=127.0.0.1', '-log-level=error'],
      ...[`-data-dir=${dataDir}`, `-http-port=${http}`, `-dns-port=${dns}`, `-serf-lan-port=${lan}`],
      ...[`-serf-wan-port=${wan}`, `-server-port=${rpc}`, '-grpc-port=-1', '-grpc-tls-port=-1'],
      ...['-hcl', 'limits { http_max_conns_per_client = 2000 }'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let printed = ''
  child.stdout.on('data', (text) => (printed += text))
  child.stderr.on('data', (text) => (printed += text))
  const reach = async (path: string, isThere: (body: string) => boolean): Promise<number> => {
    while (performance.now() - startedAt < START_TIMEOUT_MS) {
      if (child.exitCode !== null) throw new Error(`${program.name} ended with ${child.exitCode}: ${printed}`)
      const body = await fetch(base + path, { signal: AbortSignal.timeout(10_000) }).then(
        (answer) => answer.text(),
        () => undefined,
      )
      if (body !== undefined && isThere(body)) return performance.now() - startedAt
      await new Promise((wait) => setTimeout(wait, 2))
    }
    throw new Error(`${program.name} did not start: ${printed}`)
  }
  const firstAnswerMs = await reach('/v1/agent/services', () => true)
  const leaderMs = await reach('/v1/status/leader', (body) => body.includes(':'))
  const registeredMs = await reach('/v1/catalog/nodes', (body) => body.includes('"bench"'))
  return {
    program,
    http: base,
    httpPort: http as number,
    dnsPort: dns as number,
    firstAnswerMs,
    leaderMs,
    registeredMs,
    dataDir,
    memoryMb: () => residentMb(child.pid as number),
    stop: (signal = 'SIGTERM') => ended(child, signal),
    discard: () => rmSync(dataDir, { recursive: true, force: true }),
  }
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const patience = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
    child.once('exit', () => {
      clearTimeout(patience)
      resolve()
    })
    child.kill(signal)
  })
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))))
  return ports
}
