import { ask, makeHandler, queryPacket, readReply } from '../test/harness'
import { workshopCatalog } from '../test/map-resolver'
import type { Resolver } from './resolver'

const soa = 'consul 0 SOA ns.consul hostmaster.consul 3600 600 86400 0'

describe.each([
  ['asked for the first time', 1],
  ['from a kept packet', 2],
])('a question %s', (_, times) => {
  const answer = async (name: string, type: string, options = {}, settings = {}) => {
    const handler = makeHandler(workshopCatalog(), settings)
    for (let index = 1; index < times; index++) await ask(handler, name, type, options)
    return ask(handler, name, type, options)
  }

  it('answers a service with three shuffled addresses without EDNS', async () => {
    const reply = await answer('web.service.consul', 'A')
    expect(reply).toMatchObject({ rcode: 'NOERROR', flags: 0x8500, additional: [], authority: [] })
    expect(new Set(reply.answers).size).toBe(3)
    for (const line of reply.answers) expect(line).toMatch(/^web\.service\.consul 0 A 10\.0\.0\.\d+$/)
  })

  it('answers with all addresses and the OPT record with EDNS', async () => {
    const reply = await answer('web.service.consul', 'A', { edns: 1232 })
    expect(new Set(reply.answers).size).toBe(10)
    expect(reply.additional).toEqual(['OPT 1232'])
  })

  it('drops the OPT record with the answers it cuts, as Consul does', async () => {
    expect(await answer('web.service.consul', 'A', { edns: 512 })).toMatchObject({ additional: [] })
  })

  it('names nodes in SRV answers and adds their addresses', async () => {
    const reply = await answer('web.service.consul', 'SRV', { edns: 4096 })
    expect(reply.answers.sort()).toContain('web.service.consul 0 SRV 1 1 8001 host1.node.dc1.consul')
    expect(reply.answers).toHaveLength(10)
    expect(reply.additional).toHaveLength(11)
    expect(reply.additional).toContain('host7.node.dc1.consul 0 A 10.0.0.7')
  })

  it('names addresses in hexadecimal when the service has its own, and gives weights', async () => {
    const reply = await answer('api.service.consul', 'SRV', { edns: 4096 })
    expect(reply.answers.sort()).toEqual(
      [1, 2, 3, 4, 5].map((n) => `api.service.consul 0 SRV 1 ${n} 90 c0a8630${n}.addr.dc1.consul`),
    )
    expect(reply.additional).toContain('c0a86305.addr.dc1.consul 0 A 192.168.99.5')
  })

  it('gives one address for several SRV answers of one node when it cuts', async () => {
    const reply = await answer('samenode.service.consul', 'SRV')
    expect(reply.answers).toHaveLength(3)
    expect(reply.additional).toEqual(['host1.node.dc1.consul 0 A 10.0.0.1'])
  })

  it.each([
    ['v1.web.service.consul', 2],
    ['a.b.web.service.consul', 2],
    ['_web._v1.service.consul', 2],
    ['_web._tcp.service.consul', 10],
    ['web.service.dc1.consul', 10],
    ['web.service.dc1.dc.consul', 10],
    ['WEB.Service.CONSUL', 10],
  ])('understands %s', async (name, count) => {
    const reply = await answer(name, 'A', { edns: 1232 })
    expect(reply.answers).toHaveLength(count)
    expect(reply.answers[0]).toContain(`${name} 0 A`)
  })

  it.each([
    ['nope.service.consul', 'A'],
    ['x.web.service.consul', 'A'],
    ['web.service.dc2.consul', 'A'],
    ['web.service.a.b.c.consul', 'A'],
    ['nope.node.consul', 'A'],
    ['foo.consul', 'A'],
    ['consul', 'A'],
    ['service.consul', 'A'],
    ['c0a863.addr.consul', 'A'],
    ['web.query.consul', 'A'],
    ['web.connect.consul', 'A'],
    ['web.ingress.consul', 'A'],
    ['9.9.9.9.in-addr.arpa', 'PTR'],
    ['x.arpa', 'PTR'],
  ])('says that %s does not exist, with the SOA record', async (name, type) => {
    expect(await answer(name, type, { edns: 1232 })).toMatchObject({
      rcode: 'NXDOMAIN',
      flags: 0x8503,
      answers: [],
      authority: [soa],
      additional: ['OPT 1232'],
    })
  })

  it('tells a missing type from a missing name', async () => {
    expect(await answer('six.service.consul', 'A')).toMatchObject({ rcode: 'NOERROR', answers: [], authority: [soa] })
    expect(await answer('host1.node.consul', 'AAAA')).toMatchObject({ rcode: 'NOERROR', answers: [], authority: [] })
    expect(await answer('web.virtual.consul', 'A')).toMatchObject({ rcode: 'NOERROR', answers: [], authority: [] })
  })

  it('answers nodes, their metadata, and addresses in names', async () => {
    expect(await answer('host1.node.consul', 'A')).toMatchObject({ answers: ['host1.node.consul 0 A 10.0.0.1'] })
    expect(await answer('ext.node.consul', 'ANY')).toMatchObject({
      answers: ['ext.node.consul 0 CNAME example.com', 'ext.node.consul 0 TXT a=b', 'ext.node.consul 0 TXT plain'],
    })
    const name = 'c0a86366.addr.dc1.consul'
    expect(await answer(name, 'A')).toMatchObject({ answers: [`${name} 0 A 192.168.99.102`] })
    expect(await answer(name, 'SRV')).toMatchObject({ answers: [], additional: [`${name} 0 A 192.168.99.102`] })
  })

  it('answers reverse names with nodes first, then services', async () => {
    expect(await answer('1.0.0.10.in-addr.arpa', 'PTR')).toMatchObject({
      answers: ['1.0.0.10.in-addr.arpa 0 PTR host1.node.dc1.consul'],
    })
    expect(await answer('1.99.168.192.in-addr.arpa', 'PTR')).toMatchObject({
      answers: ['1.99.168.192.in-addr.arpa 0 PTR api.service.dc1.consul'],
    })
    const v6 = `${[...'20010db8000000000000000000000001'].reverse().join('.')}.ip6.arpa`
    expect(await answer(v6, 'PTR')).toMatchObject({ answers: [`${v6} 0 PTR v6.node.dc1.consul`] })
  })

  it('answers the apex with SOA and NS', async () => {
    const server = 'consul 0 NS server1.node.dc1.consul'
    const glue = 'server1.node.dc1.consul 0 A 192.168.99.100'
    expect(await answer('consul', 'SOA')).toMatchObject({ answers: [soa], authority: [server], additional: [glue] })
    expect(await answer('consul', 'NS')).toMatchObject({ answers: [server], additional: [glue] })
    expect(await answer('consul', 'AXFR')).toMatchObject({ rcode: 'NOTIMP' })
  })

  it('follows a service address that is a name of the zone, and stops at a loop', async () => {
    const reply = await answer('alias.service.consul', 'A', { edns: 1232 })
    expect(reply.answers[0]).toBe('alias.service.consul 0 CNAME web.service.consul')
    expect(reply.answers).toHaveLength(11)
    expect((await answer('loop.service.consul', 'A', { edns: 1232 })).answers).toEqual([
      'loop.service.consul 0 CNAME loop2.service.consul',
      'loop2.service.consul 0 CNAME loop.service.consul',
      'loop.service.consul 0 CNAME loop2.service.consul',
      'loop2.service.consul 0 CNAME loop.service.consul',
    ])
  })

  it('refuses names outside its zones without recursors', async () => {
    expect(await answer('example.com', 'A', { edns: 1232 })).toMatchObject({
      rcode: 'REFUSED',
      flags: 0x8105,
      additional: [],
    })
  })

  it('repeats RD and CD, the id, and no other flag', async () => {
    const reply = await answer('one.service.consul', 'A', { flags: 0x0130, id: 777 })
    expect(reply.flags).toBe(0x8510)
    expect(reply.decoded.id).toBe(777)
  })

  it('echoes a client subnet with scope 0', async () => {
    const reply = await answer('one.service.consul', 'A', { edns: 1232, subnet: '1.2.3.4/24' })
    const [opt] = reply.decoded.additionals as unknown as { options: Record<string, unknown>[] }[]
    expect(opt?.options).toMatchObject([{ code: 8, ip: '1.2.3.0', sourcePrefixLength: 24, scopePrefixLength: 0 }])
  })

  it('obeys its settings', async () => {
    const settings = {
      altDomain: 'test.alt',
      serviceTtlMs: { '*': 5_000, 'we*': 9_999, api: 11_000 },
      nodeTtlMs: 7_000,
      udpAnswerLimit: 5,
      aRecordLimit: 4,
      enableTruncate: true,
      onlyPassing: true,
      soa: { minTtlSeconds: 60 },
    }
    const web = await answer('web.service.test.alt', 'A', { edns: 1232 }, settings)
    expect(web.answers).toHaveLength(4)
    expect(web.answers[0]).toMatch(/^web\.service\.test\.alt 9 A /)
    const srv = await answer('web.service.test.alt', 'SRV', {}, settings)
    expect(srv.answers).toHaveLength(4) // a fifth would pass 504 bytes uncompressed
    expect(srv.flags & 0x200).toBe(0x200)
    expect(srv.answers[0]).toMatch(/\.node\.dc1\.test\.alt$/)
    expect((await answer('api.service.consul', 'A', {}, settings)).answers[0]).toMatch(/ 11 A /)
    expect((await answer('one.service.consul', 'A', {}, settings)).answers[0]).toMatch(/ 5 A /)
    expect((await answer('host1.node.consul', 'A', {}, settings)).answers[0]).toMatch(/ 7 A /)
    expect((await answer('warned.service.consul', 'SRV', {}, settings)).answers).toHaveLength(1)
    expect((await answer('nope.service.test.alt', 'A', {}, settings)).authority[0]).toMatch(
      /^test\.alt 60 SOA ns\.test\.alt/,
    )
  })
})

it('takes the TTL hint of the resolver before its own settings', async () => {
  const catalog = workshopCatalog()
  const resolver: Resolver = {
    services: (lookup, call) => ({
      ...(catalog.services(lookup, call) as object),
      instances: catalog.instances.get('one') ?? [],
      ttlMs: 30_000,
    }),
    node: catalog.node,
    reverse: catalog.reverse,
  }
  const handler = makeHandler(resolver, { serviceTtlMs: { '*': 5_000 } })
  expect((await ask(handler, 'one.service.consul', 'A')).answers).toEqual(['one.service.consul 30 A 10.0.0.1'])
})

it('gives every instance about the same share of first places', async () => {
  const handler = makeHandler(workshopCatalog(), { seed: 99 })
  const first = new Map<string, number>()
  for (let run = 0; run < 5_000; run++) {
    const [line = ''] = (await ask(handler, 'web.service.consul', 'A')).answers
    first.set(line, (first.get(line) ?? 0) + 1)
  }
  expect(first.size).toBe(10)
  for (const count of first.values()) expect(Math.abs(count - 500)).toBeLessThan(100)
})

it('runs prepared queries in the order of the resolver, with the subnet as source', async () => {
  const catalog = workshopCatalog()
  const seen: unknown[] = []
  const resolver: Resolver = {
    services: catalog.services,
    node: catalog.node,
    reverse: catalog.reverse,
    preparedQuery(lookup) {
      seen.push(lookup)
      const instances = catalog.instances.get('web') ?? []
      return { instances, service: 'web', datacenter: 'dc1', ttlMs: 3_000 }
    },
  }
  const handler = makeHandler(resolver)
  for (let run = 0; run < 2; run++) {
    const reply = await ask(handler, 'my.query.dc9.consul', 'A', { edns: 1232, subnet: '1.2.3.4/24' })
    expect(reply.answers.slice(0, 2)).toEqual(['my.query.dc9.consul 3 A 10.0.0.1', 'my.query.dc9.consul 3 A 10.0.0.2'])
    const [opt] = reply.decoded.additionals as unknown as { options: Record<string, unknown>[] }[]
    expect(opt?.options).toMatchObject([{ scopePrefixLength: 24 }])
  }
  expect(seen).toEqual(Array(2).fill({ query: 'my', datacenter: 'dc9', sourceAddress: '1.2.3.0' }))
})

it('answers SERVFAIL when the resolver fails, at once or later', async () => {
  const failing: Resolver = {
    services: () => {
      throw new Error('no leader')
    },
    node: () => Promise.reject(new Error('no leader')),
    reverse: () => undefined,
  }
  const handler = makeHandler(failing)
  expect(await ask(handler, 'web.service.consul', 'A')).toMatchObject({ rcode: 'SERVFAIL', authority: [] })
  expect(await ask(handler, 'web.node.consul', 'A')).toMatchObject({ rcode: 'SERVFAIL', flags: 0x8502 })
})

it('answers SERVFAIL for a node name that DNS cannot carry', async () => {
  const catalog = workshopCatalog()
  catalog.add('odd', catalog.node_(`${'x'.repeat(64)}`, '10.9.9.9'), 1)
  expect(await ask(makeHandler(catalog), 'odd.service.consul', 'SRV')).toMatchObject({ rcode: 'SERVFAIL' })
  expect(await ask(makeHandler(catalog), 'odd.service.consul', 'A')).toMatchObject({ rcode: 'NOERROR' })
})

it('splits metadata that is longer than one TXT string', async () => {
  const catalog = workshopCatalog()
  catalog.node_('long', '10.9.9.9', { meta: { 'rfc1035-x': 'y'.repeat(300) } })
  const reply = await ask(makeHandler(catalog), 'long.node.consul', 'TXT', { edns: 1232 })
  expect((reply.decoded.answers?.[0] as { data: Buffer[] }).data.map((part) => part.length)).toEqual([255, 45])
})

describe('the cache', () => {
  it('asks the resolver once while nothing changes', async () => {
    const catalog = workshopCatalog()
    const handler = makeHandler(catalog)
    for (let run = 0; run < 5; run++) await ask(handler, 'web.service.consul', 'A')
    await ask(handler, 'web.service.consul', 'A', { flags: 0 })
    expect(catalog.calls).toBe(1)
  })

  it('serves a change with the very next packet', async () => {
    const catalog = workshopCatalog()
    const handler = makeHandler(catalog)
    for (let run = 0; run < 20; run++) {
      catalog.instances.set('one', [{ node: catalog.node_('n', `10.7.7.${run}`), address: '', port: 1 }])
      for (let again = 0; again < 2; again++) {
        const reply = await ask(handler, 'one.service.consul', 'A')
        expect(reply.answers).toEqual([`one.service.consul 0 A 10.7.7.${run}`])
      }
    }
    catalog.instances.delete('one')
    catalog.touch()
    expect(await ask(handler, 'one.service.consul', 'A')).toMatchObject({ rcode: 'NXDOMAIN' })
    catalog.add('one', catalog.node_('n', '10.7.7.7'), 1)
    expect(await ask(handler, 'one.service.consul', 'A')).toMatchObject({ rcode: 'NOERROR' })
  })

  it('never keeps an answer that changed while it was looked up', async () => {
    const catalog = workshopCatalog()
    let release = () => {}
    const resolver: Resolver = {
      node: catalog.node,
      reverse: catalog.reverse,
      services: (lookup, call) => {
        const answer = catalog.services(lookup, call)
        return new Promise((resolve) => (release = () => resolve(answer)))
      },
    }
    const handler = makeHandler(resolver)
    const first = ask(handler, 'one.service.consul', 'A')
    catalog.touch()
    release()
    await first
    const second = ask(handler, 'one.service.consul', 'A')
    release()
    await second
    expect(catalog.calls).toBe(2)
  })

  it('keeps answers of other sizes, letters and transports apart', async () => {
    const handler = makeHandler(workshopCatalog())
    const counts = async () => [
      (await ask(handler, 'web.service.consul', 'A')).answers.length,
      (await ask(handler, 'web.service.consul', 'A', { edns: 1232 })).answers.length,
      (await ask(handler, 'web.service.consul', 'A', { transport: 'tcp' })).answers.length,
      (await ask(handler, 'web.service.consul', 'SRV')).additional.length,
    ]
    expect(await counts()).toEqual([3, 10, 10, 3])
    expect(await counts()).toEqual([3, 10, 10, 3])
    expect((await ask(handler, 'Web.service.consul', 'A')).answers[0]).toMatch(/^Web\./)
  })

  it('stays within its bytes, whatever is asked', async () => {
    const handler = makeHandler(workshopCatalog(), { cacheBytesMax: 50_000 })
    for (let run = 0; run < 2_000; run++) {
      await ask(handler, `name${run}.service.consul`, 'A')
      expect(handler.cacheBytes).toBeLessThanOrEqual(50_000)
    }
    expect(handler.cacheBytes).toBeGreaterThan(40_000)
  })

  it('is forgotten by a reload', async () => {
    const catalog = workshopCatalog()
    const handler = makeHandler(catalog)
    await ask(handler, 'one.service.consul', 'A')
    const settings = (await import('./options')).answerSettings({ serviceTtlMs: { one: 4_000 } })
    handler.reload(settings)
    expect((await ask(handler, 'one.service.consul', 'A')).answers[0]).toMatch(/ 4 A /)
  })

  it('shows the present second in the serial of a kept SOA record', async () => {
    const handler = makeHandler(workshopCatalog())
    const packet = queryPacket('nope.service.consul', 'A')
    await handler.handle(packet, 'udp', '127.0.0.1')
    const kept = readReply((await handler.handle(packet, 'udp', '127.0.0.1')) as Buffer)
    const [record] = kept.decoded.authorities as unknown as { data: { serial: number } }[]
    expect(Math.abs((record?.data.serial ?? 0) - Date.now() / 1_000)).toBeLessThan(5)
  })
})

describe('malformed requests', () => {
  const base = queryPacket('one.service.consul', 'A')
  const handler = makeHandler(workshopCatalog())
  const send = async (packet: Buffer) => handler.handle(packet, 'udp', '127.0.0.1')
  const withWord = (offset: number, value: number) => {
    const packet = Buffer.from(base)
    packet.writeUInt16BE(value, offset)
    return packet
  }

  it.each([
    ['two questions', withWord(4, 2)],
    ['no question', withWord(4, 0)],
    ['two answers', withWord(6, 2)],
    ['two authority records', withWord(8, 2)],
    ['three additional records', withWord(10, 3)],
    ['a name cut short', base.subarray(0, 20)],
    ['a pointer to itself', Buffer.concat([base.subarray(0, 12), Buffer.from([0xc0, 12, 0, 1, 0, 1])])],
    ['a reserved label type', Buffer.concat([base.subarray(0, 12), Buffer.from([0x43, 97, 0, 0, 1, 0, 1])])],
  ])('with %s get FORMERR', async (_, packet) => {
    expect(((await send(packet)) as Buffer).readUInt16BE(2) & 15).toBe(1)
  })

  it('with another opcode get NOTIMP', async () => {
    expect(((await send(withWord(2, 0x2900))) as Buffer).readUInt16BE(2)).toBe(0xa904)
  })

  it('get nothing when they are replies or shorter than a header', async () => {
    expect(await send(withWord(2, 0x8100))).toBeUndefined()
    expect(await send(base.subarray(0, 11))).toBeUndefined()
  })

  it('are refused when they end after the header', async () => {
    expect(((await send(base.subarray(0, 12))) as Buffer).readUInt16BE(2) & 15).toBe(5)
  })
})
