/** The agent's log: Consul's lines, to streams, rotated files and monitors. */
export { formatJson, formatText, type LogRecord } from './log-format'
export { LogFile, LogFileError, type LogFileOptions } from './log-file'
export { parseLogLevel, unknownLevelMessage } from './log-level'
export { LogMonitor, type LogMonitorOptions, type LogWatch, type WatchOptions } from './log-monitor'
export { type LogObserver, type LogSink, LogWriter, type LogWriterOptions } from './log-writer'
export { StreamSink, type StreamSinkOptions } from './stream-sink'
