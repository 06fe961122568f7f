import { goQuote, goQuoteRune } from './go-quote'

test.each([
  ['plain text', '"plain text"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['\u0000\u0007\n\u007f', '"\\x00\\a\\n\\x7f"'],
  ['é €', '"é €"'],
  ['\u00a0\u200b\u{e0001}', '"\\u00a0\\u200b\\U000e0001"'],
  ['\u{1f600}\ud800', '"\u{1f600}\ufffd"'],
])('%j is quoted as Go does', (text, expected) => {
  expect(goQuote(text)).toBe(expected)
})

test('a character has single quotes', () => {
  expect([goQuoteRune('"'), goQuoteRune("'"), goQuoteRune('\n')]).toEqual([`'"'`, `'\\''`, `'\\n'`])
})
