import { type DockerEnvironment, dockerHostFromEnvironment } from './docker-host'

const host = (env: DockerEnvironment, exists = (_path: string) => false) =>
  dockerHostFromEnvironment(env, { exists, read: (path) => `<${path}>` })

test.each<[string, DockerEnvironment, object]>([
  ['a unix socket', { DOCKER_HOST: 'unix:///run/d.sock' }, { kind: 'unix', path: '/run/d.sock' }],
  [
    'a unix socket without its third slash',
    { DOCKER_HOST: 'unix://run/d.sock' },
    { kind: 'unix', path: '/run/d.sock' },
  ],
  ['tcp', { DOCKER_HOST: 'tcp://10.0.0.1:1234' }, { kind: 'tcp', url: 'http://10.0.0.1:1234' }],
  ['tcp without a port', { DOCKER_HOST: 'tcp://engine' }, { kind: 'tcp', url: 'http://engine:2375' }],
  ['tcp over IPv6', { DOCKER_HOST: 'tcp://[::1]:2375' }, { kind: 'tcp', url: 'http://[::1]:2375' }],
  ['http with a path', { DOCKER_HOST: 'http://engine:1/x' }, { kind: 'tcp', url: 'http://engine:1' }],
  ['an empty variable', { DOCKER_HOST: '' }, { kind: 'unix', path: '/var/run/docker.sock' }],
  [
    'TLS',
    { DOCKER_HOST: 'tcp://engine:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' },
    {
      kind: 'tcp',
      url: 'https://engine:2376',
      tls: { ca: '</c/ca.pem>', cert: '</c/cert.pem>', key: '</c/key.pem>', verify: true },
    },
  ],
  ['https', { DOCKER_HOST: 'https://engine', DOCKER_CERT_PATH: '/c' }, { kind: 'tcp', url: 'https://engine:2376' }],
])('reads %s', (_what, env, expected) => {
  expect(host(env)).toMatchObject(expected)
})

test('prefers the socket that is mounted into a container', () => {
  expect(host({}, (path) => path === '/tmp/docker.sock')).toMatchObject({ path: '/tmp/docker.sock' })
  expect(host({})).toMatchObject({ path: '/var/run/docker.sock' })
})

test.each<[string, DockerEnvironment, string]>([
  ['another scheme', { DOCKER_HOST: 'ssh://host' }, 'DOCKER_HOST: "ssh://host" is not unix:///path'],
  ['no scheme', { DOCKER_HOST: '/run/d.sock' }, 'is not unix:///path'],
  ['an empty path', { DOCKER_HOST: 'unix://' }, 'is not unix:///path'],
  ['an impossible port', { DOCKER_HOST: 'tcp://engine:99999' }, 'no usable host and port'],
  ['TLS without certificates', { DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: '1' }, 'DOCKER_CERT_PATH: is needed'],
])('refuses %s', (_what, env, message) => {
  expect(() => host(env)).toThrow(message)
})

test('names the certificate that cannot be read', () => {
  expect(() =>
    dockerHostFromEnvironment({ DOCKER_HOST: 'https://engine', DOCKER_CERT_PATH: '/nowhere' }, { exists: () => false }),
  ).toThrow('cannot read /nowhere/ca.pem')
})
