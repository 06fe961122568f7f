import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomInteger } from '@sd/runtime'
import { SeededRandom } from '@sd/runtime/testing'
import { crc32c } from '../src/storage/crc32c'
import { createDiskFiles } from '../src/storage/disk-files'
import { createSegmentFormat } from '../src/storage/log-segment'
import { createLogWriter } from '../src/storage/log-writer'

const format = createSegmentFormat(crc32c)

/** What a crash leaves is written by the tests themselves, so nothing here needs to reach the platter. */
const disk: typeof fs = { ...fs, fdatasyncSync: () => undefined, fsyncSync: () => undefined }
let directory: string

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'sd-raft-'))
})

afterEach(() => fs.rmSync(directory, { recursive: true }))

function openLog(segmentBytes = 1_000_000) {
  const log = createLogWriter(createDiskFiles(disk, undefined), format, {
    ...{ directory, segmentBytes, preallocateBytes: 512, newSalt: () => 0x1234abcd },
  })
  return { log, ...log.open() }
}

interface Stored {
  index: number
  term: number
  text: string
}

function group(from: number, count: number, term: number): Uint8Array {
  const texts = Array.from({ length: count }, (_, i) => Buffer.from(`${term}/${from + i} `.repeat((from + i) % 9)))
  const bytes = new Uint8Array(texts.reduce((sum, text) => sum + format.paddedLength(text.length), 0))
  let at = 0
  texts.forEach((text, i) => {
    at = format.encodeRecord(bytes, at, 0, from + i, term, text)
  })
  return bytes
}

function readEntries(segments: readonly Uint8Array[]): Stored[] {
  const found: Stored[] = []
  for (const bytes of segments) {
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let at = format.HEADER_BYTES; at < bytes.length; at += format.paddedLength(data.getUint32(at, true))) {
      if (bytes[at + 4] === format.MARK_KIND) continue
      const start = at + format.RECORD_HEADER_BYTES
      const text = Buffer.from(bytes.subarray(start, start + data.getUint32(at, true))).toString()
      found.push({ index: format.getWide(data, at + 8), term: format.getWide(data, at + 16), text })
    }
  }
  return found
}

/** What a recorded run stored after each acknowledged write. */
function record(segmentBytes?: number) {
  const { log } = openLog(segmentBytes)
  const path = join(directory, '0000000000000001.log')
  const acknowledged: { end: number; entries: Stored[] }[] = []
  let next = 1
  for (const [back, count, term] of [
    [0, 3, 1],
    [0, 1, 1],
    [0, 5, 1],
    [3, 2, 2],
    [0, 1, 2],
    [4, 4, 3],
    [0, 7, 3],
  ] as const) {
    next -= back
    log.append(group(next, count, term))
    next += count
    const bytes = fs.readFileSync(path)
    const { end } = format.scan(bytes, true) as { end: number }
    acknowledged.push({ end, entries: readEntries([bytes.subarray(0, end)]) })
  }
  return { log, path, acknowledged, bytes: fs.readFileSync(path) }
}

const isPrefix = (part: Stored[], all: Stored[]) =>
  part.every((entry, i) => JSON.stringify(entry) === JSON.stringify(all[i]))

test.each([
  ['ends there', (bytes: Buffer, at: number) => bytes.subarray(0, at)],
  [
    'has zeros from there on',
    (bytes: Buffer, at: number) => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(bytes.length - at)]),
  ],
  [
    'has another byte there and zeros behind',
    (bytes: Buffer, at: number) =>
      Buffer.concat([bytes.subarray(0, at), Buffer.from([(bytes[at] ?? 0) ^ 0xff]), Buffer.alloc(bytes.length - at)]),
  ],
])('cut at every byte, a file that %s keeps every entry whose write had ended before', (_name, damage) => {
  const { log, path, acknowledged, bytes } = record()
  log.close()
  const all = acknowledged.at(-1)?.entries ?? []
  // The file only grows after the last overwrite; what was durable before it is in acknowledged entries still.
  const growing = acknowledged.slice(5)
  const start = growing[0]?.end ?? 0
  let recovered = 0
  for (let at = start; at <= bytes.length; at++) {
    fs.writeFileSync(path, damage(bytes, at))
    const { log: again, segments } = openLog()
    const found = readEntries(segments)
    const due = growing.filter((write) => write.end <= at).at(-1)?.entries ?? []
    if (!isPrefix(found, all) || found.length < due.length)
      throw new Error(`cut at ${at}: ${found.length} of ${due.length}`)
    recovered++
    if (at % 16 !== 0) {
      again.close()
      continue
    }
    again.append(group(found.length + 1, 2, 9))
    again.close()
    const after = readEntries(openLog().segments)
    if (after.length !== found.length + 2 || !isPrefix(found, after)) throw new Error(`cut at ${at}: cannot go on`)
  }
  expect(recovered).toBe(bytes.length - start + 1)
})

test('a flipped bit anywhere before the last write is refused with file and offset, and nothing is changed', () => {
  const { log, path, acknowledged } = record()
  log.close()
  const bytes = fs.readFileSync(path)
  const end = acknowledged.at(-1)?.end ?? 0
  for (let at = 0; at < end; at++) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] as number) ^ (1 << (at % 8))
    fs.writeFileSync(path, damaged)
    let refusal: unknown
    try {
      openLog()
    } catch (error) {
      refusal = error
    }
    if ((refusal as { kind?: string } | undefined)?.kind !== 'corrupt')
      throw new Error(`byte ${at}: ${JSON.stringify(refusal)}`)
    if ((refusal as { offset: number }).offset > at) throw new Error(`byte ${at}: ${JSON.stringify(refusal)}`)
    expect(fs.readFileSync(path).equals(damaged)).toBe(true)
  }
})

test('a missing or shortened segment in the middle is refused', () => {
  const { log } = openLog(300)
  for (let i = 0; i < 20; i++) log.append(group(1 + i * 3, 3, 1))
  log.close()
  const names = fs.readdirSync(directory).sort()
  expect(names.length).toBeGreaterThan(4)
  const middle = join(directory, names[2] as string)
  const bytes = fs.readFileSync(middle)
  fs.writeFileSync(middle, bytes.subarray(0, -8))
  expect(() => openLog(300)).toThrow(expect.objectContaining({ kind: 'corrupt', path: middle }))
  fs.rmSync(middle)
  expect(() => openLog(300)).toThrow(
    expect.objectContaining({ kind: 'corrupt', path: join(directory, names[3] as string) }),
  )
})

test('data that looks like records of later writes does not turn a torn write into damage', () => {
  const { log, path } = openRecordOf((bytes) => bytes.subarray(format.HEADER_BYTES))
  log.close()
  const bytes = fs.readFileSync(path)
  const { end } = format.scan(bytes, true) as { end: number }
  fs.writeFileSync(path, bytes.subarray(0, end - 100))
  expect(readEntries(openLog().segments).length).toBeGreaterThan(0)
})

/** A log whose last entry holds the bytes of another log's file. */
function openRecordOf(pick: (bytes: Buffer) => Uint8Array) {
  const other = record()
  other.log.close()
  const stored = pick(other.bytes)
  fs.rmSync(directory, { recursive: true })
  const log = createLogWriter(createDiskFiles(disk, undefined), format, {
    ...{ directory, segmentBytes: 1_000_000, preallocateBytes: 512, newSalt: () => 0x77777777 },
  })
  log.open()
  log.append(group(1, 2, 1))
  const bytes = new Uint8Array(format.paddedLength(stored.length))
  format.encodeRecord(bytes, 0, 0, 3, 1, stored)
  log.append(bytes)
  return { log, path: other.path }
}

test('random bytes in place of a segment are refused or read, never followed blindly', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1)
  const random = new SeededRandom(seed)
  const { log, bytes } = record()
  log.close()
  for (let run = 0; run < Number(process.env['FUZZ_RUNS'] ?? 2000); run++) {
    const damaged = Buffer.from(bytes)
    for (let i = randomInteger(random, 20); i >= 0; i--)
      damaged[randomInteger(random, damaged.length)] = randomInteger(random, 256)
    const found = format.scan(damaged.subarray(randomInteger(random, 3) === 0 ? randomInteger(random, 200) : 0), true)
    if (!('damagedAt' in found) && found.end > damaged.length) throw new Error(`FUZZ_SEED=${seed}, run ${run}`)
  }
  expect(bytes.length).toBeGreaterThan(0)
})
