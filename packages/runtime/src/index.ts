/**
 * What every @sd package shares: time, randomness, logging and metrics as ports, one lifecycle, coded errors, Go durations.
 * @packageDocumentation
 */
export { type Clock, type Timer, sleep } from './clock'
export { systemClock } from './system-clock'
export { type Random, randomInteger, randomUuid, shuffle } from './random'
export { systemRandom } from './system-random'
export { formatDuration, InvalidDurationError, parseDuration } from './duration'
export { goQuote, goQuoteRune } from './go-quote'
export { type Logger, type LogFields, type LogLevel, silentLogger } from './logger'
export { type MetricLabels, type Metrics, noMetrics } from './metrics'
export { type Service, type ServiceState } from './service'
export { ServiceStack } from './service-stack'
export { errorMessage, isSdError, SdError, type SdErrorOptions } from './error'
export { invariant, InvariantError } from './invariant'
export { Emitter } from './emitter'
