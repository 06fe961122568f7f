import { agentUsage, parseAgentFlags } from './index'

describe('parseAgentFlags', () => {
  it('files each flag under its key', () => {
    const flags = parseAgentFlags([
      ...[
        '-server',
        '-bootstrap-expect=3',
        '--dns-port',
        '53',
        '-node-meta',
        'rack:r1',
        '-node-meta=zone:z',
        '-ui=false',
      ],
      ...[
        '-enable-local-script-checks',
        '-log-json',
        '-recursor=1.1.1.1',
        '-recursor',
        '8.8.8.8',
        '-serf-lan-bind=::1',
        'rest',
      ],
    ])
    expect(JSON.parse(JSON.stringify(flags.values))).toEqual({
      server: true,
      bootstrap_expect: 3,
      ports: { dns: 53 },
      node_meta: { rack: 'r1', zone: 'z' },
      ui_config: { enabled: false },
      enable_local_script_checks: true,
      log_json: true,
      recursors: ['1.1.1.1', '8.8.8.8'],
      serf_lan: '::1',
    })
    expect(flags.args).toEqual(['rest'])
    expect(flags.dev).toBe(false)
  })

  it('refuses what Consul refuses', () => {
    expect(() => parseAgentFlags(['-bogus'])).toThrow('flag provided but not defined: -bogus')
    expect(() => parseAgentFlags(['-dns-port=x'])).toThrow(
      'invalid value "x" for flag -dns-port: strconv.Atoi: parsing "x": invalid syntax',
    )
  })

  it('has every flag of consul agent 1.22.3, and no other', () => {
    const names = [...agentUsage('').matchAll(/^ {2}-([a-z_-]+)/gm)].map((found) => found[1])
    expect(names.filter((name) => name !== 'datacenter')).toEqual(
      (
        'advertise advertise-wan allow-write-http-from alt-domain auto-reload-config bind bootstrap bootstrap-expect ' +
        'check_output_max_size client config-dir config-file config-format data-dir default-query-time dev ' +
        'disable-host-node-id disable-keyring-file dns-port domain enable-local-script-checks enable-script-checks encrypt ' +
        'grpc-port grpc-tls-port hcl http-port https-port join join-wan log-file log-json log-level log-rotate-bytes ' +
        'log-rotate-duration log-rotate-max-files max-query-time node node-id node-meta non-voting-server pid-file ' +
        'primary-gateway protocol raft-protocol read-replica recursor rejoin retry-interval retry-interval-wan retry-join ' +
        'retry-join-wan retry-max retry-max-wan segment serf-lan-allowed-cidrs serf-lan-bind serf-lan-port ' +
        'serf-wan-allowed-cidrs serf-wan-bind serf-wan-port server server-port syslog ui ui-content-path ui-dir'
      ).split(' '),
    )
    expect(names[0]).toBe('datacenter')
  })
})
