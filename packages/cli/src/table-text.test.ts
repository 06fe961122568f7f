import { columns, tabbed } from './table-text'

describe('columns', () => {
  it('pads every cell but the last, by code points', () => {
    expect(columns([['a', 'bb', 'c'], ['äöü', '', 'd'], ['x']])).toBe('a    bb  c\näöü      d\nx')
  })
})

describe('tabbed', () => {
  it('aligns neighbouring lines that have the column', () => {
    expect(tabbed('a\tb\nlong\tc')).toBe('a         b\nlong      c')
    expect(tabbed('a\tb\nno cell\nlong\tc')).toBe('a      b\nno cell\nlong      c')
    expect(tabbed('a\tb\tc\nd\te\tf\ng\th')).toBe('a      b      c\nd      e      f\ng      h')
    expect(tabbed('a\t')).toBe('a')
    expect(tabbed('')).toBe('')
  })
})
