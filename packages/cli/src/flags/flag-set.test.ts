import { booleanFlag, durationFlag, FlagSet, integerFlag, listFlag, mapFlag, stringFlag, unsignedFlag } from './index'

const flags = new FlagSet({
  server: booleanFlag('Switches agent to server mode.'),
  quiet: booleanFlag('Say nothing.', false),
  node: stringFlag('Name of this node.'),
  'config-format': stringFlag('Format.', ''),
  'dns-port': integerFlag('DNS port to use.'),
  n: integerFlag('Limit.', 1),
  'modify-index': unsignedFlag('Index.', 0),
  wait: unsignedFlag('Wait.'),
  timeout: durationFlag('Timeout.', 0),
  rotate: durationFlag('Rotation.'),
  'config-file': listFlag('File.'),
  meta: mapFlag('Meta.'),
  'node-meta': mapFlag('Node meta, of the format `key:value`.', { separator: ':' }),
})

const refusal = (...argv: string[]): string => {
  try {
    flags.parse(argv)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error(`accepted ${argv.join(' ')}`)
}

describe('FlagSet', () => {
  it('takes one dash or two, an equals sign or the next word', () => {
    for (const argv of [['-node', 'n1'], ['--node', 'n1'], ['-node=n1'], ['--node=n1']]) {
      expect(flags.parse(argv).values.node).toBe('n1')
    }
    expect(flags.parse(['-node=a=b']).values.node).toBe('a=b')
    expect(flags.parse(['-node=']).values.node).toBe('')
    expect(flags.parse(['-node', '-server']).values.node).toBe('-server')
  })

  it('leaves a flag that is not given undefined, or at its default', () => {
    const { values, given } = flags.parse([])
    expect([values.server, values.quiet, values.node, values['config-format'], values.n]).toEqual([
      undefined,
      false,
      undefined,
      '',
      1,
    ])
    expect(values['config-file']).toEqual([])
    expect([...given]).toEqual([])
  })

  it('gives a boolean no next word', () => {
    const { values, args } = flags.parse(['-server', 'false'])
    expect(values.server).toBe(true)
    expect(args).toEqual(['false'])
    expect(flags.parse(['-server=false']).values.server).toBe(false)
    expect(flags.parse(['-server=T']).values.server).toBe(true)
  })

  it('stops at the first word that is not a flag, at a lone dash and after two dashes', () => {
    expect(flags.parse(['-n=3', 'key', '-server']).args).toEqual(['key', '-server'])
    expect(flags.parse(['-', '-server']).args).toEqual(['-', '-server'])
    expect(flags.parse(['-server', '--', '-n', '2']).args).toEqual(['-n', '2'])
    expect(flags.parse(['']).args).toEqual([''])
  })

  it('collects repeated flags in their order and lets the last scalar win', () => {
    const { values } = flags.parse(['-config-file', 'a', '-n', '1', '-config-file=b', '-n', '2'])
    expect(values['config-file']).toEqual(['a', 'b'])
    expect(values.n).toBe(2)
    expect(flags.parse([]).values['config-file']).toEqual([])
  })

  it('reads key and value pairs', () => {
    const { values } = flags.parse(['-meta', 'a=b=c', '-meta=a=d', '-node-meta', 'k:v:w', '-node-meta', 'bare'])
    expect([...values.meta]).toEqual([['a', 'd']])
    expect([...values['node-meta']]).toEqual([
      ['k', 'v:w'],
      ['bare', ''],
    ])
  })

  it('reads numbers and durations as Go does', () => {
    const read = flags.parse([
      '-n=0x10',
      '-modify-index',
      '1_000',
      '-timeout=1m30s',
      '-dns-port',
      '-1',
      '-rotate',
      '24h',
    ])
    expect(read.values.n).toBe(16)
    expect(read.values['modify-index']).toBe(1000)
    expect(read.values.timeout).toBe(90_000)
    expect(read.values['dns-port']).toBe(-1)
    expect(read.values.rotate).toBe(86_400_000)
    expect(flags.parse(['-n=010']).values.n).toBe(8)
  })

  it.each([
    [['-foo'], 'flag provided but not defined: -foo'],
    [['--foo=1'], 'flag provided but not defined: -foo'],
    [['-constructor'], 'flag provided but not defined: -constructor'],
    [['-__proto__=1'], 'flag provided but not defined: -__proto__'],
    [['-dns-port'], 'flag needs an argument: -dns-port'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-=x'], 'bad flag syntax: -=x'],
    [
      ['-server=maybe'],
      'invalid boolean value "maybe" for -server: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [['-quiet=maybe'], 'invalid boolean value "maybe" for -quiet: parse error'],
    [['-dns-port=x'], 'invalid value "x" for flag -dns-port: strconv.Atoi: parsing "x": invalid syntax'],
    [['-dns-port=0x10'], 'invalid value "0x10" for flag -dns-port: strconv.Atoi: parsing "0x10": invalid syntax'],
    [
      ['-dns-port=99999999999999999999'],
      'invalid value "99999999999999999999" for flag -dns-port: strconv.Atoi: parsing "99999999999999999999": value out of range',
    ],
    [['-n=1x'], 'invalid value "1x" for flag -n: parse error'],
    [['-n=9999999999999999999999'], 'invalid value "9999999999999999999999" for flag -n: value out of range'],
    [['-modify-index=-3'], 'invalid value "-3" for flag -modify-index: parse error'],
    [['-wait=x'], 'invalid value "x" for flag -wait: strconv.ParseUint: parsing "x": invalid syntax'],
    [['-timeout=3x'], 'invalid value "3x" for flag -timeout: parse error'],
    [['-rotate=3'], 'invalid value "3" for flag -rotate: time: missing unit in duration "3"'],
    [['-meta', 'foo'], 'invalid value "foo" for flag -meta: Missing "=" value in argument: foo'],
    [['-n=a\n"b\x00'], 'invalid value "a\\n\\"b\\x00" for flag -n: parse error'],
  ])('refuses %j in the words of Go', (argv, message) => {
    expect(refusal(...argv)).toBe(message)
  })

  it('tells a request for help from a mistake', () => {
    for (const word of ['-h', '--help', '-help']) {
      expect(() => flags.parse(['-server', word])).toThrow(expect.objectContaining({ code: 'FLAGS_HELP' }))
    }
    expect(() => flags.parse(['-x'])).toThrow(expect.objectContaining({ code: 'FLAGS_INVALID' }))
    expect(new FlagSet({ h: booleanFlag('Height.', false) }).parse(['-h']).values.h).toBe(true)
  })
})
