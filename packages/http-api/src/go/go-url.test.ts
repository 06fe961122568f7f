import { goQuote } from '@sd/runtime'
import { cleanPath, cleanUrlPath, encodeGoQuery, parseGoQuery, parseTarget } from './go-url'
import { parseGoBool, parseGoUint } from './go-values'

test('query strings are read as url.ParseQuery does', () => {
  expect([...(parseGoQuery('a=1&b&a=2&c=x+y%2Bz&&=v') ?? [])]).toEqual([
    ['a', ['1', '2']],
    ['b', ['']],
    ['c', ['x y+z']],
    ['', ['v']],
  ])
})

test.each(['a=%zz', 'x;y', 'a=%2'])('the query %s is refused', (raw) => {
  expect(parseGoQuery(raw)).toBeUndefined()
})

test('targets are decoded, absolute ones too', () => {
  expect(parseTarget('/v1/kv/a%20b?x=1?')).toEqual({ rawPath: '/v1/kv/a%20b', path: '/v1/kv/a b', rawQuery: 'x=1?' })
  expect(parseTarget('http://h:1/v1/kv/a')).toEqual({ rawPath: '/v1/kv/a', path: '/v1/kv/a', rawQuery: '' })
})

test.each(['v1/kv', '/a%zz', '/a\u0001', '/a b', '/%c3%28', ''])('the target %j is refused', (target) => {
  expect(parseTarget(target)).toBeUndefined()
})

test.each([
  ['/v1/kv/a', '/v1/kv/a'],
  ['/v1//kv/a', '/v1/kv/a'],
  ['/v1/kv/../kv/a', '/v1/kv/a'],
  ['/v1/kv/a/./b/', '/v1/kv/a/b/'],
  ['/..', '/'],
  ['//', '/'],
])('%s is cleaned to %s', (path, cleaned) => {
  expect(cleanUrlPath(path)).toBe(cleaned)
})

test('relative paths are cleaned as path.Clean does', () => {
  expect(['a/../b', '../a', './a', '', 'a//b/'].map(cleanPath)).toEqual(['b', '../a', 'a', '.', 'a/b'])
})

test('queries are written sorted', () => {
  expect(encodeGoQuery(parseGoQuery('b=x y&a=1&a=2&c') ?? new Map())).toBe('a=1&a=2&b=x+y&c=')
})

test('numbers and booleans have the grammar and the words of strconv', () => {
  expect(parseGoUint('18446744073709551615')).toEqual({ value: 18_446_744_073_709_551_615n })
  expect(parseGoUint('18446744073709551616')).toEqual({
    error: 'strconv.ParseUint: parsing "18446744073709551616": value out of range',
  })
  expect(parseGoUint('x')).toEqual({ error: 'strconv.ParseUint: parsing "x": invalid syntax' })
  expect(['1', 'T', 'False', 'yes', '__proto__', ''].map(parseGoBool)).toEqual([
    true,
    true,
    false,
    undefined,
    undefined,
    undefined,
  ])
  expect(goQuote('a"b\n\u0001é')).toBe('"a\\"b\\n\\x01é"')
})
