/** Hostile requests over real sockets: never a crash, and no 500 where the fault is the client's. */
import { connect } from 'node:net'
import { SeededRandom } from '@sd/runtime/testing'
import { ask, startServer, stopServers } from './testing/with-server'

afterEach(stopServers)

const seed = Number(process.env.FUZZ_SEED ?? 11)
const runs = Number(process.env.FUZZ_RUNS ?? 20_000)
/** Requests on their way at once. */
const WIDTH = 32

const TARGETS = [
  '/v1/kv/a',
  '/v1/kv/',
  '/v1/txn',
  '/v1/agent/service/register',
  '/v1/agent/check/register',
  '/v1/agent/check/update/x',
  '/v1/catalog/register',
  '/v1/catalog/nodes',
  '/v1/session/create',
  '/v1/event/fire/x',
  '/v1/event/list',
  '/v1/health/service/web',
  '/v1/coordinate/update',
  '/v1/agent/health/service/name/\u00e9',
  '/ui/',
  '/',
]
const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'BREW', '']
const QUERIES = ['', '?raw', '?keys&separator=/', '?recurse', '?pretty', '?wait=1ms', '?tag=&tag', '?passing=', '?a=+']
const BODIES = [
  '',
  '{}',
  '[]',
  'null',
  '{"Name":"a","Checks":[{"TTL":"1s"}]}',
  '[{"KV":{"Verb":"set","Key":"k","Value":"aGk="}}]',
  '{"Node":"n","Address":"a","Service":{"Service":"s","Tags":["t"]}}',
  '{"LockDelay":1e400}',
  '{"__proto__":{"a":1},"constructor":[]}',
]
const HEADERS = [
  'Host: a',
  'Content-Length: 5',
  'Transfer-Encoding: chunked',
  'X-Consul-Token: t',
  'Accept: text/plain',
]

test(`${runs} mutated requests leave the server as it was (seed ${seed})`, async () => {
  const { port, logger } = await startServer({ connectionsPerClientMax: 0 })
  const random = new SeededRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T
  const request = (): Buffer => {
    const body = pick(BODIES)
    const headers = random.next() < 0.7 ? ['Host: a', `Content-Length: ${Buffer.byteLength(body)}`] : [pick(HEADERS)]
    const line = `${pick(METHODS)} ${pick(TARGETS)}${pick(QUERIES)} HTTP/1.1`
    const bytes = Buffer.from(`${[line, ...headers, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`)
    for (let edits = Math.floor(random.next() * 4); edits > 0; edits--) {
      bytes[Math.floor(random.next() * bytes.length)] = Math.floor(random.next() * 256)
    }
    return bytes
  }
  const failures: string[] = []
  let left = runs
  const worker = async () => {
    while (left-- > 0) {
      const bytes = request()
      const answer = await send(port, bytes)
      // Consul itself answers 500 to a query that it cannot parse, to numbers in it, and to bad keys.
      const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
      const isKnown = /^$|strconv\.|invalid key name|Missing service/.test(answer.slice(answer.indexOf('\r\n\r\n') + 4))
      if (status === '500' && !isKnown) failures.push(`${JSON.stringify(bytes.toString('latin1'))} => ${answer}`)
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, worker))
  expect(failures.slice(0, 3)).toEqual([])
  expect(logger.records.filter(({ message }) => message === 'Answer could not be sent')).toEqual([])
  expect(await ask(port, 'GET', '/v1/status/leader')).toMatchObject({ status: 200 })
}, 60_000)

/** Ends its side after the bytes, so that a request that lacks some is over too. */
function send(port: number, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let text = ''
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => {})
    socket.on('end', () => socket.destroy())
    socket.on('close', () => resolve(text))
    socket.end(bytes)
  })
}
