import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { tcpServer, temporaryDirectory } from '../../test/support/servers'
import { dial, discard } from './dial'
import { GoError, hostPortText, splitHostPort } from './go-error'
import { mayKeepCredentials, parseHttpUrl } from './http-url'
import { NameLookup } from './name-lookup'

test.each([
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['[::1]:80', '::1', 80],
  ['web.example:08', 'web.example', 8],
  [':80', '', 80],
  ['web:', 'web', 0],
])('%s is host and port', (address, host, port) => {
  expect(splitHostPort('tcp', address)).toEqual({ host, port })
})

test('an IPv6 address is written in brackets', () => {
  expect([hostPortText('::1', 80), hostPortText('1.2.3.4', 80)]).toEqual(['[::1]:80', '1.2.3.4:80'])
})

test('the second address of a name is dialled when the first refuses', async () => {
  const hostsFile = join(temporaryDirectory(), 'hosts')
  writeFileSync(hostsFile, '127.0.0.2 web\n127.0.0.1 web')
  const lookup = new NameLookup(systemClock, { hostsFile, servers: ['127.0.0.1:1'] })
  const port = await tcpServer()
  const socket = await dial('web', port, { signal: new AbortController().signal, lookup })
  expect(socket.remoteAddress).toBe('127.0.0.1')
  discard(socket)
})

test('an empty host is the machine itself', async () => {
  const port = await tcpServer()
  const lookup = new NameLookup(systemClock, { servers: ['127.0.0.1:1'] })
  const socket = await dial('', port, { signal: new AbortController().signal, lookup })
  expect(socket.remoteAddress).toBe('127.0.0.1')
  discard(socket)
})

test('credentials may go to the same host and below it only', () => {
  const keep = (first: string, next: string) => mayKeepCredentials(new URL(first), new URL(next))
  expect(keep('http://a.org/', 'https://a.org:81/')).toBe(true)
  expect(keep('http://a.org/', 'http://x.a.org/')).toBe(true)
  expect(keep('http://a.org/', 'http://xa.org/')).toBe(false)
  expect(keep('http://x.a.org/', 'http://a.org/')).toBe(false)
})

test('random targets are either taken or refused with a text', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const random = new SeededRandom(seed)
  const parts = [
    'http:',
    'https:',
    '//',
    '/',
    '[',
    ']',
    ':',
    '80',
    '@',
    '?',
    '#',
    'a',
    '%',
    '%zz',
    ' ',
    '\n',
    '::1',
    '127.0.0.1',
    'é',
    '\0',
  ]
  for (let i = 0; i < Number(process.env['FUZZ_RUNS'] ?? 20_000); i++) {
    const length = Math.floor(random.next() * 9)
    const text = Array.from({ length }, () => parts[Math.floor(random.next() * parts.length)]).join('')
    for (const parse of [() => splitHostPort('tcp', text), () => parseHttpUrl('GET', text)]) {
      try {
        parse()
      } catch (error) {
        if (!(error instanceof GoError))
          throw new Error(`seed ${seed}, run ${i}: ${JSON.stringify(text)}: ${String(error)}`)
      }
    }
  }
  expect(parseHttpUrl('GET', 'http://[::1]:80/').port).toBe('')
})
