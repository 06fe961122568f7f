import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, type RunOptions } from '../../test/run'
import { SmallAgent } from '../../test/small-agent'

const cli = (agent: SmallAgent, line: string, options: RunOptions = {}) =>
  run(line.split(' '), { address: agent.address, ...options })
const ok = (...lines: string[]) => ({ code: 0, out: lines.map((line) => `${line}\n`).join(''), err: '' })
const refused = (err: string, code = 1) => ({ code, out: '', err: `${err}\n` })

describe('members', () => {
  it('prints servers first, with the defaults that servers leave out', async () => {
    await using agent = await SmallAgent.start()
    expect(await cli(agent, 'members')).toEqual(
      ok(
        'Node  Address         Status  Type     Build   Protocol  DC   Partition  Segment',
        'n1    127.0.0.1:8301  alive   server   1.22.3  2         dc1  default    <all>',
        'n2    127.0.0.1:8301  alive   client   1.22.3  2         dc1  default    <default>',
        'odd   127.0.0.1:8301  failed  unknown                                    ',
      ),
    )
    expect(agent.requests[0]?.url).toBe('/v1/agent/members?segment=_all')
    expect((await cli(agent, 'members -detailed -status=^fail')).out).toBe(
      'Node  Address         Status  Tags\n' +
        'odd   127.0.0.1:8301  failed  ap=default,build=1.22.3:abc,dc=dc1,segment=<default>,vsn=2\n',
    )
    expect(await cli(agent, 'members -status=nobody')).toEqual({ code: 2, out: '', err: '' })
    expect(await cli(agent, 'members -filter=bad')).toEqual(
      refused(
        'Error retrieving members: Unexpected response code: 400 (Failed to create boolean expression evaluator)',
      ),
    )
  })
})

describe('commands of the agent', () => {
  it('print what they did, or why not', async () => {
    await using agent = await SmallAgent.start()
    const table: [string, object][] = [
      ['info', ok('agent:', '\tchecks = 0', 'raft:', '\tapplied_index = 7', '\tterm = 2')],
      ['reload', ok('Configuration reload triggered')],
      ['leave', ok('Graceful leave complete')],
      ['join 10.0.0.1', ok('Successfully joined cluster by contacting 1 nodes.')],
      ['force-leave -prune n2', ok()],
      ['event -name=deploy now', ok('Event ID: event-id')],
      ['event -name=x -tag=y', refused('Cannot provide tag filter without service filter.')],
      ['maint', ok()],
      ['maint -enable -disable', refused('Only one of -enable or -disable may be provided')],
      ['maint -reason=x', refused('Reason may only be provided with -enable')],
      ['maint -service=x', refused('Service requires either -enable or -disable')],
      ['maint -enable -reason=why', ok('Node maintenance is now enabled')],
      ['maint', ok('Node:', '  Name:   n1', '  Reason: why', '')],
      ['maint -disable', ok('Node maintenance is now disabled')],
      [
        'maint -enable -service=nope',
        refused('Error enabling service maintenance: Unexpected response code: 404 (Unknown service ID "".)'),
      ],
      ['services export -name=x', refused('Error exporting service: cluster peering is not supported')],
      [
        'operator raft list-peers',
        ok(
          'Node  ID  Address         State     Voter  RaftProtocol  Commit Index  Trails Leader By',
          'n1    i1  127.0.0.1:8300  leader    true   3             9             -',
          'n2    i2  127.0.0.2:8300  follower  true   <=1           8             1 commit',
        ),
      ],
    ]
    for (const [line, expected] of table) expect([line, await cli(agent, line)]).toEqual([line, expected])
    expect((await cli(agent, 'force-leave')).err).toMatch(
      /^A single node name must be specified to force leave.\n\nUsage: consul force-leave/,
    )
    expect((await cli(agent, 'join 10.9.9.9')).err).toMatch(
      /^Error joining address '10.9.9.9': .*\nFailed to join any nodes.\n$/,
    )
  })

  it('follow the log until the agent or the user ends it', async () => {
    await using agent = await SmallAgent.start()
    const { code, out } = await cli(agent, 'monitor -log-level=debug')
    expect(code).toBe(1)
    expect(out).toMatch(/^2024 \[INFO\] agent: one\n2024 \[INFO\] agent: two\n\nThe agent ended the log/)
    expect(agent.requests[0]?.url).toBe('/v1/agent/monitor?loglevel=debug')
  })
})

describe('catalog', () => {
  it('lists datacenters, nodes and services', async () => {
    await using agent = await SmallAgent.start()
    const table: [string, object][] = [
      ['catalog datacenters', ok('dc1', 'dc2')],
      ['catalog datacenters x', refused('Too many arguments (expected 0, got 1)')],
      [
        'catalog nodes',
        ok(
          'Node         ID        Address    DC',
          'n1           bc06bf31  127.0.0.1  dc1',
          'longer-name            127.0.0.1  dc1',
        ),
      ],
      [
        'catalog nodes -detailed -service=web',
        ok(
          'Node  ID                                    Address    DC   TaggedAddresses              Meta',
          'n1    bc06bf31-8d7e-7232-4bce-5592fd4b450b  127.0.0.1  dc1  lan=127.0.0.1, wan=10.0.0.1  rack=r1',
        ),
      ],
      [
        'catalog nodes -node-meta=rack=r2',
        { ...refused('No nodes match the given query - try expanding your search.'), code: 0 },
      ],
      ['catalog services', ok('consul', 'web')],
      ['catalog services -tags', ok('consul      ', 'web         a,b')],
      ['catalog services -node=n1 -tags', ok('web      z')],
    ]
    for (const [line, expected] of table) expect([line, await cli(agent, line)]).toEqual([line, expected])
  })
})

describe('services', () => {
  it('registers from flags and from files in both languages, and deregisters', async () => {
    await using agent = await SmallAgent.start()
    const folder = await mkdtemp(join(tmpdir(), 'sd-cli-'))
    const hcl = join(folder, 'a.hcl')
    const json = join(folder, 'b.json')
    const other = join(folder, 'c.txt')
    const bad = join(folder, 'bad.json')
    await writeFile(
      hcl,
      'service {\n name = "api"\n id = "api1"\n port = 8080\n meta { team = "core" }\n check { args = ["true"], interval = "10s" }\n}\n',
    )
    await writeFile(json, '{"services":[{"name":"j1","checks":[{"tcp":"h:1","interval":"1m30s"}]}]}')
    await writeFile(other, '')
    await writeFile(bad, '{"services":[{"name":"j1","bogus":1,"check":{"zap":1}}]}')
    expect(await cli(agent, `services register ${hcl} ${other} ${json}`)).toEqual({
      code: 0,
      out: 'Registered service: api\nRegistered service: j1\n',
      err: `skipping file ${other}, extension must be .hcl or .json, or config format must be set\n`,
    })
    expect(Object.fromEntries(agent.services)).toEqual({
      api1: {
        ID: 'api1',
        Name: 'api',
        Port: 8080,
        Meta: { team: 'core' },
        Check: { ScriptArgs: ['true'], Interval: '10s' },
      },
      j1: { Name: 'j1', Checks: [{ TCP: 'h:1', Interval: '1m30s' }] },
    })
    expect(await cli(agent, `services register ${bad}`)).toEqual(
      refused(
        `Error: failed to parse ${bad}: 2 errors occurred:\n\t* invalid config key services[0].bogus\n` +
          '\t* invalid config key services[0].check.zap\n\n',
      ),
    )
    await cli(agent, 'services register -name=web -port=80 -tag=b -tag=a -meta=k=v -tagged-address=lan=10.0.0.1:80')
    expect(agent.services.get('web')).toEqual({
      Name: 'web',
      Port: 80,
      Tags: ['b', 'a'],
      Meta: { k: 'v' },
      TaggedAddresses: { lan: { Address: '10.0.0.1', Port: 80 } },
    })
    expect(await cli(agent, `services deregister ${hcl} ${json}`)).toEqual(
      ok('Deregistered service: api1', 'Deregistered service: j1'),
    )
    expect(await cli(agent, 'services deregister -id=web')).toEqual(ok('Deregistered service: web'))
    expect(agent.services.size).toBe(0)
    await rm(folder, { recursive: true })
  })

  it('refuses what Consul refuses, in its words', async () => {
    await using agent = await SmallAgent.start()
    const table: [string, string][] = [
      ['register', 'Service registration requires at least one argument or flags.'],
      ['register -name=a x.json', 'Service registration requires arguments or -id, not both.'],
      [
        'register -name=a -address=10.0.0.1:80',
        'Invalid Service address when using CLI flags. Use -port flag instead: address should not contain port',
      ],
      [
        'register -name=a -address=1.2.3.4.5',
        'Invalid Service address when using CLI flags. Use -port flag instead: malformed IP address: 1.2.3.4.5',
      ],
      [
        'register -name=a -tagged-address=lan=1..2:80',
        "Invalid Tagged address for tagged address 'lan': malformed IP address: 1..2",
      ],
      ['deregister', 'Service deregistration requires at least one argument or -id.'],
      ['deregister -id=x y', 'Service deregistration requires arguments or -id, not both.'],
      [
        'deregister -id=nope',
        'Error deregistering service "": Unexpected response code: 404 (Unknown service ID "nope".)',
      ],
    ]
    for (const [line, err] of table) expect([line, await cli(agent, `services ${line}`)]).toEqual([line, refused(err)])
  })
})

describe('watch', () => {
  it("prints the data once, as Consul's client shapes it", async () => {
    await using agent = await SmallAgent.start()
    agent.put('a', 'hello')
    const entry =
      '{\n    "Key": "a",\n    "CreateIndex": 101,\n    "ModifyIndex": 101,\n    "LockIndex": 0,\n    "Flags": 0,\n    "Value": "aGVsbG8=",\n    "Session": ""\n}'
    expect(await cli(agent, 'watch -type=key -key=a')).toEqual(ok(entry))
    expect(await cli(agent, 'watch -type=key -key=none')).toEqual(ok('null'))
    expect((await cli(agent, 'watch -type=services')).out).toBe(
      '{\n    "consul": [],\n    "web": [\n        "b",\n        "a"\n    ]\n}\n',
    )
  })

  it('runs the handler at each change with the data and the index, until it is interrupted', async () => {
    await using agent = await SmallAgent.start()
    agent.put('a', 'one')
    const stop = new AbortController()
    let seen = ''
    const onOut = (text: string) => {
      seen += text
      if (seen.endsWith('index 101\n')) agent.put('a', 'two')
      if (seen.endsWith('index 102\n')) stop.abort()
    }
    const argv = ['watch', '-type=key', '-key=a', 'cat; echo index $CONSUL_INDEX']
    const { code } = await run(argv, { address: agent.address, onOut, signal: stop.signal })
    expect(code).toBe(0)
    expect(
      seen
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => (JSON.parse(line) as { Value: string }).Value),
    ).toEqual(['b25l', 'dHdv'])
  })

  it('ends with a handler that fails or cannot start', async () => {
    await using agent = await SmallAgent.start()
    const watch = (...words: string[]) => run(['watch', '-type=nodes', ...words], { address: agent.address })
    expect(await watch('exit 3')).toEqual(refused('Error executing handler: exit status 3'))
    expect(await watch('-shell=false', '/nope')).toEqual(
      refused('Error starting handler: fork/exec /nope: no such file or directory'),
    )
  })

  it('refuses flags that do not fit the type, in the words of Consul', async () => {
    await using agent = await SmallAgent.start()
    const table: [string, string][] = [
      ['-type=bogus', 'Unsupported watch type: bogus'],
      ['-type=key', 'Must specify a single key to watch'],
      ['-type=keyprefix', 'Must specify a single prefix to watch'],
      ['-type=service', 'Must specify a single service to watch'],
      ['-type=checks -service=a -state=b', 'Cannot specify service and state'],
      ['-type=key -key=a -prefix=b', 'Invalid parameters: [prefix]'],
      [
        '-type=service -service=a -passingonly=x',
        'Failed to parse passingonly flag: strconv.ParseBool: parsing "x": invalid syntax',
      ],
    ]
    for (const [line, err] of table) expect([line, await cli(agent, `watch ${line}`)]).toEqual([line, refused(err)])
    expect((await cli(agent, 'watch -key=a')).err).toMatch(/^Watch type must be specified\n\nUsage: consul watch/)
  })
})
