import { formatDuration, parseDuration } from './duration'

describe('durations', () => {
  test.each([
    ['0', 0],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['-2m', -120_000],
    ['.5s', 500],
    ['1h0m0.001s', 3_600_001],
    ['100us', 0.1],
  ])('%s is %d ms', (text, expected) => {
    expect(parseDuration(text)).toBeCloseTo(expected, 6)
  })

  test.each([
    ['', 'time: invalid duration ""'],
    ['10', 'time: missing unit in duration "10"'],
    ['10x', 'time: unknown unit "x" in duration "10x"'],
    ['10sx', 'time: unknown unit "sx" in duration "10sx"'],
    ['abc', 'time: invalid duration "abc"'],
    ['1s-', 'time: unknown unit "s-" in duration "1s-"'],
  ])('%j is refused with the words of Go', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message)
  })

  test.each([
    [0, '0s'],
    [90_000, '1m30s'],
    [3_600_000, '1h0m0s'],
    [1_500, '1.5s'],
    [100, '100ms'],
    [1.5, '1.5ms'],
    [0.0015, '1.5µs'],
    [0.000001, '1ns'],
    [-10_000, '-10s'],
  ])('%d ms is written %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text)
  })
})
