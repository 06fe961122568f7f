/** Live log for /v1/agent/monitor: each watcher has its own level, form and bounded queue. */
import type { LogLevel } from '@sd/runtime'
import { formatJson, formatText, type LogRecord } from './log-format'
import { LEVEL_RANK } from './log-level'
import type { LogWriter } from './log-writer'

export interface LogMonitorOptions {
  /** Lines a slow watcher may lag behind before new ones are dropped. @defaultValue 512 (Consul's) */
  queueMax?: number
  /** Records kept for `recent`. @defaultValue 512 */
  recentMax?: number
}

export interface WatchOptions {
  /** @defaultValue 'info' */
  level?: LogLevel
  /** @defaultValue false */
  json?: boolean
  signal?: AbortSignal
}

/** Lines as they come; ends when it is closed or its signal aborts. */
export interface LogWatch extends AsyncIterable<string> {
  /** Lines that were not delivered because the watcher was too slow. */
  readonly dropped: number
  /** Everything that waits, as one text; empty when nothing does. */
  take(): string
  close(): void
}

export class LogMonitor {
  readonly #writer: LogWriter
  readonly #queueMax: number
  readonly #recent: LogRecord[] = []
  readonly #recentMax: number
  #next = 0

  constructor(writer: LogWriter, options: LogMonitorOptions = {}) {
    this.#writer = writer
    this.#queueMax = options.queueMax ?? 512
    this.#recentMax = options.recentMax ?? 512
    const keep = (record: LogRecord) => this.#keep(record)
    // Follows the writer's own level, so that keeping costs nothing extra.
    writer.observe({
      get level() {
        return writer.level
      },
      observe: keep,
    })
  }

  /** The last records that were written, oldest first, as lines. */
  recent(options: { level?: LogLevel; json?: boolean } = {}): string[] {
    const least = LEVEL_RANK[options.level ?? 'trace']
    const format = options.json ? formatJson : formatText
    const ordered = [...this.#recent.slice(this.#next), ...this.#recent.slice(0, this.#next)]
    return ordered.filter((record) => LEVEL_RANK[record.level] >= least).map(format)
  }

  watch(options: WatchOptions = {}): LogWatch {
    return new Watch(this.#writer, this.#queueMax, options)
  }

  #keep(record: LogRecord): void {
    this.#recent[this.#next] = record
    this.#next = (this.#next + 1) % this.#recentMax
  }
}

class Watch implements LogWatch {
  readonly level: LogLevel
  readonly #format: (record: LogRecord) => string
  readonly #queueMax: number
  readonly #stop: () => void
  #queue: string[] = []
  #dropped = 0
  #isClosed = false
  #wake: (() => void) | undefined

  constructor(writer: LogWriter, queueMax: number, options: WatchOptions) {
    this.level = options.level ?? 'info'
    this.#format = options.json ? formatJson : formatText
    this.#queueMax = queueMax
    this.#stop = writer.observe(this)
    options.signal?.addEventListener('abort', () => this.close(), { once: true })
    if (options.signal?.aborted) this.close()
  }

  get dropped(): number {
    return this.#dropped
  }

  observe(record: LogRecord): void {
    if (this.#queue.length >= this.#queueMax) {
      this.#dropped++
      return
    }
    this.#queue.push(this.#format(record))
    this.#wake?.()
  }

  take(): string {
    const text = this.#queue.join('')
    this.#queue = []
    return text
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#stop()
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    try {
      for (;;) {
        const line = this.#queue.shift()
        if (line !== undefined) yield line
        else if (this.#isClosed) return
        else await new Promise<void>((resolve) => (this.#wake = resolve))
      }
    } finally {
      this.close()
    }
  }
}
