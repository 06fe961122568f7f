import { createServer, type IncomingMessage, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConsulAgentClient } from './consul-agent-calls'
import type { ConsulAddress } from './consul-address'

let seen: { method: string | undefined; url: string | undefined; headers: IncomingMessage['headers']; body: string }[]
let answer: { status: number; text: string }
let server: Server
const clients: ConsulAgentClient[] = []

beforeEach(async () => {
  seen = []
  answer = { status: 200, text: '' }
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body })
      response.writeHead(answer.status).end(answer.text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await new Promise((resolve) => server.close(resolve))
})

const connect = (address: Partial<ConsulAddress> = {}) => {
  const client = new ConsulAgentClient({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...address,
  })
  clients.push(client)
  return client
}

test('sends the registration as Consul takes it', async () => {
  await connect().registerService({ ID: 'a', Name: 'n', Tags: ['t'], Port: 1, Address: '', Meta: {} })
  expect(seen[0]).toMatchObject({
    method: 'PUT',
    url: '/v1/agent/service/register',
    body: '{"ID":"a","Name":"n","Tags":["t"],"Port":1,"Address":"","Meta":{}}',
  })
})

test('sends token, authentication, namespace and partition', async () => {
  answer.text = '"10.0.0.1:8300"'
  const client = connect({ token: 'secret', auth: 'u:p', namespace: 'n s', partition: 'p' })
  expect(await client.leader()).toBe('10.0.0.1:8300')
  expect(seen[0]?.url).toBe('/v1/status/leader?ns=n+s&partition=p')
  expect(seen[0]?.headers).toMatchObject({ 'x-consul-token': 'secret', authorization: 'Basic dTpw' })
})

test('lists services, also when there are none', async () => {
  answer.text = '{"a":{"ID":"a","Service":"n","Tags":null,"Port":1,"Address":"","Meta":null}}'
  expect(await connect().services()).toEqual([{ ID: 'a', Service: 'n', Tags: null, Port: 1, Address: '', Meta: null }])
  answer.text = 'null'
  expect(await connect().services()).toEqual([])
})

test('escapes ids', async () => {
  await connect().deregisterService('h:web/x ?:80')
  expect(seen[0]?.url).toBe('/v1/agent/service/deregister/h%3Aweb%2Fx%20%3F%3A80')
})

test.each([
  [404, 'Unknown service ID "a". Ensure that the service ID is passed, not the service name.'],
  [500, 'Unknown service "a"'],
])('a service that is not there (%i) counts as deregistered', async (status, text) => {
  answer = { status, text }
  await expect(connect().deregisterService('a')).resolves.toBeUndefined()
})

test('a refusal has its status and text, and no token', async () => {
  answer = { status: 403, text: 'Permission denied\n' }
  const error = await connect({ token: 'secret' })
    .deregisterService('a')
    .catch((thrown: Error) => thrown)
  expect(error).toMatchObject({
    code: 'REGISTRATOR_REGISTRY_REFUSED',
    message: 'registry: PUT /v1/agent/service/deregister/a: 403 Permission denied',
    retryable: false,
    details: { status: 403 },
  })
})

test('nobody there, and an answer that is not JSON, are told apart', async () => {
  answer.text = '<html>'
  await expect(connect().services()).rejects.toMatchObject({ code: 'REGISTRATOR_REGISTRY_REFUSED' })
  await expect(connect({ url: 'http://127.0.0.1:1' }).services()).rejects.toMatchObject({
    code: 'REGISTRATOR_REGISTRY_UNREACHABLE',
    message: expect.stringContaining('http://127.0.0.1:1') as string,
  })
})

test('a call ends when its signal aborts', async () => {
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(connect().leader({ signal })).rejects.toThrow('enough')
})

test('speaks over a unix socket', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'consul-'))
  const socketPath = join(folder, 's')
  const local = createServer((_request, response) => response.end('"leader"'))
  await new Promise<void>((resolve) => local.listen(socketPath, resolve))
  expect(await connect({ url: 'http://consul', socketPath }).leader()).toBe('leader')
  await Promise.all(clients.splice(0).map((client) => client.close()))
  await new Promise((resolve) => local.close(resolve))
  rmSync(folder, { recursive: true })
})
