import { run } from '../test/run'
import { SmallAgent } from '../test/small-agent'
import { defineCommand } from './index'

const firstLine = (text: string) => text.split('\n', 1)[0]

describe('runCli', () => {
  it('lists the commands for words that are none', async () => {
    for (const argv of [[], ['bogus'], ['bogus', '-h'], ['-x']]) {
      const { code, out, err } = await run(argv)
      expect([code, out]).toEqual([127, ''])
      expect(err).toMatch(
        /^Usage: consul \[--version\] \[--help\] <command> \[<args>\]\n\nAvailable commands are:\n {4}catalog {8}\S/,
      )
    }
  })

  it('shows help where it is asked for, wherever the word stands', async () => {
    for (const argv of [['-h'], ['--help']]) expect(await run(argv)).toMatchObject({ code: 0, err: '' })
    const { code, out } = await run(['kv', 'get', 'x', '-help'])
    expect(code).toBe(0)
    expect(firstLine(out)).toBe('Usage: consul kv get [options] [KEY_OR_PREFIX]')
    expect(out).toContain('\n\nHTTP API Options\n\n  -ca-file=<value>\n')
    expect(out).toContain('\n\nCommand Options\n\n  -base64\n')
    expect((await run(['catalog', '-h'])).out).toMatch(
      /\n\nSubcommands:\n {4}datacenters {4}Lists datacenters\n {4}nodes {10}Lists nodes\n/,
    )
  })

  it('shows a group its subcommands, as an error', async () => {
    for (const argv of [['kv'], ['kv', 'bogus'], ['operator', 'raft']]) {
      const { code, out, err } = await run(argv)
      expect([code, out]).toEqual([1, ''])
      expect(err).toContain('\n\nSubcommands:\n')
    }
  })

  it('shows the flags of a command that was called wrongly', async () => {
    const { code, out, err } = await run(['kv', 'get', '-bogus'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^flag provided but not defined: -bogus\nUsage:\n {2}-base64\n {4}\t/)
    expect(firstLine((await run(['-foo', 'kv', 'get'])).err)).toBe('Flags come after the command, not before it.')
  })

  it('prints the version', async () => {
    for (const argv of [['version'], ['-v'], ['--version']]) {
      const { code, out } = await run(argv)
      expect(code).toBe(0)
      expect(out).toMatch(
        /^Consul v1\.22\.3 \(sd v\d+\.\d+\.\d+\)\nProtocol 2 spoken by default, understands 2 to 3 \(.*\)\n\n$/,
      )
    }
    expect(JSON.parse((await run(['version', '-format=json'])).out)).toMatchObject({
      Version: '1.22.3',
      RPC: { Max: 3 },
    })
    expect(await run(['version', '-format=xml'])).toMatchObject({ code: 1, err: 'Unknown format: xml\n' })
  })

  it('runs the commands of an embedder, which win', async () => {
    const extraCommands = {
      agent: defineCommand({
        synopsis: 'Runs an agent',
        help: (sd) => `Usage: ${sd} agent`,
        flags: {},
        run: async ({ args }, { out }) => (void out, args.length),
      }),
    }
    expect((await run(['agent', 'a', 'b'], { extraCommands })).code).toBe(2)
    expect((await run([], { extraCommands })).err).toContain('    agent          Runs an agent\n')
  })

  it('says what it could not reach, and finds the agent by flag, variable and socket', async () => {
    await using agent = await SmallAgent.start()
    expect((await run(['catalog', 'datacenters', '-http-addr', agent.address])).out).toBe('dc1\ndc2\n')
    expect((await run(['catalog', 'datacenters'], { address: `http://${agent.address}` })).out).toBe('dc1\ndc2\n')
    const table = [
      [
        '-http-addr=unix:///nope',
        'Error listing datacenters: Get "http://localhost/v1/catalog/datacenters": dial unix /nope: connect: no such file or directory',
      ],
      ['-http-addr=ftp://x', 'Error connecting to Consul agent: Unknown protocol scheme: ftp'],
      [
        '-token-file=/nope',
        'Error connecting to Consul agent: Error loading token file /nope : open /nope: no such file or directory',
      ],
      [
        '-ca-file=/nope',
        'Error connecting to Consul agent: Error loading CA File: open /nope: no such file or directory',
      ],
    ]
    for (const [flag, expected] of table) {
      expect(await run(['catalog', 'datacenters', flag as string])).toEqual({ code: 1, out: '', err: `${expected}\n` })
    }
  })
})
