import { type ConsulEnvironment, parseConsulAddress } from './consul-address'

const parse = (uri: string, env: ConsulEnvironment = {}) => parseConsulAddress(uri, env, (path) => `<${path}>\n`)

test.each<[string, ConsulEnvironment, object]>([
  ['consul://10.0.0.1:8500', {}, { url: 'http://10.0.0.1:8500' }],
  ['consul://10.0.0.1', {}, { url: 'http://10.0.0.1:8500' }],
  ['consul://[::1]:8500', {}, { url: 'http://[::1]:8500' }],
  ['consul://agent:80/ignored?prefix=x', {}, { url: 'http://agent:80' }],
  ['consul:', {}, { url: 'http://127.0.0.1:8500' }],
  ['consul://', {}, { url: 'http://127.0.0.1:8500' }],
  ['consul://', { CONSUL_HTTP_ADDR: '10.0.0.2:85' }, { url: 'http://10.0.0.2:85' }],
  ['consul://', { CONSUL_HTTP_ADDR: 'https://10.0.0.2:85' }, { url: 'https://10.0.0.2:85', tls: { verify: true } }],
  ['consul://', { CONSUL_HTTP_ADDR: 'unix:///run/c.sock' }, { socketPath: '/run/c.sock' }],
  ['consul://h:1', { CONSUL_HTTP_ADDR: '10.0.0.2:85' }, { url: 'http://h:1' }],
  [
    'consul://h:1',
    { CONSUL_HTTP_SSL: 'true', CONSUL_HTTP_SSL_VERIFY: 'false' },
    { url: 'https://h:1', tls: { verify: false } },
  ],
  ['consul://h:1', { CONSUL_HTTP_TOKEN: 't' }, { token: 't' }],
  ['consul://h:1', { CONSUL_HTTP_TOKEN_FILE: '/t' }, { token: '</t>' }],
  [
    'consul://h:1',
    { CONSUL_HTTP_AUTH: 'u:p', CONSUL_NAMESPACE: 'n', CONSUL_PARTITION: 'q' },
    { auth: 'u:p', namespace: 'n', partition: 'q' },
  ],
  ['consul-unix:///run/c.sock', {}, { socketPath: '/run/c.sock' }],
  [
    'consul-tls://h:8501',
    { CONSUL_CACERT: '/ca', CONSUL_CLIENT_CERT: '/c', CONSUL_CLIENT_KEY: '/k' },
    { url: 'https://h:8501', tls: { ca: '</ca>\n', cert: '</c>\n', key: '</k>\n', verify: true } },
  ],
])('%s with %j', (uri, env, expected) => {
  expect(parse(uri, env)).toMatchObject(expected)
})

test.each([
  ['etcd://h:1', 'unrecognized adapter: etcd://h:1'],
  ['consulkv://h:1/x', 'unrecognized adapter'],
  ['localhost:8500', 'unrecognized adapter'],
  ['', 'unrecognized adapter'],
  ['consul-unix://run/c.sock', 'needs an absolute path'],
  ['consul-tls://', 'needs a host'],
  ['consul://h:99999', 'is not host:port'],
])('%s is refused', (uri, message) => {
  expect(() => parse(uri)).toThrow(message)
})

test('names the file of a variable that cannot be read', () => {
  expect(() => parseConsulAddress('consul://h:1', { CONSUL_HTTP_TOKEN_FILE: '/nowhere/token' })).toThrow(
    'CONSUL_HTTP_TOKEN_FILE: cannot read /nowhere/token',
  )
})
