import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  begin,
  closedPort,
  httpServer,
  lookup,
  run,
  signalled,
  temporaryDirectory,
  unixServer,
} from '../../test/support/servers'
import { DockerHostError } from '../errors'
import { DockerClient } from './docker-client'
import { DockerProbe } from './docker-probe'

interface Engine {
  createStatus?: number
  startStatus?: number
  inspectStatus?: number
  output?: string
  exitCode?: number
  hangsAtStart?: () => void
}

const calls: { method: string | undefined; url: string | undefined; body: unknown }[] = []

/** The part of an engine that runs commands. */
const engine =
  ({
    createStatus = 201,
    startStatus = 200,
    inspectStatus = 200,
    output = 'fine',
    exitCode = 0,
    hangsAtStart,
  }: Engine) =>
  (request: IncomingMessage, response: ServerResponse) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      calls.push({ method: request.method, url: request.url, body: text === '' ? undefined : JSON.parse(text) })
      const answer = (status: number, body: string) => response.writeHead(status).end(body)
      if (request.url?.endsWith('/exec'))
        return answer(createStatus, createStatus === 201 ? '{"Id":"e1"}' : '{"message":"no"}')
      if (request.url?.endsWith('/json')) return answer(inspectStatus, JSON.stringify({ ExitCode: exitCode }))
      if (hangsAtStart) return hangsAtStart()
      return answer(startStatus, output)
    })
  }

const clients: DockerClient[] = []
const probeAt = (host: string, timeoutMs = 0) => {
  const client = new DockerClient(host, lookup)
  clients.push(client)
  return new DockerProbe(client, 'c1', ['check', '-x'], timeoutMs, () => 4_096)
}
const probe = async (script: Engine) => probeAt(`unix://${await unixServer(engine(script))}`)

afterEach(async () => {
  calls.length = 0
  for (const client of clients.splice(0)) await client.close()
})

test('the command is run in the container by the three calls of Consul', async () => {
  expect(await run(await probe({}))).toEqual({ status: 'passing', output: 'fine' })
  expect(calls).toEqual([
    {
      method: 'POST',
      url: '/containers/c1/exec',
      body: { AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: false, Cmd: ['check', '-x'] },
    },
    { method: 'POST', url: '/exec/e1/start', body: { Detach: false, Tty: true } },
    { method: 'GET', url: '/exec/e1/json', body: undefined },
  ])
})

test('exit code 1 is a warning, others are critical; long output is cut', async () => {
  expect((await run(await probe({ exitCode: 1 }))).status).toBe('warning')
  expect((await run(await probe({ exitCode: 2 }))).status).toBe('critical')
  expect((await run(await probe({ output: 'y'.repeat(5_000) }))).output).toBe(
    `Captured 4096 of 5000 bytes\n...\n${'y'.repeat(4_096)}`,
  )
})

test('many commands run at once, each on a connection of its own', async () => {
  const one = await probe({})
  const results = await Promise.all(Array.from({ length: 20 }, () => run(one)))
  expect(results.every(({ status }) => status === 'passing')).toBe(true)
})

test('an engine on TCP is asked, too', async () => {
  const port = await httpServer(engine({}))
  expect((await run(probeAt(`tcp://127.0.0.1:${port}`))).status).toBe('passing')
  const closed = await closedPort()
  expect((await run(probeAt(`tcp://127.0.0.1:${closed}`))).output).toBe(
    `create exec failed for container c1: Post "http://127.0.0.1:${closed}/containers/c1/exec": dial tcp 127.0.0.1:${closed}: connect: connection refused`,
  )
})

test.each<[Engine, string]>([
  [{ createStatus: 404 }, 'create exec failed for unknown container c1'],
  [{ createStatus: 409 }, 'create exec failed since container c1 is paused or stopped'],
  [{ createStatus: 500 }, 'create exec failed for container c1 with status 500: {"message":"no"}'],
  [{ startStatus: 404 }, 'start exec failed for container c1: invalid exec id e1'],
  [{ startStatus: 409 }, 'start exec failed since container c1 is paused or stopped'],
  [{ startStatus: 500 }, 'start exec failed for container c1 with status 500: body: fine err: <nil>'],
  [{ inspectStatus: 404 }, 'inspect exec failed for container c1: invalid exec id e1'],
  [{ inspectStatus: 500 }, 'inspect exec failed for container c1 with status 500: {"ExitCode":0}'],
])('an engine that answers %j is critical', async (script, output) => {
  expect(await run(await probe(script))).toEqual({ status: 'critical', output })
})

test('an engine that is not there is critical', async () => {
  const path = `${temporaryDirectory()}/none.sock`
  expect((await run(probeAt(`unix://${path}`))).output).toBe(
    `create exec failed for container c1: Post "http://${encodeURIComponent(path)}/containers/c1/exec": dial unix ${path}: connect: no such file or directory`,
  )
})

test('a command that does not end is critical when time is up', async () => {
  const { promise, done } = signalled()
  const path = await unixServer(engine({ hangsAtStart: done }))
  const running = begin(probeAt(`unix://${path}`, 5_000))
  await promise
  running.timeUp()
  expect(await running.result).toEqual({ status: 'critical', output: 'Timed out (5s) running check' })
})

test('an address that is none is refused', () => {
  for (const host of ['nonsense', 'tcp://', 'unix://'])
    expect(() => new DockerClient(host, lookup)).toThrow(DockerHostError)
})
