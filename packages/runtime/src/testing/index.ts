/**
 * Stand-ins for the ports of @sd/runtime that make tests fast and repeatable.
 * @packageDocumentation
 */
export { VirtualClock } from './virtual-clock'
export { SeededRandom } from './seeded-random'
export { type LogRecord, RecordingLogger } from './recording-logger'
