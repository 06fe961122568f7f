import { aService } from '../../test/a-service'
import { consulCheck } from './consul-check'
import { consulMeta } from './consul-registry'

const service = (attributes: Record<string, string>, address = '10.0.0.1') =>
  aService('h:web:8080', { attributes, address })

test.each<[string, Record<string, string>, object | undefined]>([
  ['nothing', {}, undefined],
  ['only an interval', { check_interval: '5s' }, undefined],
  ['HTTP', { check_http: '/' }, { HTTP: 'http://10.0.0.1:80/', Interval: '10s' }],
  [
    'HTTP with all',
    { check_http: '/h?x=1', check_interval: '5s', check_timeout: '1s', check_http_method: 'HEAD' },
    { HTTP: 'http://10.0.0.1:80/h?x=1', Method: 'HEAD', Interval: '5s', Timeout: '1s' },
  ],
  [
    'HTTPS',
    { check_https: '/', check_https_method: 'PUT' },
    { HTTP: 'https://10.0.0.1:80/', Method: 'PUT', Interval: '10s' },
  ],
  ['HTTP before TCP', { check_tcp: '1', check_http: '/' }, { HTTP: 'http://10.0.0.1:80/', Interval: '10s' }],
  [
    'a command',
    { check_cmd: 'x y', check_timeout: '2s' },
    { Args: ['check-cmd', '4a5b6c7d8e9f', '8080', 'x y'], Interval: '10s', Timeout: '2s' },
  ],
  [
    'a script, in a shell',
    { check_script: 'curl -s -f http://$SERVICE_IP:$SERVICE_PORT | grep $&' },
    { Args: ['/bin/sh', '-c', 'curl -s -f http://10.0.0.1:80 | grep $&'], Interval: '10s' },
  ],
  [
    'a script with a timeout',
    { check_script: 'true', check_timeout: '1s', check_interval: '5s' },
    { Args: ['/bin/sh', '-c', 'true'], Interval: '5s', Timeout: '1s' },
  ],
  ['a TTL, without an interval', { check_ttl: '30s', check_interval: '5s', check_timeout: '1s' }, { TTL: '30s' }],
  ['TCP', { check_tcp: 'true', check_timeout: '1s' }, { TCP: '10.0.0.1:80', Interval: '10s', Timeout: '1s' }],
  ['gRPC', { check_grpc: 'true' }, { GRPC: '10.0.0.1:80', Interval: '10s' }],
  [
    'gRPC with TLS',
    { check_grpc: '1', check_grpc_use_tls: '1', check_tls_skip_verify: '1' },
    { GRPC: '10.0.0.1:80', GRPCUseTLS: true, TLSSkipVerify: true, Interval: '10s' },
  ],
  [
    'gRPC without TLS skips nothing',
    { check_grpc: '1', check_tls_skip_verify: '1' },
    { GRPC: '10.0.0.1:80', Interval: '10s' },
  ],
  [
    'an initial status',
    { check_tcp: '1', check_initial_status: 'passing' },
    { TCP: '10.0.0.1:80', Interval: '10s', Status: 'passing' },
  ],
  [
    'a deregistration',
    { check_ttl: '1s', check_deregister_after: '10m' },
    { TTL: '1s', DeregisterCriticalServiceAfter: '10m' },
  ],
  ['an empty path is no check', { check_http: '' }, undefined],
])('check of %s', (_what, attributes, expected) => {
  expect(consulCheck(service(attributes))).toEqual(expected)
})

test('an IPv6 address stands in brackets', () => {
  expect(consulCheck(service({ check_http: '/' }, 'fd00::1'))?.HTTP).toBe('http://[fd00::1]:80/')
  expect(consulCheck(service({ check_tcp: '1' }, 'fd00::1'))?.TCP).toBe('[fd00::1]:80')
})

test('metadata that Consul would refuse is left out, the rest stays', () => {
  const given = {
    region: 'x',
    'a.b': '1',
    '': '2',
    'consul-x': '3',
    check_script: 'y'.repeat(513),
    ok: 'z'.repeat(512),
  }
  expect(consulMeta(given)).toEqual({ region: 'x', ok: 'z'.repeat(512) })
  expect(
    Object.keys(consulMeta(Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'v'])))),
  ).toHaveLength(64)
})
