import { kvEntryFields, registerRequestFields, serviceDefinitionFields } from '@sd/model'
import { SeededRandom } from '@sd/runtime/testing'
import { decodeList, parseJson, stringifyJson, toWire } from './json'

/** Long runs raise it. */
const FUZZ_RUNS = Number(process.env.FUZZ_RUNS ?? 3_000)

describe('parseJson', () => {
  it('keeps 64 bits of flags', () => {
    expect(parseJson('[{"Flags":3304740253564472344,"Key":"a"},{"Flags":42}]')).toEqual([
      { Flags: 3304740253564472344n, Key: 'a' },
      { Flags: 42 },
    ])
    expect(parseJson('{"flags": 18446744073709551615 }')).toEqual({ flags: 18446744073709551615n })
    expect(parseJson('{"Flags":9007199254740991}')).toEqual({ Flags: 9007199254740991 })
  })

  it('leaves text alone that looks like flags', () => {
    const value = { Output: '{"Flags":3304740253564472344}', Flags: 1 }
    expect(parseJson(JSON.stringify(value))).toEqual(value)
    const inside = '{"Flags":3304740253564472344,"Output":"\\"Flags\\":3304740253564472344,"}'
    expect(parseJson(inside)).toEqual({ Flags: 3304740253564472344n, Output: '"Flags":3304740253564472344,' })
  })

  it('throws nothing but SyntaxError and coded errors, whatever the bytes', () => {
    const seed = Number(process.env.SEED ?? 20_240_101)
    const random = new SeededRandom(seed)
    const alphabet = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'Flags',
      'Key',
      '1234567890123456789',
      'null',
      '-',
      '\u0000',
      ' ',
    ]
    for (let run = 0; run < FUZZ_RUNS; run++) {
      let text = ''
      const length = Math.floor(random.next() * 14)
      for (let i = 0; i < length; i++) text += alphabet[Math.floor(random.next() * alphabet.length)]
      try {
        decodeList(kvEntryFields, parseJson(text), '/v1/kv/x')
      } catch (error) {
        const isExpected = error instanceof SyntaxError || (error as { code?: string }).code === 'API_INVALID_ANSWER'
        if (!isExpected) throw new Error(`seed ${seed}, run ${run}, ${JSON.stringify(text)}`, { cause: error })
      }
    }
    expect(FUZZ_RUNS).toBeGreaterThan(0)
  })
})

describe('toWire', () => {
  it('writes the names and units of the wire and leaves out what is zero', () => {
    const service = {
      name: 'web',
      port: 0,
      tags: [],
      meta: { a: 'b' },
      taggedAddresses: { lan: { address: '10.0.0.1', port: 80 } },
      checks: [{ http: 'http://x/', intervalMs: 10_000, timeoutMs: undefined, header: { A: ['b'] } }],
    }
    expect(toWire(serviceDefinitionFields, service)).toEqual({
      Name: 'web',
      Tags: [],
      Meta: { a: 'b' },
      TaggedAddresses: { lan: { Address: '10.0.0.1', Port: 80 } },
      Checks: [{ HTTP: 'http://x/', Interval: '10s', Header: { A: ['b'] } }],
    })
    const check = { node: 'n', checkId: 'c', definition: { ttlMs: 1_500 } }
    expect(toWire(registerRequestFields, { node: 'n', check })).toEqual({
      Node: 'n',
      Check: { Node: 'n', CheckID: 'c', Definition: { TTL: 1_500_000_000 } },
    })
  })

  it('writes bigints as digits and bytes as base64', () => {
    const entry = toWire(kvEntryFields, { key: '\u00001\u0000', value: Buffer.from('hi'), flags: 3304740253564472344n })
    expect(stringifyJson([entry])).toBe('[{"Key":"\\u00001\\u0000","Flags":3304740253564472344,"Value":"aGk="}]')
  })
})
