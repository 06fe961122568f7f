/**
 * The thread that touches the disk. Its calls block, which is why they are here: the event loop never waits for a
 * flush, and Node's shared thread pool (which look-ups of names can fill) has no part in it.
 *
 * The code travels as text, so that it starts the same way from TypeScript, ESM, CJS and from inside a bundle: each
 * piece is a function without references to anything outside but its parameters.
 */
import type * as nodeCrypto from 'node:crypto'
import type * as nodeFs from 'node:fs'
import type * as nodeWorker from 'node:worker_threads'
import { type Crc32c, createCrc32c } from './crc32c'
import { type DiskFailure, createDiskFiles } from './disk-files'
import { createSegmentFormat } from './log-segment'
import { createLogWriter } from './log-writer'

export interface DiskWorkerData {
  directory: string
  segmentBytes: number
  preallocateBytes: number
  faults: Int32Array | undefined
}

/** What the owner asks for. Buffers are transferred. */
export type DiskRequest =
  | { op: 'open'; nodeId: string }
  | { op: 'write'; hardState: Uint8Array | undefined; records: Uint8Array | undefined }
  | { op: 'compact'; throughIndex: number }
  | { op: 'reset'; index: number; term: number }
  | { op: 'close' }
  | { op: 'snapshotBegin'; name: string }
  | { op: 'snapshotChunk'; bytes: Uint8Array }
  | { op: 'snapshotEnd'; keep: number }
  | { op: 'snapshotAbort' }

export interface OpenedDirectory {
  nodeId: string
  hardState: Uint8Array | undefined
  segments: Uint8Array[]
  torn: { path: string; offset: number; bytes: number } | undefined
  /** Names of snapshot files, newest first. */
  snapshots: string[]
}

export type DiskAnswer = { id: number; value: unknown } | { id: number; failure: DiskFailure }

type Load = (name: string) => unknown

function diskWorkerMain(
  load: Load,
  crc32c: Crc32c,
  makeFiles: typeof createDiskFiles,
  makeFormat: typeof createSegmentFormat,
  makeLogWriter: typeof createLogWriter,
): void {
  const { parentPort, workerData } = load('node:worker_threads') as typeof nodeWorker
  const fs = load('node:fs') as typeof nodeFs
  const crypto = load('node:crypto') as typeof nodeCrypto
  const { directory, segmentBytes, preallocateBytes, faults } = workerData as DiskWorkerData
  const files = makeFiles(fs, faults)
  const snapshotDirectory = `${directory}/snapshots`
  const log = makeLogWriter(files, makeFormat(crc32c), {
    ...{ directory: `${directory}/log`, segmentBytes, preallocateBytes },
    newSalt: () => crypto.randomBytes(4).readUInt32LE(),
  })
  let snapshot: { path: string; fd: number; length: number } | undefined

  const readIfThere = (path: string): Uint8Array | undefined =>
    fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : undefined

  const listSnapshots = (): string[] => {
    const names = fs.readdirSync(snapshotDirectory).filter((name) => name.endsWith('.snap'))
    return names.sort().reverse()
  }

  /** A directory belongs to one node for good: its votes are that node's. */
  const claim = (nodeId: string): string => {
    const path = `${directory}/node.json`
    const known = readIfThere(path)
    if (!known) {
      files.replace(directory, 'node.json', new TextEncoder().encode(`${JSON.stringify({ format: 1, nodeId })}\n`))
      return nodeId
    }
    let value: { format?: unknown; nodeId?: unknown } = {}
    try {
      value = JSON.parse(new TextDecoder().decode(known)) as typeof value
    } catch {
      // Refused below.
    }
    if (value.format === 1 && typeof value.nodeId === 'string') return value.nodeId
    throw files.failure('corrupt', path, { message: 'it does not name a node in a known format' })
  }

  const open = (nodeId: string): OpenedDirectory => {
    fs.mkdirSync(snapshotDirectory, { recursive: true, mode: 0o700 })
    const storedId = claim(nodeId)
    if (storedId !== nodeId)
      return { nodeId: storedId, hardState: undefined, segments: [], torn: undefined, snapshots: [] }
    for (const name of fs.readdirSync(snapshotDirectory)) {
      if (name.endsWith('.tmp')) fs.rmSync(`${snapshotDirectory}/${name}`)
    }
    const { segments, torn } = log.open()
    files.flushDirectory(directory)
    return { nodeId, hardState: readIfThere(`${directory}/hard-state`), segments, torn, snapshots: listSnapshots() }
  }

  const dropSnapshot = (): void => {
    if (!snapshot) return
    fs.closeSync(snapshot.fd)
    fs.rmSync(`${snapshot.path}.tmp`, { force: true })
    snapshot = undefined
  }

  const run = (request: DiskRequest): unknown => {
    switch (request.op) {
      case 'open':
        return open(request.nodeId)
      case 'write': {
        const { hardState, records } = request
        if (hardState) log.guarded(() => files.replace(directory, 'hard-state', hardState))
        if (records) log.append(records)
        return undefined
      }
      case 'compact':
        return log.compact(request.throughIndex)
      case 'reset':
        return log.reset(request.index, request.term)
      case 'close':
        return log.close()
      case 'snapshotBegin': {
        dropSnapshot()
        const path = `${snapshotDirectory}/${request.name}`
        snapshot = { path, fd: fs.openSync(`${path}.tmp`, 'w', 0o600), length: 0 }
        return undefined
      }
      case 'snapshotChunk':
        if (!snapshot) throw new Error('no snapshot is being written')
        files.write(snapshot.fd, snapshot.path, request.bytes, snapshot.length)
        snapshot.length += request.bytes.length
        return undefined
      case 'snapshotEnd': {
        if (!snapshot) throw new Error('no snapshot is being written')
        const { path, fd } = snapshot
        files.flush(fd, path)
        fs.closeSync(fd)
        snapshot = undefined
        fs.renameSync(`${path}.tmp`, path)
        files.flushDirectory(snapshotDirectory)
        for (const name of listSnapshots().slice(request.keep)) fs.rmSync(`${snapshotDirectory}/${name}`)
        return undefined
      }
      case 'snapshotAbort':
        return dropSnapshot()
    }
  }

  parentPort?.on('message', ({ id, request }: { id: number; request: DiskRequest }) => {
    try {
      const value = run(request)
      const transfer = request.op === 'open' ? (value as OpenedDirectory).segments.map((bytes) => bytes.buffer) : []
      parentPort.postMessage({ id, value }, transfer as ArrayBuffer[])
    } catch (error) {
      const known = typeof error === 'object' && error !== null && 'kind' in error
      parentPort.postMessage({ id, failure: known ? error : files.failure('failed', directory, error) })
    }
  })
}

/** Looks different in a bundle that keeps names: every function is wrapped in a helper of the bundler's. */
const sample = () => {
  const kept = () => 0
  return kept
}

/** The worker's program, with a stand-in for that helper. */
export const diskWorkerSource = (): string =>
  [
    `'use strict'; const ${/([\w$]+)\(\(\)\s*=>\s*0/.exec(sample.toString())?.[1] ?? '__name'} = (target) => target;`,
    `(${diskWorkerMain.toString()})(require, (${createCrc32c.toString()})(),`,
    `${createDiskFiles.toString()}, ${createSegmentFormat.toString()}, ${createLogWriter.toString()})`,
  ].join('\n')
