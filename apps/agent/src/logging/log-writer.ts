/** The agent's logger: records go to its sinks as lines, and to whoever monitors. */
import type { Clock, LogFields, Logger, LogLevel } from '@sd/runtime'
import { formatJson, formatText, type LogRecord } from './log-format'
import { LEVEL_RANK } from './log-level'

/** Takes finished lines. Must not throw and must not wait. */
export interface LogSink {
  write(line: string): void
}

/** Sees records before they become lines, at its own level. */
export interface LogObserver {
  readonly level: LogLevel
  observe(record: LogRecord): void
}

export interface LogWriterOptions {
  /** @defaultValue 'info' */
  level?: LogLevel
  /** JSON instead of text. @defaultValue false */
  json?: boolean
  /** The name of the root logger. @defaultValue 'agent' */
  component?: string
}

/** What the loggers of one tree share. */
class Core {
  level: LogLevel
  /** The lowest level that anybody wants; records below it cost one comparison. */
  threshold = 0
  readonly observers = new Set<LogObserver>()

  constructor(
    readonly clock: Clock,
    readonly sinks: readonly LogSink[],
    readonly isJson: boolean,
    level: LogLevel,
  ) {
    this.level = level
    this.updateThreshold()
  }

  updateThreshold(): void {
    this.threshold = LEVEL_RANK[this.level]
    for (const observer of this.observers) this.threshold = Math.min(this.threshold, LEVEL_RANK[observer.level])
  }

  log(level: LogLevel, component: string, message: string, fields: LogFields | undefined): void {
    const rank = LEVEL_RANK[level]
    if (rank < this.threshold) return
    const record: LogRecord = { at: this.clock.now(), level, component, message, fields }
    if (rank >= LEVEL_RANK[this.level] && this.sinks.length > 0) {
      const line = this.isJson ? formatJson(record) : formatText(record)
      for (const sink of this.sinks) sink.write(line)
    }
    for (const observer of this.observers) {
      if (rank >= LEVEL_RANK[observer.level]) observer.observe(record)
    }
  }
}

export class LogWriter implements Logger {
  readonly #core: Core
  readonly #component: string

  constructor(ports: { clock: Clock; sinks: readonly LogSink[] }, options?: LogWriterOptions)
  constructor(parent: LogWriter, component: string)
  constructor(from: { clock: Clock; sinks: readonly LogSink[] } | LogWriter, options: LogWriterOptions | string = {}) {
    if (from instanceof LogWriter) {
      this.#core = from.#core
      this.#component = from.#component === '' ? String(options) : `${from.#component}.${String(options)}`
      return
    }
    const { level = 'info', json = false, component = 'agent' } = typeof options === 'string' ? {} : options
    this.#core = new Core(from.clock, from.sinks, json, level)
    this.#component = component
  }

  trace(message: string, fields?: LogFields): void {
    this.#core.log('trace', this.#component, message, fields)
  }

  debug(message: string, fields?: LogFields): void {
    this.#core.log('debug', this.#component, message, fields)
  }

  info(message: string, fields?: LogFields): void {
    this.#core.log('info', this.#component, message, fields)
  }

  warn(message: string, fields?: LogFields): void {
    this.#core.log('warn', this.#component, message, fields)
  }

  error(message: string, fields?: LogFields): void {
    this.#core.log('error', this.#component, message, fields)
  }

  child(component: string): LogWriter {
    return new LogWriter(this, component)
  }

  get level(): LogLevel {
    return this.#core.level
  }

  /** For the whole tree, as a reload does. */
  setLevel(level: LogLevel): void {
    this.#core.level = level
    this.#core.updateThreshold()
  }

  /** Returns how to stop observing. */
  observe(observer: LogObserver): () => void {
    this.#core.observers.add(observer)
    this.#core.updateThreshold()
    return () => {
      this.#core.observers.delete(observer)
      this.#core.updateThreshold()
    }
  }
}
