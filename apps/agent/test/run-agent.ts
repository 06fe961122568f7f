/** The agent's command inside the test's own process, on free ports of the loopback. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCli } from '@sd/cli'
import { agentCommand } from '../src/agent-command'

const READY_TIMEOUT_MS = 10_000

export interface RunningAgent {
  readonly httpPort: number
  readonly dnsPort: number
  readonly exitCode: Promise<number>
  output(): string
  request(method: string, path: string, body?: string): Promise<{ status: number; text: string }>
  json<T>(path: string): Promise<T>
  /** Waits until `condition` holds. */
  until(what: string, condition: () => Promise<boolean>): Promise<void>
}

export interface AgentPorts {
  readonly httpPort: number
  readonly dnsPort: number
}

export async function freePorts(): Promise<AgentPorts> {
  const servers = [createServer(), createServer()]
  const [httpPort, dnsPort] = (await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
        }),
    ),
  )) as [number, number]
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return { httpPort, dnsPort }
}

/** Folders that are removed at the end of the file. */
const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sd-agent-'))
  folders.push(made)
  return made
}

/** Runs a server; it ends by `PUT /v1/agent/leave`. */
export function runAgent(dataDir: string, { httpPort, dnsPort }: AgentPorts, ...flags: string[]): RunningAgent {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  let printed = ''
  for (const stream of [stdout, stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
  }
  const place = [`-data-dir=${dataDir}`, `-http-port=${httpPort}`, `-dns-port=${dnsPort}`, '-bind=127.0.0.1']
  const io = { stdin: Readable.from([]), stdout, stderr, env: {}, signal: new AbortController().signal }
  const exitCode = runCli(['agent', '-server', '-bootstrap-expect=1', '-node=n1', ...place, ...flags], io, {
    extraCommands: { agent: agentCommand },
  })
  const agent: RunningAgent = {
    httpPort,
    dnsPort,
    exitCode,
    output: () => printed,
    async request(method, path, body) {
      const init = { method, headers: { connection: 'close' }, ...(body === undefined ? {} : { body }) }
      const response = await fetch(`http://127.0.0.1:${httpPort}${path}`, init)
      return { status: response.status, text: await response.text() }
    },
    async json<T>(path: string) {
      return JSON.parse((await agent.request('GET', path)).text) as T
    },
    async until(what, condition) {
      for (const deadline = performance.now() + READY_TIMEOUT_MS; ; await sleep(10)) {
        if (await condition().catch(() => false)) return
        if (performance.now() > deadline) throw new Error(`${what}: not within ${READY_TIMEOUT_MS} ms\n${printed}`)
      }
    },
  }
  return agent
}

/** Runs a server and waits until it leads and knows its own node. */
export async function startAgent(dataDir: string, ports: AgentPorts, ...flags: string[]): Promise<RunningAgent> {
  const agent = runAgent(dataDir, ports, ...flags)
  await agent.until('the agent leads', async () => (await agent.json<object[]>('/v1/catalog/nodes')).length === 1)
  return agent
}

/** Asks the agent to leave and waits for its end. */
export async function leave(agent: RunningAgent): Promise<number> {
  await agent.request('PUT', '/v1/agent/leave')
  return agent.exitCode
}
