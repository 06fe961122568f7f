import type { CheckStatus } from './check-definition'
import { StatusGate } from './status-gate'

const SHORT: Record<string, CheckStatus> = { p: 'passing', w: 'warning', c: 'critical' }

/** Results in, one letter each; what is shown out, '.' for nothing. */
const through = (gate: StatusGate, results: string) =>
  [...results].map((letter) => gate.admit(SHORT[letter] as CheckStatus)?.[0] ?? '.').join('')

test.each([
  ['no thresholds', {}, 'pwcpcw', 'pwcpcw'],
  ['the first result counts', { successBeforePassing: 3, failuresBeforeCritical: 3 }, 'p', 'p'],
  ['the first result counts', { successBeforePassing: 3, failuresBeforeCritical: 3 }, 'c', 'c'],
  ['successes are counted', { successBeforePassing: 3 }, 'cpppp', 'c..pp'],
  ['warnings are successes', { successBeforePassing: 2 }, 'cwpcww', 'c.pc.w'],
  ['a failure starts the count anew', { successBeforePassing: 2 }, 'cpcpp', 'c.c.p'],
  ['failures are counted', { failuresBeforeCritical: 3 }, 'pccccpc', 'p..ccp.'],
  ['warning comes before critical', { failuresBeforeWarning: 2, failuresBeforeCritical: 4 }, 'pccccc', 'p.wwcc'],
  ['warning at once', { failuresBeforeWarning: 1, failuresBeforeCritical: 2 }, 'pcc', 'pwc'],
])('%s (%j): %s becomes %s', (_name, thresholds, results, shown) => {
  expect(through(new StatusGate(thresholds), results)).toBe(shown)
})
