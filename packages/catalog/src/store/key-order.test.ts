import { equalFold, keyOrder, lower } from './key-order'

describe('key order', () => {
  it('is that of UTF-8 bytes', () => {
    const keys = [
      '',
      'a',
      'a/',
      'a/b',
      'a0',
      'Z',
      'é',
      '\u07ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
      '\ud7ff',
      'a\u{1f600}b',
    ]
    const byBytes = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    const byOrder = [...keys].sort((a, b) => (keyOrder(a) < keyOrder(b) ? -1 : 1))
    expect(byOrder).toEqual(byBytes)
  })

  it('lowers letters as Go does, without looking at their neighbours', () => {
    expect(lower('ΟΔΟΣ')).toBe('οδοσ')
    expect(lower('Node-É')).toBe('node-é')
    expect(lower('İ')).toBe('i')
    expect(equalFold('Node1', 'nODE1')).toBe(true)
  })
})
