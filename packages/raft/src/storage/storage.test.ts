import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageContract } from '../testing/storage-contract'
import { FileStorage } from './file-storage'
import { MemoryStorage } from './memory-storage'

describe('MemoryStorage', () => {
  storageContract({ test, expect }, async () => {
    const storage = new MemoryStorage()
    return { reopen: () => storage }
  })
})

describe.each([
  ['large', 8 * 1024 * 1024],
  ['tiny', 200],
])('FileStorage with %s segments', (_name, segmentBytes) => {
  storageContract({ test, expect }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sd-raft-'))
    return {
      reopen: () => new FileStorage(directory, { segmentBytes, preallocateBytes: 4096 }),
      dispose: () => rm(directory, { recursive: true }),
    }
  })
})
