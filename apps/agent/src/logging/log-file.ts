/** The log in a file that is rotated by size and age (log_file, log_rotate_bytes, log_rotate_duration, log_rotate_max_files). */
import { type FileHandle, mkdir, open, readdir, rename, unlink } from 'node:fs/promises'
import path from 'node:path'
import { type Clock, errorMessage, SdError } from '@sd/runtime'
import type { LogSink } from './log-writer'

export interface LogFileOptions {
  /** Age at which a file is put away. @defaultValue 24 hours */
  rotateDurationMs?: number
  /** Size at which a file is put away; 0 for any size. @defaultValue 0 */
  rotateBytes?: number
  /** Files that were put away and are kept: 0 for all, less than 0 for none. @defaultValue 0 */
  rotateMaxFiles?: number
  /** Bytes that may wait for the disk before lines are dropped. @defaultValue 4 MiB */
  pendingBytesMax?: number
}

const DAY_MS = 86_400_000

/** `LOG_FILE_OPEN`: the file can not be written; the next step is in the message. */
export class LogFileError extends SdError<'LOG_FILE_OPEN'> {
  constructor(message: string, cause: unknown) {
    super('LOG_FILE_OPEN', message, { cause })
  }
}

/**
 * Writes never wait: lines are collected and go to the disk together. While the disk fails or is full, lines are
 * dropped and counted; writing resumes when it can.
 */
export class LogFile implements LogSink {
  readonly #clock: Clock
  readonly #directory: string
  readonly #name: string
  readonly #options: Required<LogFileOptions>
  #handle: FileHandle | undefined
  #openedAt = 0
  #writtenBytes = 0
  #pending: string[] = []
  #pendingBytes = 0
  #dropped = 0
  #flushing: Promise<void> | undefined

  constructor(ports: { clock: Clock }, file: string, options: LogFileOptions = {}) {
    this.#clock = ports.clock
    this.#directory = file.endsWith('/') ? file : path.dirname(file)
    this.#name = file.endsWith('/') ? 'consul.log' : path.basename(file)
    this.#options = {
      rotateDurationMs: options.rotateDurationMs || DAY_MS,
      rotateBytes: options.rotateBytes ?? 0,
      rotateMaxFiles: options.rotateMaxFiles ?? 0,
      pendingBytesMax: options.pendingBytesMax ?? 4 * 1024 * 1024,
    }
  }

  /** Opens the file, so that a wrong path is found before anything runs. Throws {@link LogFileError}. */
  async start(): Promise<void> {
    try {
      await mkdir(this.#directory, { recursive: true })
      await this.#prune()
      await this.#open()
    } catch (error) {
      throw new LogFileError(`Failed to setup logging: ${errorMessage(error)}`, error)
    }
  }

  /** Lines that were not written. */
  get dropped(): number {
    return this.#dropped
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#pendingBytes + bytes > this.#options.pendingBytesMax) {
      this.#dropped++
      return
    }
    this.#pending.push(line)
    this.#pendingBytes += bytes
    this.#flushing ??= this.#flush().finally(() => (this.#flushing = undefined))
  }

  /** Resolves when nothing waits for the disk. */
  async idle(): Promise<void> {
    while (this.#flushing) await this.#flushing
  }

  /** Writes what waits and closes the file. */
  async stop(): Promise<void> {
    await this.idle()
    await this.#handle?.close()
    this.#handle = undefined
  }

  async #flush(): Promise<void> {
    // Lines of the same turn go together.
    await Promise.resolve()
    while (this.#pending.length > 0) {
      const lines = this.#pending
      this.#pending = []
      this.#pendingBytes = 0
      try {
        await this.#rotateWhenDue()
        const text = lines.join('')
        await this.#handle?.appendFile(text)
        this.#writtenBytes += Buffer.byteLength(text)
      } catch {
        this.#dropped += lines.length
      }
    }
  }

  async #rotateWhenDue(): Promise<void> {
    if (!this.#handle) return this.#open()
    const { rotateBytes, rotateDurationMs } = this.#options
    const isFull = rotateBytes > 0 && this.#writtenBytes >= rotateBytes
    const now = this.#clock.now()
    if (!isFull && now - this.#openedAt < rotateDurationMs) return
    await this.#handle.close()
    this.#handle = undefined
    const { prefix, extension } = this.#pattern()
    await rename(
      path.join(this.#directory, this.#name),
      path.join(this.#directory, await this.#freeName(prefix, extension, now)),
    )
    await this.#prune()
    await this.#open()
  }

  /** Names carry nanoseconds, as Consul's do; two rotations in one millisecond must not meet. */
  async #freeName(prefix: string, extension: string, now: number): Promise<string> {
    const taken = new Set(await readdir(this.#directory))
    for (let nanoseconds = BigInt(Math.trunc(now)) * 1_000_000n; ; nanoseconds++) {
      const name = `${prefix}${nanoseconds}${extension}`
      if (!taken.has(name)) return name
    }
  }

  async #open(): Promise<void> {
    this.#handle = await open(path.join(this.#directory, this.#name), 'a', 0o640)
    const facts = await this.#handle.stat()
    this.#openedAt = facts.size === 0 ? this.#clock.now() : facts.birthtimeMs || facts.ctimeMs
    this.#writtenBytes = 0
  }

  async #prune(): Promise<void> {
    const { rotateMaxFiles } = this.#options
    if (rotateMaxFiles === 0) return
    const { prefix, extension } = this.#pattern()
    const old = (await readdir(this.#directory))
      .filter((name) => name !== this.#name && name.startsWith(prefix) && name.endsWith(extension))
      .sort()
    const surplus = rotateMaxFiles < 0 ? old : old.slice(0, Math.max(0, old.length - rotateMaxFiles))
    for (const name of surplus) await unlink(path.join(this.#directory, name))
  }

  #pattern(): { prefix: string; extension: string } {
    const extension = path.extname(this.#name) || '.log'
    const stem = this.#name.endsWith(extension) ? this.#name.slice(0, -extension.length) : this.#name
    return { prefix: `${stem}-`, extension }
  }
}
