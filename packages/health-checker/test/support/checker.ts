import { RecordingLogger, SeededRandom, VirtualClock } from '@sd/runtime/testing'
import { HealthChecker } from '../../src/health-checker'
import type { HealthCheckerOptions } from '../../src/options'
import type { StatusSource } from '../../src/status-source'

export const seed = Number(process.env['FUZZ_SEED'] ?? 1)
const checkers: HealthChecker[] = []

afterEach(async () => {
  // A stop on virtual time would wait for ever if it had to wait; none of these should.
  await Promise.all(checkers.splice(0).map((checker) => checker.stop()))
})

/** A checker on virtual time, with what it emits as lines. */
export function setUp(options: HealthCheckerOptions = {}, statusSource?: StatusSource) {
  const clock = new VirtualClock()
  const logger = new RecordingLogger()
  const checker = new HealthChecker({ clock, random: new SeededRandom(seed), logger, statusSource }, options)
  checkers.push(checker)
  const log: string[] = []
  checker.on('statusChanged', ({ checkId, from, to, output }) => log.push(`${checkId}: ${from} > ${to}: ${output}`))
  checker.on('outputChanged', ({ checkId, status, output }) => log.push(`${checkId}: ${status}: ${output}`))
  checker.on('criticalTooLong', ({ checkId, criticalForMs, limitMs }) =>
    log.push(`${checkId}: critical for ${criticalForMs}, limit ${limitMs}`),
  )
  return { clock, logger, checker, log }
}
