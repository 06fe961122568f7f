import { type HclError, isHclError, NESTING_MAX, parseHcl } from './index'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const fault = (text: string | Uint8Array, options = {}): HclError => {
  try {
    parseHcl(text, options)
  } catch (error) {
    if (isHclError(error)) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('parseHcl', () => {
  // Each row was compared with hashicorp/hcl 1.0.1.
  it.each<[string, string, unknown]>([
    ['scalars', 'a = 1\nb = "x"\nc = true\nd = 1.5', { a: 1, b: 'x', c: true, d: 1.5 }],
    ['an empty text', '', {}],
    ['numbers of every base', 'a = 0x1F\nb = 017\nc = -3\nd = 2.5e-3\ne = 0', { a: 31, b: 15, c: -3, d: 0.0025, e: 0 }],
    ['comments of three kinds', '# x\na = 1 // y\n/* z\n */ b = 2', { a: 1, b: 2 }],
    ['a block as a list of one object', 'ports { http = 8500 }', { ports: [{ http: 8500 }] }],
    ['an assigned object as a list of one object', 'ports = { http = 8500 }', { ports: [{ http: 8500 }] }],
    ['repeated blocks as one list', 'a { x = 1 }\na { x = 2 }', { a: [{ x: 1 }, { x: 2 }] }],
    ['labels as keys', 'service "web" "v1" { port = 80 }', { service: [{ web: [{ v1: [{ port: 80 }] }] }] }],
    ['labelled blocks of one name', 'a "x" { p = 1 }\na "y" { p = 2 }', { a: [{ x: [{ p: 1 }] }, { y: [{ p: 2 }] }] }],
    ['objects in a list as objects', 'a = [{ x = 1 }, { y = [1, [2]] }]', { a: [{ x: 1 }, { y: [1, [2]] }] }],
    ['a trailing comma in a list', 'a = [1, 2,]', { a: [1, 2] }],
    ['commas between items', 'a { x = 1, y = 2 }', { a: [{ x: 1, y: 2 }] }],
    ['a repeated list, appended', 'a = [1]\na = [2]', { a: [1, 2] }],
    ['a repeated scalar, of which the last counts', 'a = "x"\na = "y"', { a: 'y' }],
    ['a repeated number, typed by the first', 'a = "1"\na = 2\nb = 1\nb = "3"', { a: '2', b: 3 }],
    ['quoted and dotted keys', '"a b" = 1\nx.y-z = 2', { 'a b': 1, 'x.y-z': 2 }],
    ['escapes', String.raw`a = "\n\t\"\\\x41\u00e9\101\xc3\xa9"`, { a: '\n\t"\\AéAé' }],
    ['interpolations as they are', String.raw`a = "${'$'}{f("x\n")} \n"`, { a: '${f("x\\n")} \n' }],
    ['a heredoc', 'a = <<EOF\none\n  two\nEOF\n', { a: 'one\n  two\n' }],
    ['an indented heredoc', 'a = <<-EOF\n    one\n      two\n    EOF\n', { a: 'one\n  two\n' }],
    ['an indented heredoc with a line further left', 'a = <<-EOF\n  one\n two\n    EOF\n', { a: '  one\n two\n' }],
    ['Windows line ends', 'a = <<EOF\r\none\r\nEOF\r\nb = 1\r\n', { a: 'one\n', b: 1 }],
    ['a key whose value the end cut off', 'a = 1\nb =', { a: 1 }],
    ['a byte order mark in a string', 'a = "\ufeffx"', { a: '\ufeffx' }],
    ['JSON', '{"a": {"b": 1}, "c": [1, 2]}', { a: [{ b: 1 }], c: [1, 2] }],
    ['JSON objects of objects as blocks', '{"key": {"": {"policy": "read"}}}', { key: [{ '': [{ policy: 'read' }] }] }],
    ['JSON null as an empty text', '{"a": null}', { a: '' }],
    ['JSON without its last brace', '{"a": 1', { a: 1 }],
  ])('reads %s', (_name, text, expected) => {
    expect(plain(parseHcl(text))).toEqual(expected)
  })

  // Each row was compared with hashicorp/hcl 1.0.1.
  it.each<[string, string]>([
    ['a = "x', 'At 1:7: literal not terminated'],
    ['a = 1\n  b = $', 'At 2:7: illegal char'],
    ['a {', 'At 1:5: object expected closing RBRACE got: EOF'],
    ['a', "At 1:3: key 'a' expected start of object ('{') or assignment ('=')"],
    ['a b = 1', 'At 1:5: nested object expected: LBRACE got: ASSIGN'],
    ['= 1', 'At 1:1: no object keys found!'],
    ['a = b', 'At 1:5: Unknown token: 1:5 IDENT b'],
    ['a { { } }', 'At 1:5: expected: IDENT | STRING got: LBRACE'],
    ['1 = 2', 'At 1:1: expected: IDENT | STRING | ASSIGN | LBRACE got: NUMBER'],
    ['a = [1 2]', 'At 1:8: error parsing list, expected comma or list end, got: NUMBER'],
    ['a = [b]', 'At 1:6: unexpected token while parsing list: IDENT'],
    [
      'a = [{ b }]',
      "At 1:6: error while trying to parse object within list: At 1:10: key 'b' expected start of object ('{') or assignment ('=')",
    ],
    ['a = <<EOF\nx', 'At 2:2: heredoc not terminated'],
    ['a = <<\n', 'At 1:7: zero-length heredoc anchor'],
    ['a = <X', "At 1:6: heredoc expected second '<', didn't see it"],
    ['/* a', 'At 1:5: comment not terminated'],
    ['a = 018', 'At 1:8: illegal octal number'],
    ['a = 08', 'strconv.ParseInt: parsing "08": invalid syntax'],
    ['a = 0x', 'At 1:7: illegal hexadecimal number'],
    ['a = "\\q"', 'At 1:7: illegal char escape'],
    ['a = 1\u0000', 'At 1:6: unexpected null character (0x00)'],
    ['a = true\na = "x"', 'At 2:5: root.a: unknown type *ast.LiteralType'],
    ['a = "x"\na = [1]', 'At 2:5: root.a: unknown type for string *ast.ListType'],
    ['a {}\na = 1', 'At 2:5: unknown slice type: *ast.LiteralType'],
    ['a {}\na = [1]', 'At 2:6: root.a[0]: not an object type for map (*ast.LiteralType)'],
    ['a "x" {}\na {}', 'At -: root.a[1]: map must have string keys'],
    ['a = 99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['a = 1e999', 'strconv.ParseFloat: parsing "1e999": value out of range'],
    ['{"a": tru}', '1:9: illegal char'],
    ['{"a": 01}', '1:8: numbers cannot start with 0'],
    ['{"a" 1}', 'expected: STRING got: NUMBER'],
  ])('refuses %j in the words of HCL', (text, message) => {
    expect(fault(text).message).toBe(message)
  })

  it('tells line and column, counting characters and not bytes', () => {
    const error = fault('# é😀\né😀é = "x" $')
    expect({ code: error.code, line: error.line, column: error.column }).toEqual({
      code: 'HCL_SYNTAX',
      line: 2,
      column: 2,
    })
    expect(fault('a = true\n\n  a = 1')).toMatchObject({ code: 'HCL_VALUE', line: 3, column: 7 })
  })

  it('refuses repeated assignments on request, but not repeated blocks', () => {
    expect(fault('a = 1\na = 2', { refuseDuplicates: true }).message).toBe(
      'The argument "a" at 2:1 was already set. Each argument can only be defined once',
    )
    expect(plain(parseHcl('a {}\na {}', { refuseDuplicates: true }))).toEqual({ a: [{}, {}] })
  })

  it('gives objects without a prototype, so that no key can reach one', () => {
    const root = parseHcl('__proto__ { polluted = true }\nconstructor = 1\na "__proto__" { b = 1 }')
    expect(Object.getPrototypeOf(root)).toBeNull()
    expect(Object.keys(root)).toEqual(['__proto__', 'constructor', 'a'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.keys(parseHcl('{"__proto__": {"polluted": true}}'))).toEqual(['__proto__'])
  })

  it('refuses bytes that are not UTF-8 and says where', () => {
    expect(fault(Buffer.from([0x61, 0x0a, 0xc3, 0xa9, 0x20, 0xff, 0x20])).message).toBe(
      'At 2:3: illegal UTF-8 encoding',
    )
    expect(fault(Buffer.from([0x61, 0xe2, 0x82])).message).toBe('At 1:2: illegal UTF-8 encoding')
    expect(plain(parseHcl(Buffer.from('é = "ü"')))).toEqual({ é: 'ü' })
  })

  it('refuses what nests too deep, however it is written', () => {
    const deep = 100_000
    for (const text of [
      'a = ' + '['.repeat(deep),
      'a {'.repeat(deep),
      'a = ['.concat('{ a = ['.repeat(deep)),
      'a ' + 'b '.repeat(deep) + '{}',
      '{"a":'.repeat(deep),
      '{"a": [' + '{"a": ['.repeat(deep),
      '{' + '"a" '.repeat(deep) + ': {}}',
    ]) {
      expect(fault(text).message).toContain(`nested deeper than ${NESTING_MAX} levels`)
    }
    expect(() => parseHcl('a = ' + '['.repeat(NESTING_MAX - 2) + ']'.repeat(NESTING_MAX - 2))).not.toThrow()
  })

  it('reads ten thousand labelled blocks without effort', () => {
    const text = Array.from({ length: 10_000 }, (_, i) => `service "s${i}" { port = ${i} }`).join('\n')
    expect(parseHcl(text)['service']).toHaveLength(10_000)
  })
})
