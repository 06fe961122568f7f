import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { loadConfig, type LoadedConfig, noFlags, parseAgentFlags, redactConfig, reloadableDiff } from './index'
import { address, fakeHost } from './testing/fake-host'
import { loadText } from './testing/validate-text'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'sd-config-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const put = async (name: string, text: string): Promise<string> => {
  const file = path.join(directory, name)
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  return file
}

const load = (...argv: string[]): Promise<LoadedConfig> => loadConfig(parseAgentFlags(argv), fakeHost())

describe('loadConfig', () => {
  it('starts a development server with -dev alone', async () => {
    const { config, warnings } = await load('-dev')
    expect(config).toMatchObject({
      dev: true,
      server: true,
      ui: true,
      bootstrap: false,
      logLevel: 'DEBUG',
      nodeName: 'machine-1',
      bindAddr: '127.0.0.1',
      advertiseAddr: '127.0.0.1',
      clientAddrs: ['127.0.0.1'],
      leaveOnTerminate: false,
      skipLeaveOnInterrupt: true,
      enableDebug: true,
      domain: 'consul.',
      datacenter: 'dc1',
      checkUpdateIntervalMs: 300_000,
      listen: {
        http: [{ kind: 'tcp', host: '127.0.0.1', port: 8500 }],
        dns: [{ kind: 'tcp', host: '127.0.0.1', port: 8600 }],
        https: [],
        grpc: [{ kind: 'tcp', host: '127.0.0.1', port: 8502 }],
        rpc: { host: '127.0.0.1', port: 8300 },
        serfLan: { host: '127.0.0.1', port: 8301 },
      },
      serverTiming: { raft: { heartbeatTimeoutMs: 35 } },
    })
    expect(warnings).toEqual([])
  })

  it('takes the private address of the machine to advertise', async () => {
    const { config } = await load('-data-dir=/nonexistent/data', '-server', '-bootstrap-expect=1')
    expect(config).toMatchObject({
      bindAddr: '0.0.0.0',
      advertiseAddr: '192.168.99.102',
      taggedAddresses: { lan: '192.168.99.102', lan_ipv4: '192.168.99.102', wan: '192.168.99.102' },
      bootstrap: true,
      bootstrapExpect: 0,
      serverTiming: { raft: { heartbeatTimeoutMs: 5_000, leaderLeaseTimeoutMs: 2_500 } },
    })
  })

  it('refuses to guess between several private addresses', async () => {
    const host = fakeHost([address('eth1', '10.0.0.7')])
    await expect(loadConfig(parseAgentFlags(['-data-dir=/nonexistent/data']), host)).rejects.toThrow(
      "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'.",
    )
  })

  it('merges defaults, files in the order of the command line, directories by name, then flags', async () => {
    const first = await put(
      'first.json',
      '{"data_dir": "/nonexistent/data", "node_name": "file", "recursors": ["1.1.1.1"]}',
    )
    await put('conf.d/b.hcl', 'log_level = "warn"\nrecursors = ["3.3.3.3"]\nports { http = 1111 }')
    await put('conf.d/a.hcl', 'log_level = "debug"\nrecursors = ["2.2.2.2"]\nports { http = 2222 dns = 3333 }')
    await put('conf.d/notes.txt', 'not read')
    await put('conf.d/sub/c.hcl', 'bogus = 1')
    const { config, warnings, provenance } = await load(
      ...['-config-file', first, '-config-dir', path.join(directory, 'conf.d')],
      ...['-node=flag', '-recursor=9.9.9.9', '-hcl', 'domain = "last."'],
    )
    expect(config).toMatchObject({
      nodeName: 'flag',
      logLevel: 'warn',
      domain: 'last.',
      recursors: ['9.9.9.9', '1.1.1.1', '2.2.2.2', '3.3.3.3'],
    })
    expect(config.ports).toMatchObject({ http: 1111, dns: 3333 })
    expect(warnings).toEqual([
      `skipping file ${directory}/conf.d/notes.txt, extension must be .hcl or .json, or config format must be set`,
    ])
    expect(provenance.get('node_name')).toEqual([first, 'flags'])
    expect(provenance.get('ports.http')).toEqual(['default', `${directory}/conf.d/a.hcl`, `${directory}/conf.d/b.hcl`])
    expect(provenance.get('recursors')?.[0]).toBe('flags')
  })

  it('keeps the order in which files and directories alternate', async () => {
    const one = await put('one.hcl', 'node_name = "one"')
    await put('two/x.hcl', 'node_name = "two"')
    const flags = ['-dev', '-config-dir', path.join(directory, 'two'), '-config-file', one]
    expect((await load(...flags)).config.nodeName).toBe('one')
    expect((await load(flags[0] as string, ...flags.slice(3), ...flags.slice(1, 3))).config.nodeName).toBe('two')
  })

  it('collects services and checks of all files', async () => {
    await put(
      'a.json',
      '{"service": {"name": "web", "port": 80, "tags": ["v1"], "check": {"http": "http://x", "interval": "10s"}}}',
    )
    await put(
      'b.hcl',
      'services { id = "b1" name = "db" meta { k = "v" } }\ncheck { id = "disk" name = "d" args = ["df"] interval = "1m" }',
    )
    const { config } = await load('-dev', '-config-dir', directory)
    expect(config.services.map((service) => service.name)).toEqual(['web', 'db'])
    expect(config.services[0]).toMatchObject({
      port: 80,
      tags: ['v1'],
      weights: { passing: 1, warning: 1 },
      checks: [{ http: 'http://x', intervalMs: 10_000, outputMaxSize: 4096 }],
    })
    expect(config.services[1]).toMatchObject({ id: 'b1', meta: { k: 'v' }, tags: null, checks: null })
    expect(config.checks).toMatchObject([{ id: 'disk', scriptArgs: ['df'], intervalMs: 60_000 }])
  })

  it('reads any file with -config-format and follows links', async () => {
    const file = await put('settings', '{"node_name": "n"}')
    await mkdir(path.join(directory, 'd'))
    await symlink(file, path.join(directory, 'd', 'link.json'))
    expect((await load('-dev', '-config-file', file, '-config-format=json')).config.nodeName).toBe('n')
    expect((await load('-dev', '-config-dir', path.join(directory, 'd'))).config.nodeName).toBe('n')
    await expect(load('-dev', '-config-file', file)).rejects.toThrow('has unknown extension; must be .hcl or .json')
    await expect(load('-dev', '-config-format=xml')).rejects.toThrow("-config-format must be either 'hcl' or 'json'")
    await expect(load('-config-file', '/nonexistent')).rejects.toThrow(
      'config: Open failed on /nonexistent. open /nonexistent: no such file or directory',
    )
  })

  it('says when the data directory is a file', async () => {
    const file = await put('data', '')
    await expect(load('-data-dir', file)).rejects.toThrow(`data_dir "${file}" is not a directory`)
  })

  it('carries deprecated flags over, with a warning', async () => {
    const { config, warnings } = await load('-dev', '-join=a', '-retry-join=b', '-join-wan=c')
    expect(config.retryJoin).toEqual(['b', 'a'])
    expect(config.retryJoinWan).toEqual(['c'])
    expect(warnings).toEqual([
      "The flag '-join' is deprecated. Use the '-retry-join' flag instead.",
      "The flag '-join-wan' is deprecated. Use the '-retry-join-wan' flag instead.",
    ])
  })

  it('expands address templates', async () => {
    const host = fakeHost([address('eth1', '10.0.0.7'), address('eth2', '8.8.4.4'), address('eth2', '2001:4860::1')])
    const read = async (text: string) =>
      (await loadConfig({ ...noFlags([]), dev: true, values: { client_addr: text } }, host)).config.clientAddrs
    expect(await read('{{ GetPrivateIP }}')).toEqual(['192.168.99.102'])
    expect(await read('{{ GetPublicIP }}')).toEqual(['8.8.4.4'])
    expect(await read('127.0.0.1 {{ GetInterfaceIP "eth1" }}')).toEqual(['127.0.0.1', '10.0.0.7'])
    expect(await read('{{GetPrivateIPs}}')).toEqual(['192.168.99.102', '10.0.0.7'])
    expect(await read('{{ GetAllInterfaces | include "network" "10.0.0.0/8" | attr "address" }}')).toEqual(['10.0.0.7'])
    expect(
      await read(
        '{{ GetAllInterfaces | exclude "flags" "loopback" | include "type" "IPv4" | sort "-name" | join "address" " " }}',
      ),
    ).toEqual(['8.8.4.4', '10.0.0.7', '192.168.99.102'])
    await expect(read('{{ GetPrivateIP')).rejects.toThrow('unclosed action')
  })

  it('takes unix sockets and several addresses for clients', () => {
    const { config } = loadText(
      'hcl',
      'data_dir = "/nonexistent/data"\naddresses { http = "unix:///run/sd.sock 127.0.0.2 [::]" }',
    )
    expect(config.listen.http).toEqual([
      { kind: 'unix', path: '/run/sd.sock' },
      { kind: 'tcp', host: '127.0.0.2', port: 8500 },
      { kind: 'tcp', host: '::', port: 8500 },
    ])
  })

  it('keeps mesh settings as the API has them', () => {
    const { config } = loadText(
      'hcl',
      'data_dir = "/nonexistent/data"\nservice { name = "p" kind = "connect-proxy" port = 1 proxy { destination_service_name = "web" config { a_b = 1 } upstreams = [{ destination_name = "db" local_bind_port = 2 }] } }',
    )
    expect(JSON.parse(JSON.stringify(config.services[0]?.proxy))).toEqual({
      DestinationServiceName: 'web',
      Config: { a_b: 1 },
      Upstreams: [{ DestinationName: 'db', LocalBindPort: 2 }],
    })
  })
})

describe('reloadableDiff', () => {
  it('tells what a reload changes from what waits for a restart', () => {
    const base = 'data_dir = "/nonexistent/data"\n'
    const before = loadText('hcl', base).config
    const after = loadText(
      'hcl',
      `${base}log_level = "debug"\nlimits { http_max_conns_per_client = 5 kv_max_value_size = 9 }\nservice { name = "a" }\nports { http = 1 }\nclient_addr = "127.0.0.2"\ndns_config { node_ttl = "5s" }\nnode_name = "x"`,
    ).config
    const { reloadable, needsRestart } = reloadableDiff(before, after)
    expect([...reloadable].sort()).toEqual([
      'dns_config.node_ttl',
      'limits.http_max_conns_per_client',
      'log_level',
      'services',
    ])
    expect([...needsRestart].sort()).toEqual([
      'addresses',
      'client_addr',
      'limits.kv_max_value_size',
      'node_name',
      'ports.http',
    ])
    expect(reloadableDiff(before, before)).toEqual({ reloadable: [], needsRestart: [] })
  })
})

describe('redactConfig', () => {
  it('hides every secret', () => {
    const secrets = ['c2VjcmV0LWtleQ==', 'tok-1', 'tok-2', 'tok-3', 'api-tok', 'ca-key', 'intro-tok', 'snap-lic']
    const [key, acl, service, check, circonus, ca, intro, snapshot] = secrets
    const { config } = loadText(
      'hcl',
      `data_dir = "/nonexistent/data"
      encrypt = "${key}"
      acl { tokens { agent = "${acl}" } }
      service { name = "a" token = "${service}" }
      check { name = "c" ttl = "5s" token = "${check}" }
      telemetry { circonus_api_token = "${circonus}" }
      connect { ca_config { private_key = "${ca}" } }
      auto_config { intro_token = "${intro}" }
      snapshot_agent { license = "${snapshot}" }`,
    )
    const shown = JSON.stringify(redactConfig(config))
    for (const secret of secrets) expect(shown).not.toContain(secret)
    expect(redactConfig(config)).toMatchObject({ encrypt: 'hidden', datacenter: 'dc1', encryptVerifyIncoming: true })
  })
})
