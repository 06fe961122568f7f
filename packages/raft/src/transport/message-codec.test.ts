import { randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { MalformedMessageError } from '../errors'
import { sampleMessage } from '../testing/sample-messages'
import { FrameReader, encodeFrame } from './frames'
import { decodeMessage, encodeMessage } from './message-codec'

const seed = Number(process.env['FUZZ_SEED'] ?? 1)
const runs = Number(process.env['FUZZ_RUNS'] ?? 5000)

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test('the bytes of a vote request are these', () => {
  const bytes = encodeMessage({ kind: 'voteRequest', term: 3, preVote: true, lastIndex: 258, lastTerm: 2 })
  expect(hex(bytes)).toBe('0100' + '030000000000' + '01' + '020100000000' + '020000000000')
})

test('every message is read back as it was written', () => {
  const random = new SeededRandom(seed)
  for (let run = 0; run < runs; run++) {
    const bytes = encodeMessage(sampleMessage(random))
    expect(hex(encodeMessage(decodeMessage(bytes)))).toBe(hex(bytes))
  }
})

test('damaged, cut and random messages are read or refused, and nothing else', () => {
  const random = new SeededRandom(seed)
  let refused = 0
  for (let run = 0; run < runs; run++) {
    const bytes = Buffer.from(encodeMessage(sampleMessage(random)))
    const kind = randomInteger(random, 3)
    if (kind > 0) bytes[randomInteger(random, bytes.length)] = randomInteger(random, 256)
    if (kind === 2) for (let i = 2; i < bytes.length; i++) bytes[i] = randomInteger(random, 256)
    const input = kind === 0 ? bytes.subarray(0, randomInteger(random, bytes.length)) : bytes
    try {
      decodeMessage(input)
    } catch (error) {
      if (!(error instanceof MalformedMessageError)) throw new Error(`FUZZ_SEED=${seed}, run ${run}`, { cause: error })
      refused++
    }
  }
  expect(refused).toBeGreaterThan(runs / 4)
})

test('frames come out of a stream as they went in, however it is cut', () => {
  const random = new SeededRandom(seed)
  for (let run = 0; run < 200; run++) {
    const bodies = Array.from({ length: 5 }, () => Buffer.alloc(randomInteger(random, 30), randomInteger(random, 256)))
    const stream = Buffer.concat(bodies.map(encodeFrame))
    const reader = new FrameReader(100)
    const found: string[] = []
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + randomInteger(random, 40)
      for (const frame of reader.push(stream.subarray(at, end))) found.push(hex(frame))
      at = end
    }
    expect(found).toEqual(bodies.map(hex))
  }
})
