import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, type RunOptions } from '../../../test/run'
import { SmallAgent } from '../../../test/small-agent'

const cli = (agent: SmallAgent, line: readonly string[], options: RunOptions = {}) =>
  run(['kv', ...line], { address: agent.address, ...options })

describe('kv', () => {
  it('refuses what Consul refuses, in its words', async () => {
    await using agent = await SmallAgent.start()
    agent.put('a', '1')
    const table: [string[], string][] = [
      [['get'], 'Error! Missing KEY argument'],
      [['get', 'nope'], 'Error! No key exists at: nope'],
      [['get', '/nope'], 'Error! No key exists at: nope'],
      [['get', 'a', 'b'], 'Too many arguments (expected 1, got 2)'],
      [['put'], 'Error! Missing KEY argument'],
      [['put', 'a', 'b', 'c'], 'Error! Too many arguments (expected 1 or 2, got 3)'],
      [['put', 'a', '@/nofile'], 'Error! Failed to read file: open /nofile: no such file or directory'],
      [['put', '-base64', 'a', '!!'], 'Error! Cannot base 64 decode data: illegal base64 data at input byte 0'],
      [['put', '-acquire', 'a', 'x'], 'Error! Missing -session (required with -acquire and -release)'],
      [['put', '-cas', 'a', 'x'], 'Error! Did not write to a: CAS performed with index=0 and key already exists.'],
      [['put', '-cas', '-modify-index=1', 'a', 'x'], 'Error! Did not write to a: CAS failed'],
      [['put', '-release', '-session=s', 'a', 'x'], 'Error! Did not release lock'],
      [['delete'], 'Error! Missing KEY argument'],
      [
        ['delete', '-cas', 'a'],
        'Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.',
      ],
      [['delete', '-modify-index=1', 'a'], 'Cannot specify -modify-index without -cas!'],
      [['delete', '-cas', '-modify-index=1', '-recurse', 'a'], 'Cannot specify both -cas and -recurse!'],
      [['delete', '-cas', '-modify-index=1', 'a'], 'Error! Did not delete key a: CAS failed'],
      [['export', 'a', 'b'], 'Too many arguments (expected 1, got 2)'],
      [['import'], 'Error! Missing DATA argument'],
      [['import', ''], 'Error! Empty DATA argument'],
      [['import', '{'], 'Cannot unmarshal data: unexpected end of JSON input'],
      [
        ['import', '[{"key":"k","value":"!!"}]'],
        'Error base 64 decoding value for key k: illegal base64 data at input byte 0',
      ],
    ]
    for (const [argv, err] of table) expect(await cli(agent, argv)).toEqual({ code: 1, out: '', err: `${err}\n` })
  })

  it('prints keys in every way', async () => {
    await using agent = await SmallAgent.start()
    agent.put('t/1', 'one')
    agent.put('t/2/x', Buffer.from([0x62, 0xff]), '18446744073709551615', 'sess')
    agent.put('t/3', '')
    const table: [string[], string][] = [
      [['get', 't/1'], 'one\n'],
      [['get', '-base64', 't/2/x'], 'Yv8=\n'],
      [['get', '-recurse', 't'], 't/1:one\nt/2/x:b\ufffd\nt/3:\n'],
      [['get', '-recurse', '-base64', 't'], 't/1:b25l\nt/2/x:Yv8=\nt/3:\n'],
      [['get', '-keys', 't/'], 't/1\nt/2/\nt/3\n'],
      [['get', '-keys', '-separator=', 't/'], 't/1\nt/2/x\nt/3\n'],
      [['get', '-keys', '-recurse', 't/2'], 't/2/x\n'],
      [['get', '-recurse', 'nothing'], ''],
      [
        ['export', 't/2'],
        '[\n\t{\n\t\t"key": "t/2/x",\n\t\t"flags": 18446744073709551615,\n\t\t"value": "Yv8="\n\t}\n]\n',
      ],
      [['export', 'nothing'], '[]\n'],
    ]
    for (const [argv, out] of table) expect(await cli(agent, argv)).toEqual({ code: 0, out, err: '' })
    expect((await cli(agent, ['get', '-detailed', '-base64', 't/2/x'])).out).toBe(
      [
        'CreateIndex      102',
        'Flags            18446744073709551615',
        'Key              t/2/x',
        'LockIndex        0',
        'ModifyIndex      102',
        'Session          sess',
        'Value            Yv8=\n',
      ].join('\n'),
    )
    expect((await cli(agent, ['get', '-detailed', 't/3'])).out).toMatch(/Session {10}-\nValue\n$/)
  })

  it('writes from the command line, files, stdin and base64, with locks and comparisons', async () => {
    await using agent = await SmallAgent.start()
    const folder = await mkdtemp(join(tmpdir(), 'sd-cli-'))
    const file = join(folder, 'data')
    await writeFile(file, Buffer.from([0, 255]))
    const ok = (out: string) => ({ code: 0, out: `${out}\n`, err: '' })
    const valueOf = (key: string) => agent.entries.get(key)?.Value
    expect(await cli(agent, ['put', 'a', 'x'])).toEqual(ok('Success! Data written to: a'))
    expect(await cli(agent, ['put', 'b', '-'], { stdin: 'in' })).toEqual(ok('Success! Data written to: b'))
    await cli(agent, ['put', 'c', `@${file}`])
    await cli(agent, ['put', '-base64', '-flags=0x10', 'd', 'AP8='])
    await cli(agent, ['put', 'e', '-dash'])
    await cli(agent, ['put', 'f'])
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(valueOf)).toEqual(['eA==', 'aW4=', 'AP8=', 'AP8=', 'LWRhc2g=', null])
    expect(agent.entries.get('d')?.Flags).toBe('16')
    await cli(agent, ['put', '-flags=18446744073709551615', 'g', 'x'])
    expect(agent.entries.get('g')?.Flags).toBe('18446744073709551615')
    expect(await cli(agent, ['put', '-acquire', '-session=s', 'a', 'y'])).toEqual(ok('Success! Lock acquired on: a'))
    expect(await cli(agent, ['put', '-acquire', '-session=t', 'a', 'y'])).toMatchObject({
      err: 'Error! Did not acquire lock\n',
    })
    expect(await cli(agent, ['put', '-release', '-session=s', 'a', 'y'])).toEqual(ok('Success! Lock released on: a'))
    expect(await cli(agent, ['put', '-cas', 'new', 'y'])).toEqual(ok('Success! Data written to: new'))
    const index = agent.entries.get('new')?.ModifyIndex
    expect(await cli(agent, ['delete', '-cas', `-modify-index=${index}`, 'new'])).toEqual(
      ok('Success! Deleted key: new'),
    )
    expect(await cli(agent, ['delete', '/a'])).toEqual(ok('Success! Deleted key: a'))
    expect(await cli(agent, ['delete', '-recurse'])).toEqual(ok('Success! Deleted keys with prefix: '))
    expect(agent.entries.size).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('imports what it has exported', async () => {
    await using agent = await SmallAgent.start()
    agent.put('t/1', 'one', '18446744073709551615')
    agent.put('t/dir/', '')
    const { out } = await cli(agent, ['export'])
    const before = [...agent.entries.values()].map(({ Key, Value, Flags }) => [Key, Value, Flags])
    agent.entries.clear()
    expect((await cli(agent, ['import', '-'], { stdin: out })).out).toBe('Imported: t/1\nImported: t/dir/\n')
    expect([...agent.entries.values()].map(({ Key, Value, Flags }) => [Key, Value, Flags])).toEqual(before)
    expect((await cli(agent, ['import', '-prefix=p/', out])).out).toBe('Imported: p/t/1\nImported: p/t/dir/\n')
  })
})
