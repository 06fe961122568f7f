/** Synchronous file access for the disk worker, with the faults that tests inject. */
import type * as nodeFs from 'node:fs'

/** What a disk operation ended with, in a form that crosses threads. */
export interface DiskFailure {
  kind: 'full' | 'failed' | 'corrupt'
  path: string
  errno: string
  message: string
  offset: number
}

/**
 * Cells of the shared array that injects faults: milliseconds that each flush takes longer, bytes that still fit on
 * the disk (-1: no limit), and whether the next flush fails with EIO.
 */
export const FAULT_CELLS = { flushDelayMs: 0, bytesLeft: 1, failFlush: 2 } as const

export type DiskFiles = ReturnType<typeof createDiskFiles>

/** Self-contained: its source text also runs in the disk worker. */
export function createDiskFiles(fs: typeof nodeFs, faults: Int32Array | undefined) {
  const FULL_ERRNOS = ['ENOSPC', 'EDQUOT', 'EFBIG']
  const clock = new Int32Array(new SharedArrayBuffer(4))

  const failure = (kind: DiskFailure['kind'], path: string, error: unknown, offset = 0): DiskFailure => {
    const { code, message } = error as NodeJS.ErrnoException
    return { kind, path, errno: code ?? '', message: message ?? String(error), offset }
  }

  const injectedWrite = (length: number): number => {
    const left = faults ? Atomics.load(faults, 1) : -1
    if (!faults || left < 0) return length
    if (left === 0) throw Object.assign(new Error('ENOSPC: injected'), { code: 'ENOSPC' })
    const fits = Math.min(left, length)
    Atomics.sub(faults, 1, fits)
    return fits
  }

  const isFull = (error: unknown) => FULL_ERRNOS.includes((error as NodeJS.ErrnoException).code ?? '')

  return {
    fs,
    failure,

    /** Writes all of `bytes`; throws `full` or `failed`. */
    write(fd: number, path: string, bytes: Uint8Array, position: number): void {
      try {
        for (let done = 0; done < bytes.length;) {
          done += fs.writeSync(fd, bytes, done, injectedWrite(bytes.length - done), position + done)
        }
      } catch (error) {
        throw failure(isFull(error) ? 'full' : 'failed', path, error)
      }
    },

    /** Flushes the data. A failure is final: the kernel may have dropped the pages that it could not write. */
    flush(fd: number, path: string): void {
      try {
        if (faults) {
          const delayMs = Atomics.load(faults, 0)
          if (delayMs > 0) Atomics.wait(clock, 0, 0, delayMs)
          if (Atomics.load(faults, 2) !== 0) throw Object.assign(new Error('EIO: injected'), { code: 'EIO' })
        }
        fs.fdatasyncSync(fd)
      } catch (error) {
        throw failure('failed', path, error)
      }
    },

    /** Makes created, renamed and removed names durable. */
    flushDirectory(directory: string): void {
      try {
        const fd = fs.openSync(directory, 'r')
        try {
          fs.fsyncSync(fd)
        } finally {
          fs.closeSync(fd)
        }
      } catch (error) {
        throw failure('failed', directory, error)
      }
    },

    /** Puts a whole file in place, durable and at once. */
    replace(directory: string, name: string, bytes: Uint8Array): void {
      const path = `${directory}/${name}`
      let fd: number
      try {
        fd = fs.openSync(`${path}.tmp`, 'w', 0o600)
      } catch (error) {
        throw failure(isFull(error) ? 'full' : 'failed', path, error)
      }
      try {
        this.write(fd, path, bytes, 0)
        this.flush(fd, path)
      } finally {
        fs.closeSync(fd)
      }
      fs.renameSync(`${path}.tmp`, path)
      this.flushDirectory(directory)
    },
  }
}
