/** Owns the segment files: appends, overwrites, compacts. Runs in the disk worker. */
import type { DiskFailure, DiskFiles } from './disk-files'
import type { SegmentFormat, SegmentScan } from './log-segment'

interface Segment extends Omit<SegmentScan, 'tornBytes' | 'isOpen'> {
  path: string
  fd: number
  /** Bytes of the file that are written, the zeros ahead included. */
  allocated: number
}

export interface LogWriterOptions {
  directory: string
  segmentBytes: number
  preallocateBytes: number
  newSalt: () => number
}

export type LogWriter = ReturnType<typeof createLogWriter>

/** Self-contained: its source text also runs in the disk worker. */
export function createLogWriter(files: DiskFiles, format: SegmentFormat, options: LogWriterOptions) {
  const { fs } = files
  const { directory, segmentBytes, preallocateBytes } = options
  const zeros = new Uint8Array(preallocateBytes)
  const segments: Segment[] = []
  let poison: DiskFailure | undefined
  /** The last group has no end; it gets one before the next begins. */
  let needsMark = false

  const lastOf = (segment: Segment) => segment.header.firstIndex + segment.offsets.length - 1
  const current = () => segments[segments.length - 1] as Segment

  /** Runs a change. After a failure that is not a full disk nothing is known about the files: no further change is made. */
  const guarded = (change: () => void): void => {
    if (poison) throw poison
    try {
      change()
    } catch (error) {
      const known = typeof error === 'object' && error !== null && 'kind' in error
      const failure = known ? (error as DiskFailure) : files.failure('failed', directory, error)
      if (failure.kind !== 'full') poison = failure
      throw failure
    }
  }

  const createSegment = (firstIndex: number, baseTerm: number, chain: number, group: number): void => {
    const header = { firstIndex, baseTerm, salt: options.newSalt(), chain, group }
    const name = `${String(firstIndex).padStart(16, '0')}.log`
    const path = `${directory}/${name}`
    const bytes = format.encodeHeader(header)
    try {
      files.replace(directory, name, bytes)
    } catch (error) {
      fs.rmSync(`${path}.tmp`, { force: true })
      throw error
    }
    const fd = fs.openSync(path, 'r+')
    const end = bytes.length
    const none = { offsets: [], terms: [], chains: [], groups: [], starts: [] }
    segments.push({ header, path, fd, ...none, end, chain, group, allocated: end })
  }

  const dropSegment = (segment: Segment): void => {
    fs.closeSync(segment.fd)
    fs.unlinkSync(segment.path)
  }

  const shorten = (segment: Segment): void => {
    fs.ftruncateSync(segment.fd, segment.end)
    segment.allocated = segment.end
  }

  const cutFrom = (index: number): void => {
    while (segments.length > 1 && current().header.firstIndex >= index) dropSegment(segments.pop() as Segment)
    const segment = current()
    const keep = Math.max(0, index - segment.header.firstIndex)
    const cutsGroup = segment.starts[keep] === false
    if (keep < segment.offsets.length) {
      segment.end = segment.offsets[keep] as number
      segment.chain = segment.chains[keep] as number
      segment.group = segment.groups[keep] as number
      for (const list of [segment.offsets, segment.terms, segment.chains, segment.groups, segment.starts]) {
        list.length = keep
      }
    }
    shorten(segment)
    files.flush(segment.fd, segment.path)
    files.flushDirectory(directory)
    needsMark = cutsGroup
  }

  const rotate = (): void => {
    const segment = current()
    shorten(segment)
    files.flush(segment.fd, segment.path)
    const term = segment.terms[segment.terms.length - 1] ?? segment.header.baseTerm
    createSegment(lastOf(segment) + 1, term, segment.chain, segment.group)
  }

  /** Puts one group at the end and flushes it. A full disk leaves the file as it was. */
  const appendGroup = (bytes: Uint8Array): void => {
    const segment = current()
    const group = (segment.group + 1) >>> 0
    const chain = format.sealGroup(bytes, group, segment.chain, segment.header.salt)
    const end = segment.end + bytes.length
    try {
      files.write(segment.fd, segment.path, bytes, segment.end)
    } catch (error) {
      shorten(segment)
      throw error
    }
    if (end > segment.allocated) {
      segment.allocated = end
      try {
        files.write(segment.fd, segment.path, zeros, end)
        segment.allocated = end + zeros.length
      } catch {
        // Room ahead is a matter of speed; the data itself is written.
        fs.ftruncateSync(segment.fd, end)
      }
    }
    files.flush(segment.fd, segment.path)
    const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let before = segment.chain
    for (let at = 0; at < bytes.length; at += format.paddedLength(data.getUint32(at, true))) {
      if (bytes[at + 4] !== format.MARK_KIND) {
        segment.offsets.push(segment.end + at)
        segment.terms.push(format.getWide(data, at + 16))
        segment.chains.push(before)
        segment.groups.push(at === 0 ? segment.group : group)
        segment.starts.push(at === 0)
      }
      before = data.getUint32(at + 36, true)
    }
    segment.end = end
    segment.chain = chain
    segment.group = group
  }

  /** Closes the last group. */
  const appendMark = (): void => {
    const segment = current()
    const mark = new Uint8Array(format.RECORD_HEADER_BYTES)
    format.encodeRecord(mark, 0, format.MARK_KIND, lastOf(segment), segment.terms.at(-1) ?? 0, new Uint8Array(0))
    appendGroup(mark)
    needsMark = false
  }

  return {
    /** Reads all segments, cuts a torn tail, refuses damage. Returns the bytes up to the last intact record. */
    open(): { segments: Uint8Array[]; torn: { path: string; offset: number; bytes: number } | undefined } {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
      const names = fs.readdirSync(directory).sort()
      for (const name of names) if (name.endsWith('.tmp')) fs.rmSync(`${directory}/${name}`)
      const paths = names.filter((name) => /^\d{16}\.log$/.test(name)).map((name) => `${directory}/${name}`)
      const contents: Uint8Array[] = []
      let torn: { path: string; offset: number; bytes: number } | undefined
      for (const path of paths) {
        const isLast = path === paths[paths.length - 1]
        const bytes = fs.readFileSync(path)
        const found = format.scan(bytes, isLast)
        const refuse = (offset: number, reason: string) => files.failure('corrupt', path, { message: reason }, offset)
        if ('damagedAt' in found) throw refuse(found.damagedAt, found.reason)
        const { header, tornBytes } = found
        if (header.firstIndex !== Number(path.slice(-20, -4)))
          throw refuse(8, 'the first index is not that of the name')
        const before = segments[segments.length - 1]
        if (before && (lastOf(before) + 1 !== header.firstIndex || before.chain !== header.chain)) {
          throw refuse(0, 'the segment does not continue the one before it')
        }
        const segment: Segment = { ...found, path, fd: fs.openSync(path, 'r+'), allocated: bytes.length }
        segments.push(segment)
        contents.push(new Uint8Array(bytes.subarray(0, found.end)))
        if (tornBytes > 0) torn = { path, offset: found.end, bytes: tornBytes }
        if (isLast && bytes.length > found.end && tornBytes > 0) shorten(segment)
        // What was read may only be in memory; what is built on must be durable.
        if (isLast) files.flush(segment.fd, path)
        if (found.isOpen) needsMark = true
      }
      if (segments.length === 0) createSegment(1, 0, 0, 0)
      if (contents.length === 0) contents.push(format.encodeHeader(current().header))
      return { segments: contents, torn }
    },

    append(bytes: Uint8Array): void {
      guarded(() => {
        const first = format.getWide(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 8)
        if (first <= lastOf(current())) cutFrom(first)
        if (needsMark) appendMark()
        if (current().end >= segmentBytes) rotate()
        appendGroup(bytes)
      })
    },

    /** Runs another durable change of the same server, under the same rule about failures. */
    guarded,

    compact(throughIndex: number): void {
      if (poison) throw poison
      while (segments.length > 1 && (segments[1] as Segment).header.firstIndex <= throughIndex + 1) {
        dropSegment(segments.shift() as Segment)
      }
    },

    reset(index: number, term: number): void {
      guarded(() => {
        const { chain, group } = current()
        while (segments.length > 0) dropSegment(segments.pop() as Segment)
        try {
          createSegment(index + 1, term, chain, group)
        } catch (error) {
          // Without a segment there is nothing to fall back to.
          throw { ...(error as DiskFailure), kind: 'failed' }
        }
      })
    },

    /** Closes with a mark, so that damage to any entry is told from a torn write the next time. */
    close(): void {
      try {
        if (!poison && segments.length > 0 && current().offsets.length > 0) guarded(appendMark)
      } catch {
        // The mark is an extra; everything acknowledged is durable without it.
      }
      for (const segment of segments) fs.closeSync(segment.fd)
      segments.length = 0
    },
  }
}
