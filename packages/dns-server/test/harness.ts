import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import { silentLogger, noMetrics, systemClock } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { decode, encode, type DecodedPacket } from 'dns-packet'
import { answerSettings, type AnswerOptions } from '../src/options'
import { QueryHandler } from '../src/query-handler'
import type { Resolver } from '../src/resolver'

export interface QuestionOptions {
  edns?: number
  flags?: number
  subnet?: string
  id?: number
}

/** A query packet, made by another implementation than ours. */
export function queryPacket(name: string, type: string, options: QuestionOptions = {}): Buffer {
  const [ip, prefix] = options.subnet?.split('/') ?? []
  const subnet = ip
    ? [{ code: 'CLIENT_SUBNET', ip, sourcePrefixLength: Number(prefix), family: ip.includes(':') ? 2 : 1 }]
    : []
  const opt = { type: 'OPT', name: '.', udpPayloadSize: options.edns, flags: 0, options: subnet }
  return encode({
    type: 'query',
    id: options.id ?? 4_660,
    flags: options.flags ?? 0x100,
    questions: [{ name, type: type as 'A' }],
    additionals: options.edns === undefined ? [] : [opt as never],
  })
}

export interface Reply {
  rcode: string
  flags: number
  answers: string[]
  authority: string[]
  additional: string[]
  bytes: number
  decoded: DecodedPacket
}

const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED']

/** Decoded by another implementation than ours; records as zone-file lines. */
export function readReply(packet: Buffer): Reply {
  const decoded = decode(packet)
  const flags = packet.readUInt16BE(2)
  const lines = (records: DecodedPacket['answers'] = []) => records.map((record) => line(record as never))
  return {
    rcode: RCODES[flags & 15] ?? String(flags & 15),
    flags,
    answers: lines(decoded.answers),
    authority: lines(decoded.authorities),
    additional: lines(decoded.additionals),
    bytes: packet.length,
    decoded,
  }
}

function line(record: {
  name: string
  type: string
  ttl?: number
  data: never
  udpPayloadSize?: number
  options?: never[]
}) {
  const { name, type, ttl } = record
  if (type === 'OPT') return `OPT ${record.udpPayloadSize}`
  const data = record.data as Record<string, unknown> | string
  const text =
    type === 'SRV'
      ? ['priority', 'weight', 'port', 'target'].map((key) => (data as Record<string, unknown>)[key]).join(' ')
      : type === 'SOA'
        ? ['mname', 'rname', 'refresh', 'retry', 'expire', 'minimum']
            .map((key) => (data as Record<string, unknown>)[key])
            .join(' ')
        : String(data)
  return `${name} ${ttl} ${type} ${text}`
}

/** The handler without sockets. */
export function makeHandler(
  resolver: Resolver,
  options: AnswerOptions & { cacheBytesMax?: number; seed?: number } = {},
) {
  const random = new SeededRandom(options.seed ?? 1)
  const ports = { resolver, clock: systemClock, random, logger: silentLogger, metrics: noMetrics }
  const signal = new AbortController().signal
  return new QueryHandler({ ...ports, signal }, answerSettings(options), options.cacheBytesMax ?? 1 << 20)
}

export async function ask(
  handler: QueryHandler,
  name: string,
  type: string,
  options: QuestionOptions & { transport?: 'udp' | 'tcp' } = {},
): Promise<Reply> {
  const reply = await handler.handle(queryPacket(name, type, options), options.transport ?? 'udp', '127.0.0.1')
  if (!reply) throw new Error(`no reply for ${name} ${type}`)
  return readReply(reply)
}

export function askUdp(port: number, packet: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.on('error', reject)
    socket.on('message', (bytes) => {
      socket.close()
      resolve(bytes)
    })
    socket.send(packet, port, '127.0.0.1')
  })
}

export const frame = (packet: Buffer): Buffer =>
  Buffer.concat([Buffer.from([packet.length >> 8, packet.length & 255]), packet])

/** Sends all packets at once on one connection and collects the replies until it is closed or `count` have come. */
export function askTcp(port: number, packets: readonly Buffer[], count = packets.length): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const replies: Buffer[] = []
    let received = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => resolve(replies))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        replies.push(Buffer.from(received.subarray(2, end)))
        received = received.subarray(end)
      }
      if (replies.length >= count) socket.destroy()
    })
    socket.write(Buffer.concat(packets.map(frame)))
  })
}
