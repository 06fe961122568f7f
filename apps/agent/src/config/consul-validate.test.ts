import { loadCases, validateText } from './testing/validate-text'

/**
 * What Consul 1.22.3 said to each text (`consul validate`), recorded. Differences on purpose are not in the list:
 * Go lists unknown keys in random order, and reports some address faults twice.
 */
describe('a configuration that Consul was asked about', () => {
  it.each(loadCases())('gets the same answer: $format $text', ({ format, text, stdout, stderr }) => {
    expect(validateText(format, text)).toEqual({ stdout, stderr })
  })
})
