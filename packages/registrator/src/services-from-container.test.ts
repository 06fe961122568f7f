import type { Container } from './container'
import { type ContainerService, type ServiceRules, servicesFromContainer } from './services-from-container'

type Given = Partial<Container>
type Case = [sentence: string, container: Given, rules: Partial<ServiceRules>, expected: unknown]

const published = (...ports: string[]): Pick<Container, 'exposedPorts' | 'publishedPorts'> => ({
  exposedPorts: ports.map((port) => port.split('=')[1] as string),
  publishedPorts: Object.fromEntries(
    ports.map((port) => {
      const [host = '', inside = ''] = port.split('=')
      const at = host.lastIndexOf(':')
      return [inside, [{ hostAddress: at < 0 ? '0.0.0.0' : host.slice(0, at), hostPort: host.slice(at + 1) }]]
    }),
  ),
})

const web: Container = {
  id: '4a5b6c7d8e9f0123456789',
  name: 'web',
  image: 'team/web',
  hostname: '4a5b6c7d8e9f',
  env: [],
  labels: {},
  networkMode: 'default',
  address: '172.17.0.2',
  networks: [{ name: 'bridge', id: 'b1', address: '172.17.0.2' }],
  isUp: true,
  exitCode: 0,
  ...published('80=8080/tcp'),
}

const run = (given: Given, rules: Partial<ServiceRules>): ContainerService[] =>
  servicesFromContainer({ ...web, ...given }, { hostname: 'node-1', hostAddress: '10.0.0.1', ...rules })

const two = published('80=8080/tcp', '443=8443/tcp')
const dns = published('53=53/tcp', '53=53/udp')
const env = (...lines: string[]): Given => ({ env: lines })
const none: Pick<Container, 'exposedPorts' | 'publishedPorts'> = { exposedPorts: [], publishedPorts: {} }

const group = (title: string, see: (services: ContainerService[]) => unknown, cases: Case[]) =>
  describe(title, () => {
    test.each(cases)('%s', (_sentence, given, rules, expected) => {
      expect(see(run(given, rules))).toEqual(expected)
    })
  })

group('name', (services) => services.map(({ name }) => name), [
  ['is the image without its path', {}, {}, ['web']],
  ['of an image without a path is the image', { image: 'nginx' }, {}, ['nginx']],
  ['loses the tag', { image: 'team/web:1.2' }, {}, ['web']],
  ['loses a registry with a port', { image: 'hub.example:5000/team/web:1.2' }, {}, ['web']],
  ['of a deep path is its last part', { image: 'a/b/c/d' }, {}, ['d']],
  ['keeps the @sha256 of a digest', { image: 'team/web@sha256:0123' }, {}, ['web@sha256']],
  ['of an image id is what stands before the colon', { image: 'sha256:0123' }, {}, ['sha256']],
  ['ignores a trailing slash', { image: 'team/web/' }, {}, ['web']],
  ['is SERVICE_NAME', env('SERVICE_NAME=shop'), {}, ['shop']],
  ['is the label SERVICE_NAME', { labels: { SERVICE_NAME: 'shop' } }, {}, ['shop']],
  ['is the port-specific name', env('SERVICE_8080_NAME=shop'), {}, ['shop']],
  ['prefers the port-specific name', env('SERVICE_8080_NAME=a', 'SERVICE_NAME=b'), {}, ['a']],
  ['prefers the port-specific name in either order', env('SERVICE_NAME=b', 'SERVICE_8080_NAME=a'), {}, ['a']],
  ['does not take the name of another port', env('SERVICE_81_NAME=a'), {}, ['web']],
  ['does not take the name of the host port', env('SERVICE_80_NAME=a'), {}, ['web']],
  ['is not an empty SERVICE_NAME', env('SERVICE_NAME='), {}, ['web']],
  ['may hold an equals sign', env('SERVICE_NAME=a=b'), {}, ['a=b']],
  ['may be written in lower case behind the prefix', env('SERVICE_name=shop'), {}, ['shop']],
  ['is not taken from a lower-case prefix', env('service_NAME=shop'), {}, ['web']],
  ['is not taken from a name that only ends alike', env('MY_SERVICE_NAME=shop'), {}, ['web']],
  ['in a group has the port', two, {}, ['web-8080', 'web-8443']],
  ['in a group has the port behind SERVICE_NAME', { ...two, ...env('SERVICE_NAME=s') }, {}, ['s-8080', 's-8443']],
  ['in a group is bare when port-specific', { ...two, ...env('SERVICE_8443_NAME=tls') }, {}, ['web-8080', 'tls']],
  ['in a group mixes both', { ...two, ...env('SERVICE_NAME=s', 'SERVICE_8080_NAME=p') }, {}, ['p', 's-8443']],
  [
    'with an empty port-specific one is the image, bare',
    { ...two, ...env('SERVICE_8443_NAME=') },
    {},
    ['web-8080', 'web'],
  ],
  ['of tcp and udp on one port is a group', dns, {}, ['web-53', 'web-53']],
  ['counts ignored ports to the group', { ...two, ...env('SERVICE_8443_IGNORE=1') }, {}, ['web-8080']],
  [
    'does not count unpublished ports',
    {
      ...published('80=8080/tcp'),
      exposedPorts: ['8080/tcp', '9/tcp'],
      publishedPorts: { ...published('80=8080/tcp').publishedPorts, '9/tcp': [] },
    },
    {},
    ['web'],
  ],
  [
    'counts them with -internal',
    { exposedPorts: ['8080/tcp', '9/tcp'], publishedPorts: { '8080/tcp': [], '9/tcp': [] } },
    { isInternal: true },
    ['web-9', 'web-8080'],
  ],
])

group('id', (services) => services.map(({ id }) => id), [
  ['is host, container and exposed port', {}, {}, ['node-1:web:8080']],
  ['of udp ends in :udp', published('53=53/udp'), {}, ['node-1:web:53:udp']],
  ['differs between tcp and udp of one port', dns, {}, ['node-1:web:53', 'node-1:web:53:udp']],
  ['is SERVICE_ID', env('SERVICE_ID=one'), {}, ['one']],
  ['is SERVICE_ID without :udp', { ...published('53=53/udp'), ...env('SERVICE_ID=one') }, {}, ['one']],
  ['is the port-specific id', { ...two, ...env('SERVICE_8080_ID=one') }, {}, ['one', 'node-1:web:8443']],
  ['is not an empty SERVICE_ID', env('SERVICE_ID='), {}, ['node-1:web:8080']],
  [
    'without a hostname has the address of the port',
    published('10.1.1.1:80=8080/tcp'),
    { hostname: '' },
    ['10.1.1.1:web:8080'],
  ],
  ['without a hostname and address has 0.0.0.0', {}, { hostname: '' }, ['0.0.0.0:web:8080']],
])

group('address', (services) => services.map(({ address }) => address), [
  ['is what the hostname resolves to', {}, {}, ['10.0.0.1']],
  ['stays 0.0.0.0 when the hostname does not resolve', {}, { hostAddress: '' }, ['0.0.0.0']],
  ['is the address the port is published on', published('10.1.1.1:80=8080/tcp'), {}, ['10.1.1.1']],
  ['of an empty host address is the host', published(':80=8080/tcp'), {}, ['10.0.0.1']],
  ['of :: is the host', published(':::80=8080/tcp'), {}, ['10.0.0.1']],
  ['is -ip', {}, { address: '192.168.0.9' }, ['192.168.0.9']],
  ['is -ip before a published address', published('10.1.1.1:80=8080/tcp'), { address: '192.168.0.9' }, ['192.168.0.9']],
  ['with -internal is the container address', {}, { isInternal: true }, ['172.17.0.2']],
  ['with -internal is not -ip', {}, { isInternal: true, address: '192.168.0.9' }, ['172.17.0.2']],
  [
    'with -internal is any network that has one',
    {
      address: '',
      networks: [
        { name: 'a', id: '1', address: '' },
        { name: 'b', id: '2', address: '10.9.0.2' },
      ],
    },
    { isInternal: true },
    ['10.9.0.2'],
  ],
  ['with -internal and no network is empty', { address: '', networks: [] }, { isInternal: true }, ['']],
  [
    'on an own network is the container address there',
    {
      networkMode: 'back',
      networks: [
        { name: 'front', id: '1', address: '10.8.0.2' },
        { name: 'back', id: '2', address: '10.9.0.2' },
      ],
    },
    {},
    ['10.9.0.2'],
  ],
  [
    'on an own network given by id too',
    { networkMode: '2abc', networks: [{ name: 'back', id: '2abcdef', address: '10.9.0.2' }] },
    {},
    ['10.9.0.2'],
  ],
  ['on an own network that is not found is the host', { networkMode: 'gone', networks: [] }, {}, ['10.0.0.1']],
  [
    'on an own network is -ip when given',
    { networkMode: 'back', networks: [{ name: 'back', id: '2', address: '10.9.0.2' }] },
    { address: '192.168.0.9' },
    ['192.168.0.9'],
  ],
  ['on the bridge network is the host', { networkMode: 'bridge' }, {}, ['10.0.0.1']],
  ['with --net=host is the host', { networkMode: 'host', publishedPorts: {} }, {}, ['10.0.0.1']],
  ['is the label', { labels: { ip: '10.5.5.5' } }, { addressLabel: 'ip' }, ['10.5.5.5']],
  ['is the label up to its last slash', { labels: { ip: '10.5.5.5/24' } }, { addressLabel: 'ip' }, ['10.5.5.5']],
  ['is the label up to the last of two slashes', { labels: { ip: 'a/b/24' } }, { addressLabel: 'ip' }, ['a/b']],
  [
    'is the label before -ip',
    { labels: { ip: '10.5.5.5' } },
    { addressLabel: 'ip', address: '192.168.0.9' },
    ['10.5.5.5'],
  ],
  [
    'is the label before -internal',
    { labels: { ip: '10.5.5.5' } },
    { addressLabel: 'ip', isInternal: true },
    ['10.5.5.5'],
  ],
  ['without the label is the normal one', {}, { addressLabel: 'ip' }, ['10.0.0.1']],
  ['with an empty label is the normal one', { labels: { ip: '' } }, { addressLabel: 'ip' }, ['10.0.0.1']],
  ['is not taken from the prototype', {}, { addressLabel: 'constructor' }, ['10.0.0.1']],
  [
    'is that of the joined container',
    { networkMode: 'container:abc', joinedAddress: '172.17.0.9' },
    {},
    ['172.17.0.9'],
  ],
  [
    'is that of the joined container before -ip',
    { networkMode: 'container:abc', joinedAddress: '172.17.0.9' },
    { address: '192.168.0.9' },
    ['172.17.0.9'],
  ],
  [
    'is that of the joined container before the label',
    { networkMode: 'container:abc', joinedAddress: '172.17.0.9', labels: { ip: '10.5.5.5' } },
    { addressLabel: 'ip' },
    ['172.17.0.9'],
  ],
  [
    'of a joined container that is gone is the normal one',
    { networkMode: 'container:abc' },
    { address: '192.168.0.9' },
    ['192.168.0.9'],
  ],
])

group('port', (services) => services.map(({ port }) => port), [
  ['is the host port', {}, {}, [80]],
  ['is the exposed port with -internal', {}, { isInternal: true }, [8080]],
  ['is the exposed port with --net=host', { networkMode: 'host', publishedPorts: {} }, {}, [8080]],
  [
    'is the first binding',
    {
      publishedPorts: {
        '8080/tcp': [
          { hostAddress: '0.0.0.0', hostPort: '81' },
          { hostAddress: '::', hostPort: '82' },
        ],
      },
    },
    {},
    [81],
  ],
  ['is missing when nothing is exposed', none, {}, []],
  ['is missing when it is not published', { publishedPorts: { '8080/tcp': [] } }, {}, []],
  ['is there unpublished with -internal', { publishedPorts: { '8080/tcp': [] } }, { isInternal: true }, [8080]],
  ['is missing when the engine gave no host port', published('=8080/tcp'), {}, []],
  ['is there for a published port that is not exposed', { ...published('80=8080/tcp'), exposedPorts: [] }, {}, [80]],
  ['without a protocol is tcp', { exposedPorts: ['8080'], publishedPorts: {} }, {}, [8080]],
  ['of every exposed port, lowest first', published('9=443/tcp', '8=80/tcp', '7=8080/tcp'), {}, [8, 9, 7]],
])

group('tags', (services) => services.map(({ tags }) => tags), [
  ['are none', {}, {}, [[]]],
  ['are those of SERVICE_TAGS, in order', env('SERVICE_TAGS=a,b,c'), {}, [['a', 'b', 'c']]],
  ['are those of the label', { labels: { SERVICE_TAGS: 'a,b' } }, {}, [['a', 'b']]],
  ['lose empty elements', env('SERVICE_TAGS=,a,,b,'), {}, [['a', 'b']]],
  ['may hold an escaped comma', env('SERVICE_TAGS=a\\,b,c'), {}, [['a,b', 'c']]],
  ['may hold several escaped commas', env('SERVICE_TAGS=a\\,b\\,c'), {}, [['a,b,c']]],
  ['keep their spaces', env('SERVICE_TAGS=a, b'), {}, [['a', ' b']]],
  ['keep duplicates', env('SERVICE_TAGS=a,a'), {}, [['a', 'a']]],
  ['of the port replace the general ones', env('SERVICE_TAGS=a', 'SERVICE_8080_TAGS=b'), {}, [['b']]],
  ['end with those of -tags', env('SERVICE_TAGS=a'), { tags: 'x,y' }, [['a', 'x', 'y']]],
  ['are only those of -tags', {}, { tags: 'x' }, [['x']]],
  ['of -tags may hold an escaped comma', {}, { tags: 'x\\,y' }, [['x,y']]],
  ['of udp end with udp', { ...published('53=53/udp'), ...env('SERVICE_TAGS=a') }, { tags: 'x' }, [['a', 'x', 'udp']]],
  ['of udp are udp alone', published('53=53/udp'), {}, [['udp']]],
  ['of tcp beside udp are none', dns, {}, [[], ['udp']]],
])

group('attributes', (services) => services.map(({ attributes }) => attributes), [
  ['are none', {}, {}, [{}]],
  ['are other SERVICE_ keys in lower case', env('SERVICE_REGION=us2'), {}, [{ region: 'us2' }]],
  ['come from labels', { labels: { SERVICE_REGION: 'us2' } }, {}, [{ region: 'us2' }]],
  [
    'of a label beat those of the environment',
    { ...env('SERVICE_REGION=env'), labels: { SERVICE_REGION: 'label' } },
    {},
    [{ region: 'label' }],
  ],
  ['of a later variable beat an earlier one', env('SERVICE_REGION=1', 'SERVICE_REGION=2'), {}, [{ region: '2' }]],
  ['of the port beat general ones', env('SERVICE_8080_REGION=port', 'SERVICE_REGION=all'), {}, [{ region: 'port' }]],
  [
    'of the port beat a general label',
    { ...env('SERVICE_8080_REGION=port'), labels: { SERVICE_REGION: 'all' } },
    {},
    [{ region: 'port' }],
  ],
  [
    'of the port in a label beat that in the environment',
    { ...env('SERVICE_8080_REGION=env'), labels: { SERVICE_8080_REGION: 'label' } },
    {},
    [{ region: 'label' }],
  ],
  ['of another port are not seen', env('SERVICE_81_REGION=x'), {}, [{}]],
  ['go to the port they are for', { ...two, ...env('SERVICE_8443_REGION=x') }, {}, [{}, { region: 'x' }]],
  ['go to tcp and udp alike', { ...dns, ...env('SERVICE_53_REGION=x') }, {}, [{ region: 'x' }, { region: 'x' }]],
  [
    'include checks',
    env('SERVICE_CHECK_HTTP=/', 'SERVICE_CHECK_INTERVAL=5s'),
    {},
    [{ check_http: '/', check_interval: '5s' }],
  ],
  ['do not include name, id and tags', env('SERVICE_NAME=a', 'SERVICE_ID=b', 'SERVICE_TAGS=c'), {}, [{}]],
  ['may hold equals signs', env('SERVICE_QUERY=a=b=c'), {}, [{ query: 'a=b=c' }]],
  ['may be empty', env('SERVICE_REGION='), {}, [{ region: '' }]],
  ['keep the case of values', env('SERVICE_REGION=US2'), {}, [{ region: 'US2' }]],
  ['keep line ends', env('SERVICE_CHECK_SCRIPT=a\nb'), {}, [{ check_script: 'a\nb' }]],
  ['do not come from a line without =', env('SERVICE_REGION'), {}, [{}]],
  ['of a bare number are general', env('SERVICE_8080=x'), {}, [{ 8080: 'x' }]],
  ['of a key that starts with digits are general', env('SERVICE_8080X_Y=x'), {}, [{ '8080x_y': 'x' }]],
  ['with an empty ignore are kept', env('SERVICE_IGNORE='), {}, [{ ignore: '' }]],
  [
    'may be called __proto__',
    { labels: Object.fromEntries([['SERVICE___PROTO__', 'x']]) },
    {},
    [Object.fromEntries([['__proto__', 'x']])],
  ],
])

group('which services there are', (services) => services.length, [
  ['one per published port', two, {}, 2],
  ['none with SERVICE_IGNORE', env('SERVICE_IGNORE=true'), {}, 0],
  ['none with SERVICE_IGNORE=false, as in gliderlabs/registrator', env('SERVICE_IGNORE=false'), {}, 0],
  ['one with an empty SERVICE_IGNORE', env('SERVICE_IGNORE='), {}, 1],
  ['none with the label SERVICE_IGNORE', { labels: { SERVICE_IGNORE: '1' } }, {}, 0],
  ['only the ports that are not ignored', { ...two, ...env('SERVICE_8080_IGNORE=1') }, {}, 1],
  ['all but those ignored by default', { ...two, ...env('SERVICE_IGNORE=1', 'SERVICE_8080_IGNORE=') }, {}, 1],
  ['none with -explicit and no name', {}, { isExplicit: true }, 0],
  ['one with -explicit and a name', env('SERVICE_NAME=a'), { isExplicit: true }, 1],
  ['one with -explicit and a name label', { labels: { SERVICE_NAME: 'a' } }, { isExplicit: true }, 1],
  ['only the named port with -explicit', { ...two, ...env('SERVICE_8080_NAME=a') }, { isExplicit: true }, 1],
  ['none with -explicit and an empty name', env('SERVICE_NAME='), { isExplicit: true }, 0],
  ['none with -explicit and only an id', env('SERVICE_ID=a'), { isExplicit: true }, 0],
  ['none without ports', none, {}, 0],
  ['none without ports, with -internal', none, { isInternal: true }, 0],
  ['one with --net=host and an exposed port', { networkMode: 'host', publishedPorts: {} }, {}, 1],
])

test('a service knows where it comes from', () => {
  expect(run({}, { ttlSeconds: 30 })).toEqual([
    {
      id: 'node-1:web:8080',
      name: 'web',
      address: '10.0.0.1',
      port: 80,
      tags: [],
      attributes: {},
      ttlSeconds: 30,
      origin: {
        containerId: '4a5b6c7d8e9f0123456789',
        containerName: 'web',
        containerHostname: '4a5b6c7d8e9f',
        exposedPort: '8080',
        hostPort: '80',
        protocol: 'tcp',
      },
    },
  ])
})
