import type { LogFields, Logger, LogLevel } from '../logger'

export interface LogRecord {
  level: LogLevel
  component: string
  message: string
  fields: LogFields
}

/** Keeps what was logged, children included, in `records`. */
export class RecordingLogger implements Logger {
  constructor(
    readonly records: LogRecord[] = [],
    readonly component = '',
  ) {}

  trace = (message: string, fields: LogFields = {}) => this.#record('trace', message, fields)
  debug = (message: string, fields: LogFields = {}) => this.#record('debug', message, fields)
  info = (message: string, fields: LogFields = {}) => this.#record('info', message, fields)
  warn = (message: string, fields: LogFields = {}) => this.#record('warn', message, fields)
  error = (message: string, fields: LogFields = {}) => this.#record('error', message, fields)

  child(component: string): RecordingLogger {
    return new RecordingLogger(this.records, this.component ? `${this.component}.${component}` : component)
  }

  #record(level: LogLevel, message: string, fields: LogFields): void {
    this.records.push({ level, component: this.component, message, fields })
  }
}
