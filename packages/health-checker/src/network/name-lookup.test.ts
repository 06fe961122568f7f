import { createSocket } from 'node:dgram'
import { setMaxListeners } from 'node:events'
import { readFile } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@sd/runtime'
import { SeededRandom, VirtualClock } from '@sd/runtime/testing'
import { temporaryDirectory } from '../../test/support/servers'
import { parseHostsFile } from './hosts-file'
import { NameLookup } from './name-lookup'
import { namesToAsk, parseResolvConf } from './resolv-conf'

const never = new AbortController().signal
setMaxListeners(0, never)
const lookups: NameLookup[] = []
const sockets: ReturnType<typeof createSocket>[] = []

afterEach(() => {
  for (const lookup of lookups.splice(0)) lookup.close()
  for (const socket of sockets.splice(0)) socket.close()
})

function lookupWith(...parameters: ConstructorParameters<typeof NameLookup>): NameLookup {
  const lookup = new NameLookup(...parameters)
  lookups.push(lookup)
  return lookup
}

/** A name server that knows some A records and says no to the rest; without records it is silent. */
async function nameServer(records: Record<string, string> | undefined): Promise<{ server: string; asked: string[] }> {
  const asked: string[] = []
  const socket = createSocket('udp4')
  sockets.push(socket)
  socket.on('message', (query, from) => {
    let end = 12
    const labels: string[] = []
    while (query[end]) {
      const length = query[end] as number
      labels.push(query.toString('latin1', end + 1, end + 1 + length))
      end += length + 1
    }
    const name = labels.join('.')
    const isA = query.readUInt16BE(end + 1) === 1
    if (isA) asked.push(name)
    if (!records) return
    const address = records[name]
    const question = query.subarray(12, end + 5)
    const header = Buffer.alloc(12)
    query.copy(header, 0, 0, 2)
    header.writeUInt16BE(address ? 0x8180 : 0x8183, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(address && isA ? 1 : 0, 6)
    const answer =
      address && isA
        ? Buffer.concat([Buffer.from('c00c00010001000000000004', 'hex'), Buffer.from(address.split('.').map(Number))])
        : Buffer.alloc(0)
    socket.send(Buffer.concat([header, question, answer]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { server: `127.0.0.1:${socket.address().port}`, asked }
}

function files({ hosts = '', resolv = '' }) {
  const directory = temporaryDirectory()
  const hostsFile = join(directory, 'hosts')
  const resolvConfFile = join(directory, 'resolv.conf')
  writeFileSync(hostsFile, hosts)
  writeFileSync(resolvConfFile, resolv)
  return { hostsFile, resolvConfFile }
}

test('addresses and names of the hosts file need no name server', async () => {
  const lookup = lookupWith(systemClock, {
    ...files({ hosts: '10.0.0.7 Web web.local # comment\n::1 web' }),
    servers: ['127.0.0.1:1'],
  })
  expect(await lookup.lookup('192.0.2.1', never)).toEqual(['192.0.2.1'])
  expect(await lookup.lookup('::1', never)).toEqual(['::1'])
  expect(await lookup.lookup('WEB', never)).toEqual(['10.0.0.7', '::1'])
  expect(await lookup.lookup('web.local.', never)).toEqual(['10.0.0.7'])
  expect(await lookup.lookup('some.localhost', never)).toEqual(['127.0.0.1', '::1'])
})

test('names that are asked for together are all found in the hosts file', async () => {
  const lookup = lookupWith(systemClock, { ...files({ hosts: '10.0.0.7 a b' }), servers: ['127.0.0.1:1'] })
  expect(await Promise.all(['a', 'b', 'a'].map((name) => lookup.lookup(name, never)))).toEqual(
    Array(3).fill(['10.0.0.7']),
  )
})

test('a changed hosts file is seen after five seconds', async () => {
  const clock = new VirtualClock()
  const paths = files({ hosts: '10.0.0.7 web' })
  const lookup = lookupWith(clock, { ...paths, servers: ['127.0.0.1:1'] })
  expect(await lookup.lookup('web', never)).toEqual(['10.0.0.7'])
  writeFileSync(paths.hostsFile, '10.0.0.88 web')
  expect(await lookup.lookup('web', never)).toEqual(['10.0.0.7'])
  await clock.advance(5_000)
  expect(await lookup.lookup('web', never)).toEqual(['10.0.0.88'])
})

test('search domains are tried as resolv.conf says', async () => {
  const { server, asked } = await nameServer({ 'web.b.example': '10.1.2.3', 'db.other.example': '10.1.2.4' })
  const lookup = lookupWith(systemClock, {
    ...files({ resolv: 'search a.example b.example\noptions ndots:2' }),
    servers: [server],
  })
  expect(await lookup.lookup('web', never)).toEqual(['10.1.2.3'])
  expect(asked).toEqual(['web.a.example', 'web.b.example'])
  asked.length = 0
  expect(await lookup.lookup('db.other.example', never)).toEqual(['10.1.2.4'])
  expect(asked).toEqual(['db.other.example'])
})

test('an unknown name is refused in the words of Go', async () => {
  const { server } = await nameServer({})
  const lookup = lookupWith(systemClock, { ...files({}), servers: [server] })
  await expect(lookup.lookup('nope.example', never)).rejects.toThrow(`lookup nope.example on ${server}: no such host`)
})

test('one question serves all who ask for the same name', async () => {
  const { server, asked } = await nameServer({ 'web.example': '10.1.2.3' })
  const lookup = lookupWith(systemClock, { ...files({}), servers: [server] })
  const answers = await Promise.all(Array.from({ length: 50 }, () => lookup.lookup('web.example', never)))
  expect(new Set(answers.flat())).toEqual(new Set(['10.1.2.3']))
  expect(asked).toEqual(['web.example'])
})

test('who gives up is let go, and a queue behind a dead name server ends at the deadline', async () => {
  const { server } = await nameServer(undefined)
  const clock = new VirtualClock()
  const lookup = lookupWith(clock, { ...files({}), servers: [server], concurrentMax: 2, timeoutMs: 3_000 })
  const controller = new AbortController()
  const impatient = lookup.lookup('a.example', controller.signal)
  controller.abort()
  await expect(impatient).rejects.toThrow('lookup a.example: i/o timeout')
  const all = Promise.allSettled(['a', 'b', 'c', 'd'].map((name) => lookup.lookup(`${name}.example`, never)))
  await clock.advance(3_000)
  expect((await all).map((answer) => (answer.status === 'rejected' ? String(answer.reason.message) : ''))).toEqual(
    ['a', 'b', 'c', 'd'].map((name) => `lookup ${name}.example: i/o timeout`),
  )
})

test('with a dead name server, 200 names in the air do not hold up the file system', async () => {
  const { server } = await nameServer(undefined)
  const clock = new VirtualClock()
  const lookup = lookupWith(clock, { ...files({}), servers: [server], timeoutMs: 60_000 })
  const controller = new AbortController()
  setMaxListeners(0, controller.signal)
  let settled = 0
  const all = Array.from({ length: 200 }, (_, i) =>
    lookup.lookup(`host-${i}.example`, controller.signal).catch(() => settled++),
  )
  const startedAtMs = performance.now()
  for (let i = 0; i < 50; i++) await readFile(__filename)
  const tookMs = performance.now() - startedAtMs
  // With getaddrinfo, the first read would wait for at least one time-out of five seconds.
  expect(tookMs).toBeLessThan(2_000)
  expect(settled).toBe(0)
  controller.abort()
  await Promise.all(all)
})

test('the order of names follows ndots, and a final dot ends the search', () => {
  const conf = { search: ['x.org', 'y.org.'], ndots: 1 }
  expect(namesToAsk('web', conf)).toEqual(['web.x.org', 'web.y.org', 'web'])
  expect(namesToAsk('web.a', conf)).toEqual(['web.a', 'web.a.x.org', 'web.a.y.org'])
  expect(namesToAsk('web.', conf)).toEqual(['web'])
})

test('resolv.conf is read with its bounds', () => {
  expect(
    parseResolvConf(
      '# c\nnameserver 10.0.0.1\nnameserver nonsense\nnameserver fe80::1%eth0\ndomain a\nsearch b c .\noptions ndots:99 timeout:0 attempts:9 rotate',
    ),
  ).toEqual({ servers: ['10.0.0.1', 'fe80::1%eth0'], search: ['b', 'c'], ndots: 15, timeoutMs: 1_000, attempts: 5 })
})

test('random text never makes the parsers throw', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const random = new SeededRandom(seed)
  const words = [
    'nameserver',
    'search',
    'options',
    'ndots:',
    'timeout:x',
    '127.0.0.1',
    '::1',
    '#',
    '\n',
    ' ',
    '\t',
    'a.b',
    '\0',
    '__proto__',
  ]
  for (let i = 0; i < Number(process.env['FUZZ_RUNS'] ?? 5_000); i++) {
    const text = Array.from(
      { length: Math.floor(random.next() * 20) },
      () => words[Math.floor(random.next() * words.length)],
    ).join(random.next() < 0.5 ? ' ' : '')
    const conf = parseResolvConf(text)
    if (!Array.isArray(namesToAsk('a', conf)) || !(parseHostsFile(text) instanceof Map))
      throw new Error(`seed ${seed}, run ${i}`)
  }
  expect(parseHostsFile('1.2.3.4 __proto__').get('__proto__')).toEqual(['1.2.3.4'])
})
