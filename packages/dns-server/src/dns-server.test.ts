import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { Resolver as NodeResolver } from 'node:dns/promises'
import { bindUdp, bindUdpTcpPair } from '@sd/dgram-utils'
import { noMetrics } from '@sd/runtime'
import { RecordingLogger } from '@sd/runtime/testing'
import { decode, encode } from 'dns-packet'
import { askTcp, askUdp, frame, queryPacket, readReply } from '../test/harness'
import { workshopCatalog } from '../test/map-resolver'
import { createDnsServer, type DnsServer } from './dns-server'
import { METRICS as DNS_METRICS } from './metrics'
import type { DnsServerOptions } from './options'
import type { Resolver } from './resolver'

const listen = [{ host: '127.0.0.1', port: 0 }]
const portOf = (server: DnsServer) => server.addresses[0]?.port as number

async function startServer(options: DnsServerOptions = {}, resolver: Resolver = workshopCatalog()): Promise<DnsServer> {
  const server = createDnsServer({ resolver }, { listen, ...options })
  await server.start()
  return server
}

describe('DnsServer', () => {
  it('answers the resolver of Node', async () => {
    await using server = await startServer()
    const client = new NodeResolver()
    client.setServers([`127.0.0.1:${portOf(server)}`])
    expect(await client.resolve4('one.service.consul')).toEqual(['10.0.0.1'])
    expect(await client.resolveSrv('one.service.consul')).toEqual([
      { name: 'host1.node.dc1.consul', port: 80, priority: 1, weight: 1 },
    ])
    await expect(client.resolve4('nope.service.consul')).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })

  it('answers on every address it listens on, and shares what it keeps', async () => {
    const catalog = workshopCatalog()
    await using server = await startServer({ listen: [...listen, ...listen] }, catalog)
    for (const { port } of server.addresses) await askUdp(port, queryPacket('one.service.consul', 'A'))
    expect(catalog.calls).toBe(1)
    expect(server.addresses).toHaveLength(2)
  })

  it('answers pipelined TCP queries in their order', async () => {
    await using server = await startServer()
    const packets = Array.from({ length: 50 }, (_, id) =>
      queryPacket(id % 2 ? 'web.service.consul' : 'nope.service.consul', 'A', { id }),
    )
    const replies = await askTcp(portOf(server), packets)
    expect(replies.map((reply) => reply.readUInt16BE(0))).toEqual(packets.map((_, id) => id))
    expect(readReply(replies[1] as Buffer).answers).toHaveLength(10)
  })

  it('reassembles a TCP query that comes byte by byte', async () => {
    await using server = await startServer()
    const socket = connect(portOf(server), '127.0.0.1').setNoDelay(true)
    const reply = once(socket, 'data')
    for (const byte of frame(queryPacket('one.service.consul', 'A'))) {
      await new Promise((written) => socket.write(Buffer.from([byte]), written))
    }
    const [bytes] = (await reply) as [Buffer]
    expect(readReply(bytes.subarray(2)).answers).toEqual(['one.service.consul 0 A 10.0.0.1'])
    socket.destroy()
  })

  it('closes a TCP connection after its number of queries', async () => {
    await using server = await startServer({ tcpQueriesMax: 3 })
    const packets = Array.from({ length: 10 }, (_, id) => queryPacket('one.service.consul', 'A', { id }))
    expect(await askTcp(portOf(server), packets, Infinity)).toHaveLength(3)
  })

  it('closes a silent TCP connection', async () => {
    await using server = await startServer({ tcpFirstQueryTimeoutMs: 20 })
    const socket = connect(portOf(server), '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'close')
    expect(socket.destroyed).toBe(true)
  })

  it('turns away connections beyond its limit', async () => {
    await using server = await startServer({ tcpConnectionsMax: 1 })
    const first = connect(portOf(server), '127.0.0.1')
    await once(first, 'connect')
    first.write(frame(queryPacket('one.service.consul', 'A')))
    await once(first, 'data')
    const second = connect(portOf(server), '127.0.0.1')
    second.on('error', () => {})
    await once(second, 'close')
    expect(first.destroyed).toBe(false)
    first.destroy()
  })

  it('drops UDP queries while too many are pending', async () => {
    let release = () => {}
    let asked = () => {}
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const catalog = workshopCatalog()
    const resolver: Resolver = {
      node: catalog.node,
      reverse: catalog.reverse,
      services: () =>
        new Promise((resolve) => {
          release = () => resolve(undefined)
          asked()
        }),
    }
    let onDropped = () => {}
    const isDropped = new Promise<void>((resolve) => (onDropped = resolve))
    const metrics = { ...noMetrics, count: (name: string) => name === DNS_METRICS.dropped && onDropped() }
    const server = createDnsServer({ resolver, metrics }, { listen, pendingQueriesMax: 1 })
    await server.start()
    const first = askUdp(portOf(server), queryPacket('a.service.consul', 'A'))
    await isAsked
    await using second = await bindUdp({ host: '127.0.0.1' })
    const packet = queryPacket('host1.node.consul', 'A')
    second.socket.send(packet, portOf(server), '127.0.0.1')
    await isDropped
    const replied = once(second.socket, 'message')
    release()
    expect(readReply(await first).rcode).toBe('NXDOMAIN')
    second.socket.send(packet, portOf(server), '127.0.0.1')
    expect(readReply((await replied)[0] as Buffer).rcode).toBe('NOERROR')
    await server.stop()
  })

  it('answers what is pending before it stops, then nothing', async () => {
    let release = () => {}
    let asked = () => {}
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const catalog = workshopCatalog()
    const resolver: Resolver = {
      node: catalog.node,
      reverse: catalog.reverse,
      services: () =>
        new Promise((resolve) => {
          release = () => resolve({ instances: catalog.instances.get('one') ?? [] })
          asked()
        }),
    }
    const server = await startServer({}, resolver)
    const reply = askUdp(portOf(server), queryPacket('one.service.consul', 'A'))
    await isAsked
    const stopped = server.stop()
    release()
    expect(readReply(await reply).rcode).toBe('NOERROR')
    await stopped
    await server.stop()
    expect(server.state).toBe('stopped')
    await expect(server.start()).rejects.toMatchObject({ code: 'DNS_SERVER_STATE' })
  })

  it('leaves nothing bound when one of its ports is taken', async () => {
    await using other = await startServer()
    const taken = portOf(other)
    await using free = await bindUdpTcpPair({ host: '127.0.0.1' })
    const { port } = free
    await free.close()
    const ports = [port, taken].map((each) => ({ host: '127.0.0.1', port: each }))
    const server = createDnsServer({ resolver: workshopCatalog() }, { listen: ports })
    await expect(server.start()).rejects.toMatchObject({ code: 'DGRAM_ADDRESS_IN_USE' })
    expect(server.state).toBe('failed')
    await using again = await bindUdpTcpPair({ host: '127.0.0.1', port })
    expect(again.port).toBe(port)
  })

  it.each([
    [{ domain: 'not a name' }, 'domain'],
    [{ altDomain: 'service.consul' }, 'altDomain'],
    [{ udpAnswerLimit: -1 }, 'udpAnswerLimit'],
    [{ nodeTtlMs: Number.NaN }, 'nodeTtlMs'],
    [{ recursors: ['1.2.3.4:x'] }, 'recursors'],
    [{ recursors: ['0.0.0.0'] }, 'recursors'],
  ])('refuses %j and names the option', (options, option) => {
    expect(() => createDnsServer({ resolver: workshopCatalog() }, options)).toThrow(
      expect.objectContaining({ code: 'DNS_INVALID_OPTION', details: expect.objectContaining({ option }) }),
    )
  })

  it('changes its answers on reload, and keeps its socket', async () => {
    await using server = await startServer()
    const packet = queryPacket('one.service.consul', 'A')
    await askUdp(portOf(server), packet)
    server.reload({ serviceTtlMs: { '*': 9_000 } })
    expect(readReply(await askUdp(portOf(server), packet)).answers).toEqual(['one.service.consul 9 A 10.0.0.1'])
  })

  it('logs queries when told to', async () => {
    const logger = new RecordingLogger()
    const server = createDnsServer({ resolver: workshopCatalog(), logger }, { listen, logQueries: true })
    await server.start()
    await askUdp(portOf(server), queryPacket('one.service.consul', 'A'))
    await server.stop()
    expect(JSON.stringify(logger)).toContain('one.service.consul.')
  })
})

describe('recursors', () => {
  /** A name server that knows example.com, and fails, stays silent or cuts by name. */
  async function startUpstream() {
    const pair = await bindUdpTcpPair({ host: '127.0.0.1' })
    const seen: string[] = []
    const answer = (packet: Buffer, transport: string) => {
      const { id, questions = [] } = decode(packet)
      const name = questions[0]?.name ?? ''
      seen.push(`${transport} ${name}`)
      if (name.startsWith('silent')) return undefined
      const rcode = name.startsWith('fail') ? 2 : name.startsWith('none') ? 3 : 0
      const flags = 0x180 | rcode | (name.startsWith('long') && transport === 'udp' ? 0x200 : 0)
      const known = name.endsWith('example.com') ? [{ type: 'A' as const, name, ttl: 300, data: '93.184.216.34' }] : []
      return encode({ type: 'response', id: id ?? 0, flags, questions, answers: known })
    }
    pair.udp.on('message', (packet, from) => {
      const reply = answer(packet, 'udp')
      // A forged reply with another id comes first and must be passed over.
      if (reply) {
        const forged = Buffer.from(reply)
        forged.writeUInt16BE(reply.readUInt16BE(0) ^ 1, 0)
        pair.udp.send(forged, from.port, from.address)
        pair.udp.send(reply, from.port, from.address)
      }
    })
    pair.tcp.on('connection', (socket) => {
      socket.on('error', () => {})
      socket.on('data', (data: Buffer) => {
        const reply = answer(data.subarray(2), 'tcp')
        if (reply) socket.write(frame(reply))
      })
    })
    return { pair, seen, address: `127.0.0.1:${pair.port}` }
  }

  it('are asked for other names, with RA, and for host names in answers', async () => {
    const upstream = await startUpstream()
    await using server = await startServer({ recursors: [upstream.address] })
    const ask = async (name: string, type = 'A') => readReply(await askUdp(portOf(server), queryPacket(name, type)))
    expect(await ask('example.com')).toMatchObject({ flags: 0x8180, answers: ['example.com 300 A 93.184.216.34'] })
    expect(await ask('none.org')).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(await ask('ext.service.consul')).toMatchObject({
      flags: 0x8580,
      answers: ['ext.service.consul 0 CNAME example.com', 'example.com 0 A 93.184.216.34'],
    })
    expect((await ask('ext.service.consul', 'SRV')).additional[0]).toBe('example.com 0 A 93.184.216.34')
    expect((await ask('9.9.9.9.in-addr.arpa', 'PTR')).flags).toBe(0x8180)
    await upstream.pair.close()
  })

  it('are asked by TCP for TCP clients, who so get the whole of a cut answer', async () => {
    const upstream = await startUpstream()
    await using server = await startServer({ recursors: [upstream.address] })
    const packet = queryPacket('long.example.com', 'A', { id: 99 })
    expect((await askUdp(portOf(server), packet)).readUInt16BE(2) & 0x200).toBe(0x200)
    const [reply] = await askTcp(portOf(server), [packet])
    expect(readReply(reply as Buffer)).toMatchObject({ flags: 0x8180, decoded: { id: 99 } })
    expect(upstream.seen).toEqual(['udp long.example.com', 'tcp long.example.com'])
    await upstream.pair.close()
  })

  it('are asked in turn until one answers, and SERVFAIL says that none did', async () => {
    const upstream = await startUpstream()
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as { port: number }
    await new Promise((done) => closed.close(done))
    await using server = await startServer({
      recursors: [`127.0.0.1:${port}`, upstream.address],
      recursorTimeoutMs: 50,
    })
    const ask = async (name: string) => readReply(await askUdp(portOf(server), queryPacket(name, 'A', { edns: 1232 })))
    expect((await ask('example.com')).rcode).toBe('NOERROR')
    expect(await ask('fail.org')).toMatchObject({ rcode: 'SERVFAIL', flags: 0x8182, additional: ['OPT 1232'] })
    expect((await ask('silent.org')).rcode).toBe('SERVFAIL')
    await upstream.pair.close()
  })

  it('that ask us back end in SERVFAIL, not in a storm', async () => {
    await using reserved = await bindUdpTcpPair({ host: '127.0.0.1' })
    const { port } = reserved
    await reserved.close()
    const self = { host: '127.0.0.1', port }
    await using server = await startServer({ listen: [self], recursors: [`127.0.0.1:${port}`], recursorTimeoutMs: 200 })
    expect(readReply(await askUdp(portOf(server), queryPacket('example.com', 'A'))).rcode).toBe('SERVFAIL')
  })
})
