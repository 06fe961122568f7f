import { isGraceful } from './signals'

test.each([
  ['SIGINT', { leaveOnTerminate: false, skipLeaveOnInterrupt: true }, false],
  ['SIGINT', { leaveOnTerminate: false, skipLeaveOnInterrupt: false }, true],
  ['SIGTERM', { leaveOnTerminate: false, skipLeaveOnInterrupt: false }, false],
  ['SIGTERM', { leaveOnTerminate: true, skipLeaveOnInterrupt: true }, true],
] as const)('%s with %j leaves: %s', (signal, plan, expected) => {
  expect(isGraceful(signal, plan)).toBe(expected)
})
