import { type Random, randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { makeHandler, queryPacket, readReply } from './harness'
import { workshopCatalog } from './map-resolver'

const RUNS = Number(process.env.FUZZ_RUNS ?? 50_000)
const SEED = Number(process.env.FUZZ_SEED ?? 20_240_601)
/** One reply in this many is decoded. */
const DECODED_EVERY = 5
const REPLY_BYTES_MAX = 65_535

const NAMES = [
  'web.service.consul',
  'samenode.service.consul',
  'api.service.consul',
  'ext.node.consul',
  'c0a86366.addr.dc1.consul',
  '1.0.0.10.in-addr.arpa',
  'alias.service.consul',
  'consul',
  'x.query.consul',
  'example.com',
]
const TYPES = ['A', 'AAAA', 'SRV', 'ANY', 'TXT', 'SOA', 'NS', 'PTR']

type Generate = (random: Random) => Buffer

const pick = <T>(random: Random, items: readonly T[]): T => items[randomInteger(random, items.length)] as T
const byte = (random: Random) => randomInteger(random, 256)

const valid: Generate = (random) =>
  queryPacket(pick(random, NAMES), pick(random, TYPES), {
    flags: randomInteger(random, 0x10000) & 0x7fff & (random.next() < 0.8 ? 0x07ff : 0x7fff),
    ...(random.next() < 0.5 ? { edns: randomInteger(random, 0x1_0000) } : {}),
    ...(random.next() < 0.2 ? { edns: 1232, subnet: `10.${byte(random)}.0.0/${randomInteger(random, 33)}` } : {}),
  })

const noise: Generate = (random) => Buffer.from(Array.from({ length: randomInteger(random, 600) }, () => byte(random)))

const mutated: Generate = (random) => {
  const packet = Buffer.from(valid(random))
  for (let count = 1 + randomInteger(random, 6); count > 0; count--) {
    packet[randomInteger(random, packet.length)] = random.next() < 0.3 ? 0xc0 : byte(random)
  }
  return packet
}

const cut: Generate = (random) => {
  const packet = valid(random)
  return packet.subarray(0, randomInteger(random, packet.length))
}

const grown: Generate = (random) => Buffer.concat([valid(random), noise(random)])

/** A header that says one question, and names made of pointers. */
const pointers: Generate = (random) => {
  const packet = Buffer.alloc(12 + 2 * (1 + randomInteger(random, 200)))
  packet.writeUInt16BE(1, 4)
  packet.writeUInt16BE(randomInteger(random, 3), 10)
  for (let at = 12; at < packet.length; at += 2) {
    packet.writeUInt16BE(random.next() < 0.8 ? 0xc000 | randomInteger(random, packet.length) : byte(random), at)
  }
  return packet
}

/** Names up to and beyond the lengths that DNS allows. */
const longNames: Generate = (random) => {
  const labels: Buffer[] = []
  for (let count = randomInteger(random, 140); count > 0; count--) {
    const length = random.next() < 0.8 ? 1 : 1 + randomInteger(random, 63)
    labels.push(Buffer.from([length, ...Array.from({ length }, () => byte(random))]))
  }
  const zone = Buffer.from('\x07service\x06consul\x00\x00\x21\x00\x01', 'latin1')
  return Buffer.concat([Buffer.from([1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, zone])
}

const GENERATORS: readonly Generate[] = [valid, noise, mutated, mutated, cut, grown, pointers, longNames]

it(`survives ${RUNS} hostile packets, answers each at most once and keeps its memory bounded`, async () => {
  const random = new SeededRandom(SEED)
  const cacheBytesMax = 1 << 20
  const handler = makeHandler(workshopCatalog(), { cacheBytesMax, seed: SEED })
  const counts = { silent: 0, replied: 0 }
  for (let run = 0; run < RUNS; run++) {
    const packet = pick(random, GENERATORS)(random)
    const request = Buffer.from(packet)
    try {
      const reply = await handler.handle(packet, random.next() < 0.8 ? 'udp' : 'tcp', '127.0.0.1')
      expectSound(request, packet, reply, run % DECODED_EVERY === 0)
      if (reply) counts.replied++
      else counts.silent++
      if (handler.cacheBytes > cacheBytesMax) throw new Error('the cache is over its limit')
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED}, run ${run}: ${request.toString('hex')}`, { cause: error })
    }
  }
  expect(counts.replied).toBeGreaterThan(RUNS / 4)
  expect(counts.silent).toBeGreaterThan(0)
}, 3_600_000)

function expectSound(request: Buffer, packet: Buffer, reply: Buffer | undefined, isDecoded: boolean): void {
  if (!request.equals(packet)) throw new Error('the request was written to')
  if (!reply) {
    const isAnswerable = request.length >= 12 && !((request[2] as number) & 0x80)
    if (isAnswerable) throw new Error('no reply to a query')
    return
  }
  if (reply.length < 12 || reply.length > REPLY_BYTES_MAX) throw new Error(`a reply of ${reply.length} bytes`)
  if (reply.readUInt16BE(0) !== request.readUInt16BE(0)) throw new Error('another id')
  if (!((reply[2] as number) & 0x80)) throw new Error('not marked as a reply')
  // A sound message for an independent decoder, which takes most of the time.
  if (isDecoded) readReply(reply)
}
