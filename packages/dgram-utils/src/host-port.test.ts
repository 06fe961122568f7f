import { SeededRandom } from '@sd/runtime/testing'
import { formatHostPort, parseHostPort } from './host-port'

describe('parseHostPort', () => {
  it.each([
    ['10.0.0.1:53', undefined, '10.0.0.1', 53],
    ['[::1]:8600', undefined, '::1', 8600],
    ['name.example:1', undefined, 'name.example', 1],
    [':8600', undefined, '', 8600],
    ['8.8.8.8', 53, '8.8.8.8', 53],
    ['2001:db8::1', 53, '2001:db8::1', 53],
    ['[2001:db8::1]', 53, '2001:db8::1', 53],
    ['8.8.8.8:54', 53, '8.8.8.8', 54],
  ])('reads %s', (text, defaultPort, host, port) => {
    expect(parseHostPort(text, defaultPort)).toEqual({ host, port })
  })

  it.each([
    ['', 'missing port'],
    ['host', 'missing port'],
    ['::1', 'an IPv6 address with a port is written [address]:port'],
    ['[::1', 'missing ] after the IPv6 address'],
    ['[name]:53', 'brackets are for IPv6 addresses'],
    ['[::1]53', 'expected a colon after the address'],
    ['a:b', 'the port is not a number'],
    ['a:', 'the port is not a number'],
    ['a:1:2', 'the port is not a number'],
    ['a:65536', 'the port is above 65535'],
  ])('refuses %j and says why', (text, reason) => {
    expect(() => parseHostPort(text)).toThrow(
      expect.objectContaining({
        code: 'DGRAM_INVALID_HOST_PORT',
        message: `invalid address ${JSON.stringify(text)}: ${reason}`,
      }),
    )
  })

  it('is the inverse of formatHostPort', () => {
    for (const [host, port] of [
      ['10.1.2.3', 80],
      ['fe80::1', 1],
      ['a-b.c', 65_535],
    ] as const) {
      expect(parseHostPort(formatHostPort(host, port))).toEqual({ host, port })
    }
  })

  it('only ever answers an address or its own error, whatever the text', () => {
    const runs = Number(process.env.FUZZ_RUNS ?? 20_000)
    const seed = Number(process.env.FUZZ_SEED ?? 7)
    const random = new SeededRandom(seed)
    const alphabet = '[]:.%0123456789abfg-\u0000é '
    for (let run = 0; run < runs; run++) {
      let text = ''
      for (let length = Math.floor(random.next() * 16); length > 0; length--) {
        text += alphabet[Math.floor(random.next() * alphabet.length)]
      }
      try {
        const { port } = parseHostPort(text, run % 2 ? 53 : undefined)
        if (!(port >= 0 && port <= 65_535)) throw new Error('port out of range')
      } catch (error) {
        if ((error as { code?: string }).code !== 'DGRAM_INVALID_HOST_PORT') {
          throw new Error(`seed ${seed}, run ${run}: ${JSON.stringify(text)}`, { cause: error })
        }
      }
    }
    expect(runs).toBeGreaterThan(0)
  })
})
