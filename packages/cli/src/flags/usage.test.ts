import { booleanFlag, FlagSet, integerFlag, mapFlag, stringFlag } from './index'
import { wrapText } from './wrap-text'

const flags = new FlagSet({
  token: stringFlag(
    'The secret that is sent with the request. When neither this flag nor the variable CONSUL_HTTP_TOKEN is set, the ' +
      'agent that is asked uses its own.',
  ),
  'http-addr': stringFlag('The `address` and port of the agent, as in 127.0.0.1:8500 or https://host:8501.'),
  shell: booleanFlag('Runs the command through the shell that the SHELL environment variable names.', true),
  n: integerFlag('Limit on holders.', 1),
  name: stringFlag('Optional name.', ''),
  style: stringFlag('Style.', 'plain'),
  v: booleanFlag('Verbose.', false),
  'node-meta': mapFlag('A pair of the format `key:value`.', { separator: ':' }),
})

describe('usage', () => {
  it('has the layout of consul lock -h', () => {
    expect(flags.usage('\nUsage: consul lock [options] prefix child...\n\n  Acquires a lock.\n')).toBe(
      [
        'Usage: consul lock [options] prefix child...',
        '',
        '  Acquires a lock.',
        '',
        'HTTP API Options',
        '',
        '  -http-addr=<address>',
        '     The `address` and port of the agent, as in 127.0.0.1:8500 or',
        '     https://host:8501.',
        '',
        '  -token=<value>',
        '     The secret that is sent with the request. When neither this flag',
        '     nor the variable CONSUL_HTTP_TOKEN is set, the agent that is asked',
        '     uses its own.',
        '',
        'Command Options',
        '',
        '  -n=<int>',
        '     Limit on holders.',
        '',
        '  -name=<string>',
        '     Optional name.',
        '',
        '  -node-meta=<key:value>',
        '     A pair of the format `key:value`.',
        '',
        '  -shell',
        '     Runs the command through the shell that the SHELL environment',
        '     variable names.',
        '',
        '  -style=<string>',
        '     Style.',
        '',
        '  -v',
        '     Verbose.',
      ].join('\n'),
    )
  })

  it('shows a command without flags as its help alone', () => {
    expect(new FlagSet({}).usage('\nUsage: consul leave\n')).toBe('Usage: consul leave')
  })

  it('lists flags as Go does below a refused command line', () => {
    const listed = new FlagSet({
      'node-meta': flags.table['node-meta'],
      n: flags.table.n,
      style: flags.table.style,
      shell: flags.table.shell,
      v: flags.table.v,
      name: flags.table.name,
    }).defaults()
    expect(listed).toBe(
      'Usage:\n' +
        '  -n int\n    \tLimit on holders. (default 1)\n' +
        '  -name string\n    \tOptional name.\n' +
        '  -node-meta key:value\n    \tA pair of the format key:value.\n' +
        '  -shell\n    \tRuns the command through the shell that the SHELL environment variable names. (default true)\n' +
        '  -style string\n    \tStyle. (default "plain")\n' +
        '  -v\tVerbose.\n',
    )
  })

  it('breaks lines for the least raggedness and lets a long word stand out', () => {
    // Filling greedily would leave 'cc' alone on its line.
    expect(wrapText('aaaa bbbb cc dddddddddd', 10)).toEqual(['aaaa', 'bbbb cc', 'dddddddddd'])
    expect(wrapText(`a ${'x'.repeat(80)} b`, 67)).toEqual([`a ${'x'.repeat(80)}`, 'b'])
    expect(wrapText('', 67)).toEqual([''])
  })
})
