import fc from 'fast-check'
import {
  checkServiceNodeFields,
  decodeFields,
  decodeMsgpack,
  encodeMsgpack,
  type FieldTable,
  healthCheckFields,
  jsonEncoder,
  jsonString,
  kvEntryFields,
  MsgpackReader,
  MsgpackError,
  nodeFields,
  nodeServiceFields,
  registerRequestFields,
  serviceDefinitionFields,
  checkDefinitionFields,
  sessionFields,
} from '../index'

const json = <T extends object>(table: FieldTable<T>, value: Partial<T>) => jsonEncoder(table)(table.create(value))

describe('JSON as Consul writes it', () => {
  test('a key-value entry', () => {
    expect(
      json(kvEntryFields, { key: 'a/b', flags: 42, value: Buffer.from('hello'), createIndex: 19, modifyIndex: 19 }),
    ).toBe('{"LockIndex":0,"Key":"a/b","Flags":42,"Value":"aGVsbG8=","CreateIndex":19,"ModifyIndex":19}')
    expect(json(kvEntryFields, { flags: 2n ** 64n - 1n })).toContain('"Flags":18446744073709551615')
  })

  test('a service: empty members that Go omits are left out, nil maps are null', () => {
    expect(
      json(nodeServiceFields, {
        id: 'web',
        service: 'web',
        tags: ['a'],
        meta: { x: '<y>' },
        port: 80,
        weights: { passing: 1, warning: 1 },
        createIndex: 18,
        modifyIndex: 18,
      }),
    ).toBe(
      '{"ID":"web","Service":"web","Tags":["a"],"Address":"","Meta":{"x":"\\u003cy\\u003e"},"Port":80,"Weights":{"Passing":1,"Warning":1},' +
        '"EnableTagOverride":false,"Proxy":{"Mode":"","MeshGateway":{},"Expose":{}},"Connect":{},"PeerName":"","CreateIndex":18,"ModifyIndex":18}',
    )
  })

  test('a check with a definition', () => {
    const definition = {
      ...healthCheckFields.create().definition,
      intervalMs: 10_000,
      http: 'http://x/',
      tlsSkipVerify: true,
    }
    expect(json(healthCheckFields, { node: 'n', checkId: 'c', status: 'passing', serviceTags: [], definition })).toBe(
      '{"Node":"n","CheckID":"c","Name":"","Status":"passing","Notes":"","Output":"","ServiceID":"","ServiceName":"","ServiceTags":[],' +
        '"Type":"","Interval":"","Timeout":"","ExposedPort":0,"Definition":{"Interval":"10s","HTTP":"http://x/","TLSSkipVerify":true},' +
        '"CreateIndex":0,"ModifyIndex":0}',
    )
    expect(json(healthCheckFields, {})).toContain('"Definition":{}')
  })

  test('a session counts its lock delay in nanoseconds', () => {
    expect(json(sessionFields, { lockDelayMs: 15_000, nodeChecks: ['serfHealth'] })).toContain(
      '"LockDelay":15000000000,"Behavior":"","TTL":"","NodeChecks":["serfHealth"],"ServiceChecks":null,"CreateIndex":0',
    )
  })

  test('map keys are sorted as Go sorts them, by code point', () => {
    expect(json(nodeFields, { meta: { '\u{1f600}': '3', b: '2', '\uffee': '1', a: '0' } })).toContain(
      '"Meta":{"a":"0","b":"2","\uffee":"1","\u{1f600}":"3"}',
    )
  })

  test.each([
    ['a<b>&\u2028', '"a\\u003cb\\u003e\\u0026\\u2028"'],
    ['\u0000\n"\\\u007f', '"\\u0000\\n\\"\\\\\u007f"'],
    ['\ud800x', '"\ufffdx"'],
    ['\u{1f600}', '"\u{1f600}"'],
  ])('text %j', (text, expected) => {
    expect(jsonString(text)).toBe(expected)
  })
})

describe('decoding', () => {
  test('keys match without regard to case, durations are text or nanoseconds, aliases count', () => {
    const service = decodeFields(serviceDefinitionFields, {
      name: 'web',
      PORT: 80,
      enable_tag_override: true,
      check: { args: ['true'], interval: '10s', Timeout: 1_000_000_000 },
    })
    expect(service).toMatchObject({ name: 'web', port: 80, enableTagOverride: true })
    expect(service.check).toMatchObject({ scriptArgs: ['true'], intervalMs: 10_000, timeoutMs: 1_000 })
  })

  test('configuration keys may be written in snake case', () => {
    const check = decodeFields(
      checkDefinitionFields,
      { service_id: 'web', failures_before_critical: 3 },
      { style: 'config' },
    )
    expect(check).toMatchObject({ serviceId: 'web', failuresBeforeCritical: 3 })
  })

  test('unknown keys are reported with their path', () => {
    const unknown: string[] = []
    decodeFields(
      serviceDefinitionFields,
      { name: 'x', bogus: 1, check: { nope: 2 } },
      { onUnknown: (path, key) => unknown.push(`${path}:${key}`) },
    )
    expect(unknown).toEqual([':bogus', 'check:nope'])
  })

  test.each([
    [{ Port: '80' }, 'json: cannot unmarshal string into Go struct field ServiceDefinition.Port of type int'],
    [{ Port: 1.5 }, 'json: cannot unmarshal number 1.5 into Go struct field ServiceDefinition.Port of type int'],
    [{ Tags: 'a' }, 'json: cannot unmarshal string into Go struct field ServiceDefinition.Tags of type []string'],
    [{ Name: 5 }, 'json: cannot unmarshal number into Go struct field ServiceDefinition.Name of type string'],
    [{ Check: { Interval: 'soon' } }, 'time: invalid duration "soon"'],
  ])('%j is refused', (body, message) => {
    expect(() => decodeFields(serviceDefinitionFields, body)).toThrow(message)
  })

  test('a __proto__ key is data, never a prototype', () => {
    const body = JSON.parse('{"Meta":{"__proto__":"x"},"__proto__":{"Name":"evil"}}')
    const service = decodeFields(serviceDefinitionFields, body)
    expect(service.name).toBe('')
    expect(Object.keys(service.meta ?? {})).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['Name']).toBeUndefined()
  })
})

describe('msgpack', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 })
  const textMap = fc.oneof(fc.constant(null), fc.dictionary(text, text, { maxKeys: 4 }))

  test('what is written is read back', () => {
    const register = fc.record({
      node: text,
      nodeMeta: textMap,
      service: fc.oneof(
        fc.constant(null),
        fc.record({
          id: text,
          tags: fc.oneof(fc.constant(null), fc.array(text)),
          port: fc.maxSafeInteger(),
          meta: textMap,
        }),
      ),
    })
    fc.assert(
      fc.property(register, (partial) => {
        const value = registerRequestFields.create({
          ...partial,
          service: partial.service && nodeServiceFields.create(partial.service),
        })
        const bytes = encodeMsgpack(registerRequestFields, value)
        const again = decodeMsgpack(registerRequestFields, bytes)
        expect(JSON.parse(JSON.stringify(again))).toEqual(JSON.parse(JSON.stringify(value)))
        expect(encodeMsgpack(registerRequestFields, again)).toEqual(bytes)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('flags above the safe integers survive', () => {
    const entry = kvEntryFields.create({ flags: 2n ** 64n - 1n, value: Buffer.from([0, 255]) })
    expect(decodeMsgpack(kvEntryFields, encodeMsgpack(kvEntryFields, entry))).toEqual(entry)
  })

  test('cut and random bytes end in a coded error, never in a crash or a long loop', () => {
    const bytes = encodeMsgpack(
      checkServiceNodeFields,
      checkServiceNodeFields.create({ node: nodeFields.create({ node: 'n' }), checks: [] }),
    )
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeMsgpack(checkServiceNodeFields, bytes.subarray(0, end))).toThrow(MsgpackError)
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (input) => {
        try {
          new MsgpackReader(input).value()
        } catch (error) {
          expect(error).toBeInstanceOf(MsgpackError)
        }
      }),
      { seed: 11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 20_000) },
    )
  })
})
