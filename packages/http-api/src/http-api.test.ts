import { kvEntryFields, nodeFields, nodeServiceFields, type UserEvent } from '@sd/model'
import { ask, startServer, stopServers } from './testing/with-server'

afterEach(stopServers)

const COMMON = { Vary: 'Accept-Encoding', 'X-Consul-Default-Acl-Policy': 'allow' }
const JSON_TYPE = { 'Content-Type': 'application/json' }
const TEXT = { 'Content-Type': 'text/plain; charset=utf-8' }
const META = {
  'X-Consul-Index': '1',
  'X-Consul-Knownleader': 'true',
  'X-Consul-Lastcontact': '0',
  'X-Consul-Query-Backend': 'blocking-query',
}
const FAILED_META = { ...META, 'X-Consul-Knownleader': 'false' }

async function served() {
  const running = await startServer()
  running.backend.entries.set(
    'a',
    kvEntryFields.create({ key: 'a', value: Buffer.from('hello'), createIndex: 18, modifyIndex: 18 }),
  )
  return running
}

// Status, headers and body are those of Consul 1.22.3, asked the same.
test.each([
  ['GET', '/v1/status/leader', '', 200, JSON_TYPE, '"127.0.0.1:8300"'],
  ['GET', '/v1/kv/none', '', 404, META, ''],
  ['PUT', '/v1/kv/b', 'x', 200, JSON_TYPE, 'true'],
  [
    'GET',
    '/v1/kv/a',
    '',
    200,
    { ...JSON_TYPE, ...META },
    '[{"LockIndex":0,"Key":"a","Flags":0,"Value":"aGVsbG8=","CreateIndex":18,"ModifyIndex":18}]',
  ],
  [
    'GET',
    '/v1/kv/a?raw',
    '',
    200,
    { ...TEXT, ...META, 'Content-Security-Policy': 'sandbox', 'X-Content-Type-Options': 'nosniff' },
    'hello',
  ],
  [
    'GET',
    '/v1/kv/a?pretty',
    '',
    200,
    { ...JSON_TYPE, ...META },
    '[\n    {\n        "LockIndex": 0,\n        "Key": "a",\n        "Flags": 0,\n        "Value": "aGVsbG8=",\n        "CreateIndex": 18,\n        "ModifyIndex": 18\n    }\n]\n',
  ],
  ['GET', '/v1/kv/?keys', '', 200, { ...JSON_TYPE, ...META }, '["a"]'],
  ['POST', '/v1/kv/a', '', 405, { ...TEXT, Allow: 'OPTIONS,GET,PUT,DELETE' }, 'method POST not allowed'],
  [
    'OPTIONS',
    '/v1/kv/a',
    '',
    200,
    { 'Content-Type': 'application/json; charset=utf-8', Allow: 'OPTIONS,GET,PUT,DELETE' },
    '',
  ],
  ['PUT', '/v1/kv/', '', 400, TEXT, 'Missing key name'],
  ['PUT', '/v1/kv/a?cas=x', '', 500, TEXT, 'strconv.ParseUint: parsing "x": invalid syntax'],
  ['PUT', '/v1/kv/a?cas=0&acquire=y', '', 400, TEXT, 'Conflicting flags: acquire=y&cas=0\n'],
  ['DELETE', '/v1/kv/a?recurse&cas=1', '', 400, TEXT, 'Conflicting flags: cas=1&recurse=\n'],
  ['GET', '/v1/kv/%20a', '', 500, TEXT, 'invalid key name, leading/trailing spaces are not allowed'],
  ['GET', '/v1/kv/a?x=%zz', '', 500, TEXT, ''],
  [
    'GET',
    '/v1/health/service/web?stale&consistent',
    '',
    400,
    TEXT,
    'Cannot specify ?stale with ?consistent, conflicting semantics.',
  ],
  ['GET', '/v1/health/service/web?wait=abc', '', 400, TEXT, 'Invalid wait time'],
  ['GET', '/v1/health/service/web?index=-1', '', 400, TEXT, 'Invalid index'],
  ['GET', '/v1/health/service/web?passing=x', '', 400, TEXT, 'Invalid value for ?passing'],
  ['GET', '/v1/health/service/', '', 400, TEXT, 'Missing service name'],
  ['GET', '/v1/health/state/', '', 400, TEXT, 'Missing check state'],
  [
    'GET',
    '/v1/health/service/web',
    '',
    200,
    { ...JSON_TYPE, ...META, 'X-Consul-Effective-Consistency': 'leader' },
    '[]',
  ],
  [
    'GET',
    '/v1/health/state/any?stale',
    '',
    200,
    { ...JSON_TYPE, ...META, 'X-Consul-Effective-Consistency': 'stale' },
    '[]',
  ],
  [
    'GET',
    '/v1/catalog/node/zork',
    '',
    200,
    { ...JSON_TYPE, ...META, 'X-Consul-Effective-Consistency': 'leader' },
    'null',
  ],
  [
    'GET',
    '/v1/catalog/node-services/zz',
    '',
    200,
    { ...JSON_TYPE, ...META, 'X-Consul-Effective-Consistency': 'leader' },
    '{"Node":null,"Services":null}',
  ],
  [
    'GET',
    '/v1/catalog/services',
    '',
    200,
    { ...JSON_TYPE, ...META, 'X-Consul-Effective-Consistency': 'leader' },
    '{"web":["b","a"]}',
  ],
  ['GET', '/v1/catalog/datacenters', '', 200, JSON_TYPE, '["dc1"]'],
  [
    'GET',
    '/v1/catalog/nodes?partition=x',
    '',
    400,
    TEXT,
    'Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature',
  ],
  [
    'GET',
    '/v1/catalog/services?ns=x',
    '',
    400,
    TEXT,
    'Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature',
  ],
  ['GET', '/v1/catalog/nodes?max_stale=x', '', 400, TEXT, 'Invalid max_stale value "x"'],
  [
    'GET',
    '/v1/catalog/service/web?filter=boom',
    '',
    500,
    { ...TEXT, ...FAILED_META },
    'Failed to create boolean expression evaluator',
  ],
  ['GET', '/v1/health/service/web?filter=boom', '', 500, TEXT, 'Failed to create boolean expression evaluator'],
  ['PUT', '/v1/catalog/register', '{"Bogus":"x"}', 400, TEXT, 'Request decode failed: json: unknown field "Bogus"'],
  [
    'PUT',
    '/v1/catalog/register',
    '{"Node":"x","Address":"y","Service":{"Zork":1}}',
    400,
    TEXT,
    'Request decode failed: json: unknown field "Zork"',
  ],
  ['PUT', '/v1/catalog/register', '{"Node":"x","Address":"y"}', 200, JSON_TYPE, 'true'],
  ['GET', '/v1/agent/service/zork', '', 404, TEXT, 'unknown service ID: zork'],
  [
    'GET',
    '/v1/agent/version',
    '',
    200,
    JSON_TYPE,
    '{"SHA":"","BuildDate":"1970-01-01T00:00:01Z","HumanVersion":"1.22.3","FIPS":""}',
  ],
  ['GET', '/v1/agent/members?wan=1&segment=x', '', 400, TEXT, 'Cannot provide a segment with wan=true'],
  ['GET', '/v1/agent/monitor?loglevel=x', '', 400, TEXT, 'Unknown log level: x'],
  [
    'GET',
    '/v1/agent/metrics?format=prometheus',
    '',
    200,
    {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Consul-Reason': 'Prometheus is not enabled since its retention time is not positive',
    },
    '',
  ],
  [
    'GET',
    '/v1/agent/health/service/id/zz',
    '',
    404,
    { ...JSON_TYPE, 'X-Consul-Reason': 'ServiceId zz not found' },
    '{"AggregatedStatus":"critical","Service":null,"Checks":null}',
  ],
  [
    'GET',
    '/v1/agent/health/service/name/zz',
    '',
    404,
    { ...JSON_TYPE, 'X-Consul-Reason': 'ServiceName zz Not Found' },
    '[]',
  ],
  [
    'GET',
    '/v1/agent/health/service/id/zz?format=text',
    '',
    404,
    { 'Content-Type': 'text/plain', 'X-Consul-Reason': 'ServiceId zz not found' },
    'ServiceId zz not found',
  ],
  ['PUT', '/v1/agent/service/register', '', 400, TEXT, 'Request decode failed: EOF'],
  ['PUT', '/v1/agent/service/register', '{"Nmae":"x"}', 400, TEXT, 'Request decode failed: json: unknown field "Nmae"'],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Checks":[{"Bogus":"x"}]}',
    400,
    TEXT,
    'Request decode failed: json: unknown field "Bogus"',
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Port":"80"}',
    400,
    TEXT,
    'Request decode failed: json: cannot unmarshal string into Go struct field .Alias.Port of type int',
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Tags":[1]}',
    400,
    TEXT,
    'Request decode failed: json: cannot unmarshal number into Go struct field .Alias.Tags of type string',
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Check":{"HTTP":"x","Interval":"zz"}}',
    400,
    TEXT,
    'Request decode failed: time: invalid duration "zz"',
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Check":{"HTTP":"x"}}',
    400,
    TEXT,
    'Invalid check: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks',
  ],
  ['PUT', '/v1/agent/service/register', 'null', 400, TEXT, 'Missing service name'],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Weights":{"Passing":0}}',
    400,
    TEXT,
    'Invalid Weights: Passing must be greater than 0',
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Meta":{"a b":"c"}}',
    400,
    TEXT,
    "Invalid Service Meta: Couldn't load metadata pair ('a b', 'c'): Key contains invalid characters",
  ],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x","Port":1,"Ports":[{"Name":"a","Port":1}]}',
    400,
    TEXT,
    'Validation failed: 2 errors occurred:\n\t* Cannot set both Port and Ports\n\t* One of the Ports must be marked as Default\n\n',
  ],
  ['PUT', '/v1/agent/service/register', '{"Name":"x","Address":"0.0.0.0"}', 400, TEXT, 'Invalid service address'],
  [
    'PUT',
    '/v1/agent/service/register',
    '{"Name":"x"} trailing',
    200,
    { 'Content-Type': 'application/json; charset=utf-8' },
    '',
  ],
  ['PUT', '/v1/agent/service/maintenance/', '', 400, TEXT, 'Missing service ID'],
  ['PUT', '/v1/agent/service/maintenance/zz', '', 400, TEXT, 'Missing value for enable'],
  ['PUT', '/v1/agent/service/maintenance/zz?enable=x', '', 400, TEXT, 'Invalid value for enable: "x"'],
  ['PUT', '/v1/agent/check/update/x', '{"Status":"x"}', 400, TEXT, "Invalid check status: 'x'"],
  ['PUT', '/v1/agent/check/register', '{}', 400, TEXT, 'Missing check name'],
  ['PUT', '/v1/agent/check/register', '{"Name":"a","Status":"x"}', 400, TEXT, 'Bad check status'],
  ['PUT', '/v1/agent/join/127.0.0.1:1', '', 500, TEXT, '1 error occurred'],
  ['PUT', '/v1/event/fire/', '', 400, TEXT, 'Missing name'],
  [
    'PUT',
    '/v1/event/fire/x',
    'x'.repeat(400),
    413,
    TEXT,
    'Event payload too large, received 400 bytes, max size: 300 bytes. User events should be kept small for efficient gossip propagation.',
  ],
  ['GET', '/v1/event/list', '', 200, { ...JSON_TYPE, 'X-Consul-Index': '1' }, '[]'],
  ['PUT', '/v1/session/create', '', 200, JSON_TYPE, '{"ID":"adf4238a-882b-9ddc-4a9d-5b6758e4159e"}'],
  ['PUT', '/v1/session/create', '{"Namespace":"x"}', 200, JSON_TYPE, '{"ID":"adf4238a-882b-9ddc-4a9d-5b6758e4159e"}'],
  ['PUT', '/v1/session/create', '{"LockDelay":"x"}', 400, TEXT, 'Request decode failed: time: invalid duration "x"'],
  ['PUT', '/v1/session/renew/x', '', 404, TEXT, "Session id 'x' not found"],
  ['GET', '/v1/session/info/x', '', 200, { ...JSON_TYPE, ...META }, '[]'],
  [
    'PUT',
    '/v1/txn',
    '[]',
    200,
    { ...JSON_TYPE, 'X-Consul-Knownleader': 'true', 'X-Consul-Lastcontact': '0' },
    '{"Results":[],"Errors":null,"Index":1,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":"","NotModified":false,"Backend":0,"ResultsFilteredByACLs":false}',
  ],
  [
    'PUT',
    '/v1/txn',
    '[{"KV":{"Verb":"set","Key":"a","Value":"aGk="}}]',
    409,
    { 'Content-Type': 'application/json; charset=utf-8' },
    '{"Results":null,"Errors":[{"OpIndex":0,"What":"refused"}]}',
  ],
  [
    'PUT',
    '/v1/txn',
    '[{"KV":{"Verb":"get","Key":"a","Zork":1}}]',
    400,
    TEXT,
    'Failed to parse body: json: unknown field "Zork"',
  ],
  [
    'PUT',
    '/v1/txn',
    '{}',
    400,
    TEXT,
    'Failed to parse body: json: cannot unmarshal object into Go value of type api.TxnOps',
  ],
  ['GET', '/v1/coordinate/datacenters', '', 200, JSON_TYPE, '[{"Datacenter":"dc1","AreaID":"wan","Coordinates":[]}]'],
  ['GET', '/v1/coordinate/node/zz', '', 404, {}, ''],
  ['GET', '/v1/internal/ui/node/zz', '', 404, {}, ''],
  ['GET', '/v1/operator/autopilot/health', '', 429, JSON_TYPE, '{"Healthy":false}'],
] as const)('%s %s %.60s answers %i as Consul does', async (method, target, body, status, headers, expected) => {
  const { port } = await served()
  const answer = await ask(port, method, target, body)
  expect(answer.body).toBe(expected)
  const { 'Content-Length': length, ...rest } = answer.headers
  expect(rest).toEqual({ ...COMMON, ...withoutTypeWhenEmpty(headers, expected, status) })
  expect(Number(length)).toBe(Buffer.byteLength(expected))
  expect(answer.status).toBe(status)
})

const FIELD = 'Request decode failed: json: cannot unmarshal'

// The words of Go's decoder about fields, from Consul 1.22.3.
test.each([
  ['/v1/catalog/register', '{"Node":1}', `${FIELD} number into Go struct field RegisterRequest.Node of type string`],
  [
    '/v1/catalog/register',
    '{"Service":{"Port":"x"}}',
    `${FIELD} string into Go struct field NodeService.Service.Port of type int`,
  ],
  [
    '/v1/catalog/register',
    '{"Check":{"Name":1}}',
    `${FIELD} number into Go struct field HealthCheck.Check.Name of type string`,
  ],
  [
    '/v1/catalog/register',
    '{"Check":{"Definition":{"HTTP":1}}}',
    `${FIELD} number into Go struct field HealthCheck.Check.Definition.Alias.HTTP of type string`,
  ],
  [
    '/v1/catalog/register',
    '{"NodeMeta":{"a":1}}',
    `${FIELD} number into Go struct field RegisterRequest.NodeMeta of type string`,
  ],
  [
    '/v1/catalog/register',
    '{"Namespace":"n"}',
    'Request decode failed: json: unknown field "Namespace" - Namespaces are a Consul Enterprise feature',
  ],
  ['/v1/session/create', '{"Name":1}', `${FIELD} number into Go struct field .Alias.Name of type string`],
  [
    '/v1/agent/check/update/x',
    '{"Status":1}',
    `${FIELD} number into Go struct field checkUpdate.Status of type string`,
  ],
  [
    '/v1/agent/service/register',
    '{"Name":"a","Check":{"Name":1}}',
    `${FIELD} number into Go struct field .Alias.Check.Alias.Name of type string`,
  ],
  [
    '/v1/agent/service/register',
    '{"Name":"a","Port":1.5}',
    `${FIELD} number 1.5 into Go struct field .Alias.Port of type int`,
  ],
  [
    '/v1/agent/service/register',
    '{"Name":"a","Namespace":"x"}',
    'Request decode failed: json: unknown field "Namespace"',
  ],
  [
    '/v1/txn',
    '[{"KV":{"Flags":"x"}}]',
    'Failed to parse body: json: cannot unmarshal string into Go struct field KVTxnOp.KV.Flags of type uint64',
  ],
  ['/v1/txn', '[{"KV":{"Value":"ab!c"}}]', 'Failed to parse body: illegal base64 data at input byte 2'],
  ['/v1/txn', '[{"KV":{"Value":"abc"}}]', 'Failed to parse body: illegal base64 data at input byte 0'],
])('PUT %s %s is refused in the words of Go', async (target, body, message) => {
  const { port } = await startServer()
  expect(await ask(port, 'PUT', target, body)).toMatchObject({ status: 400, body: message })
})

/** Go's server names no type of an empty 404. */
const withoutTypeWhenEmpty = (headers: object, body: string, status: number): object =>
  body === '' && status === 404 ? { ...headers, 'Content-Type': undefined } : headers

// These have none of the API's headers.
test.each([
  ['GET', '/v1/nope', 404, TEXT, 'Invalid URL path: not a recognized HTTP API endpoint\n'],
  ['GET', '/v1/acl/tokens', 404, TEXT, 'Invalid URL path: not a recognized HTTP API endpoint\n'],
  ['GET', '/v1/health', 404, TEXT, 'Invalid URL path: not a recognized HTTP API endpoint\n'],
  [
    'GET',
    '/nope',
    404,
    TEXT,
    "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n",
  ],
  [
    'GET',
    '/',
    200,
    TEXT,
    'Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent configuration and restart.',
  ],
  [
    'GET',
    '/v1/kv',
    307,
    { 'Content-Type': 'text/html; charset=utf-8', Location: '/v1/kv/' },
    '<a href="/v1/kv/">Temporary Redirect</a>.\n\n',
  ],
  [
    'GET',
    '/v1/kv//a?b=c',
    307,
    { 'Content-Type': 'text/html; charset=utf-8', Location: '/v1/kv/a?b=c' },
    '<a href="/v1/kv/a?b=c">Temporary Redirect</a>.\n\n',
  ],
  [
    'GET',
    '/v1/kv/../kv/a',
    307,
    { 'Content-Type': 'text/html; charset=utf-8', Location: '/v1/kv/a' },
    '<a href="/v1/kv/a">Temporary Redirect</a>.\n\n',
  ],
  ['POST', '/v1/kv', 307, { Location: '/v1/kv/' }, ''],
  ['GET', '/v1/kv/a%00b', 400, {}, ''],
  ['GET', '/v1/kv/%zz', 400, TEXT, '400 Bad Request'],
] as const)('%s %s answers %i without a handler', async (method, target, status, headers, body) => {
  const { port } = await startServer()
  const answer = await ask(port, method, target)
  expect({ ...answer, headers: { ...answer.headers, 'Content-Length': undefined } }).toEqual({
    status,
    headers: { ...headers, 'Content-Length': undefined },
    body,
  })
})

test('an area that the backend lacks is not mounted', async () => {
  const { port } = await startServer({}, {})
  expect((await ask(port, 'GET', '/v1/kv/a')).body).toBe('Invalid URL path: not a recognized HTTP API endpoint\n')
})

test('a registered service is shown with its health, as a code and as text', async () => {
  const { port, backend } = await startServer()
  await ask(port, 'PUT', '/v1/agent/service/register?replace-existing-checks', '{"Name":"web","Port":80}')
  expect(backend.calls[0]).toMatchObject({ name: 'agent.registerService', args: [{ name: 'web', port: 80 }, true] })
  expect(await ask(port, 'GET', '/v1/agent/service/web')).toMatchObject({
    headers: { 'X-Consul-Contenthash': 'ed072f1f5366ff0c' },
    body: '{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":80,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"ContentHash":"ed072f1f5366ff0c","Datacenter":"dc1"}',
  })
  expect(await ask(port, 'GET', '/v1/agent/health/service/name/web')).toMatchObject({
    status: 503,
    headers: { 'X-Consul-Reason': 'critical' },
    body: '[{"AggregatedStatus":"critical","Service":{"ID":"web","Service":"web","Tags":[],"Meta":{},"Port":80,"Address":"","Weights":{"Passing":1,"Warning":1},"EnableTagOverride":false,"Datacenter":"dc1"},"Checks":[{"Node":"oracle","CheckID":"service:web","Name":"Service \'web\' check","Status":"critical","Notes":"","Output":"","ServiceID":"web","ServiceName":"web","ServiceTags":null,"Type":"","ExposedPort":0,"Definition":{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","HTTP":"","Header":null,"Method":"","Body":"","TLSServerName":"","TLSSkipVerify":false,"TCP":"","TCPUseTLS":false,"UDP":"","GRPC":"","OSService":"","GRPCUseTLS":false},"CreateIndex":0,"ModifyIndex":0}]}]',
  })
  expect((await ask(port, 'GET', '/v1/agent/health/service/id/web?format=text')).body).toBe('critical')
})

test('a check by HTTP/2 ping uses TLS unless it says otherwise', async () => {
  const { port, backend } = await startServer()
  await ask(port, 'PUT', '/v1/agent/check/register', '{"Name":"a","H2PING":"h:1","Interval":"1s"}')
  const body = '{"Name":"a","Check":{"H2PING":"h:1","Interval":"1s","H2PingUseTLS":false}}'
  await ask(port, 'PUT', '/v1/agent/service/register', body)
  expect(backend.calls.map(({ args }) => args[0])).toMatchObject([
    { h2pingUseTls: true },
    { check: { h2pingUseTls: false } },
  ])
})

test('a filtered answer is only called so to those who sent a token', async () => {
  const { port } = await startServer()
  const name = 'X-Consul-Results-Filtered-By-Acls'
  expect((await ask(port, 'GET', '/v1/agent/services')).headers[name]).toBeUndefined()
  expect((await ask(port, 'GET', '/v1/agent/services', '', ['X-Consul-Token: t'])).headers[name]).toBe('true')
})

test.each([
  ['?token=q', ['X-Consul-Token: h'], 'q'],
  ['', ['X-Consul-Token: h', 'Authorization: Bearer b'], 'h'],
  ['', ['Authorization: bearer  b c'], 'b'],
  ['', ['Authorization: Basic abc'], undefined],
])('the token of %s %j is %s', async (query, headers, token) => {
  const { port, backend } = await startServer()
  await ask(port, 'GET', `/v1/catalog/nodes${query}`, '', headers)
  expect((backend.calls[0]?.args[0] as { token?: string }).token).toBe(token)
})

test('a token in the query is warned about and never logged', async () => {
  const { port, logger } = await startServer()
  await ask(port, 'GET', '/v1/catalog/nodes?token=s3cret&filter=boom')
  expect(logger.records.map((record) => record.level)).toEqual(['warn', 'error'])
  expect(JSON.stringify(logger.records)).not.toContain('s3cret')
})

test('read options reach the backend typed', async () => {
  const { port, backend } = await startServer()
  backend.index = 9
  await ask(
    port,
    'GET',
    '/v1/catalog/nodes?index=5&wait=10s&near=_agent&dc=dc2&node-meta=a:b:c&node-meta=d&filter=x&max_stale=2s&cached',
    '',
    ['Cache-Control: max-age=0, stale-if-error=5'],
  )
  const { signal, ...options } = backend.calls[0]?.args[0] as { signal: AbortSignal }
  expect(signal).toBeInstanceOf(AbortSignal)
  expect(options).toEqual({
    minIndex: 5,
    maxWaitMs: 10_000,
    near: '_agent',
    datacenter: 'dc2',
    nodeMeta: { a: 'b:c', d: '' },
    filter: 'x',
    maxStaleMs: 2_000,
    consistency: 'stale',
    cached: true,
    maxAgeMs: 0,
    mustRevalidate: true,
    staleIfErrorMs: 5_000,
    remoteAddress: '127.0.0.1',
  })
})

test('service queries reach the backend typed', async () => {
  const { port, backend } = await startServer()
  await ask(port, 'GET', '/v1/health/connect/web?tag=a&tag=b&passing&merge-central-config')
  expect(backend.calls[0]?.args[0]).toEqual({
    service: 'web',
    tags: ['a', 'b'],
    passingOnly: true,
    connect: true,
    ingress: false,
    mergeCentralConfig: true,
  })
})

test('sessions get Consul’s defaults', async () => {
  const { port, backend } = await startServer()
  await ask(port, 'PUT', '/v1/session/create')
  await ask(port, 'PUT', '/v1/session/create', '{"LockDelay":15,"NodeChecks":[],"Behavior":"delete","TTL":"20s"}')
  await ask(port, 'PUT', '/v1/session/create', '{"LockDelay":"1m","Checks":[]}')
  expect(backend.calls.map(({ args }) => args[0])).toMatchObject([
    { lockDelayMs: 15_000, behavior: 'release', nodeChecks: ['serfHealth'], checks: null, node: '', ttl: '' },
    { lockDelayMs: 15_000, behavior: 'delete', nodeChecks: [], checks: null, ttl: '20s' },
    { lockDelayMs: 60_000, nodeChecks: [], checks: [] },
  ])
})

test('KV writes carry verb, flags and session, 64-bit flags exactly', async () => {
  const { port, backend } = await startServer()
  await ask(port, 'PUT', '/v1/kv/a/?flags=18446744073709551615&acquire=s', 'x')
  await ask(port, 'PUT', '/v1/kv/b?cas=7', 'x')
  await ask(port, 'DELETE', '/v1/kv/c?recurse')
  expect(backend.calls.map(({ args }) => args)).toMatchObject([
    ['lock', { key: 'a/', flags: 18_446_744_073_709_551_615n, session: 's' }],
    ['cas', { key: 'b', modifyIndex: 7 }],
    ['delete-tree', { key: 'c' }],
  ])
  expect((await ask(port, 'GET', '/v1/kv/a/')).body).toContain('"Flags":18446744073709551615,')
})

test('the index of events is a 64-bit hash and stays exact', async () => {
  const { port } = await startServer()
  const fired = await ask(port, 'PUT', '/v1/event/fire/deploy', 'v1')
  expect(JSON.parse(fired.body) as UserEvent).toMatchObject({ Name: 'deploy', Payload: 'djE=', Version: 1 })
  expect((await ask(port, 'GET', '/v1/event/list?index=18446744073709551614')).headers['X-Consul-Index']).toBe(
    '18446744073709551557',
  )
})

test('null lists of tags are shown as empty', async () => {
  const { port, backend } = await startServer()
  backend.instances.push({
    node: nodeFields.create({ node: 'n' }),
    service: nodeServiceFields.create({ id: 'w', service: 'web', ports: [{ name: 'a', port: 81, default: true }] }),
    checks: null,
  })
  const body = (await ask(port, 'GET', '/v1/health/service/web')).body
  expect(JSON.parse(body)).toMatchObject([{ Service: { Tags: [], Port: 81 }, Checks: [] }])
})

test('the UI’s summary of services counts checks once', async () => {
  const { port, backend } = await startServer()
  backend.instances.push({
    node: nodeFields.create({ node: 'oracle', datacenter: 'dc1' }),
    service: nodeServiceFields.create({ id: 'web', service: 'web' }),
    checks: null,
  })
  expect((await ask(port, 'GET', '/v1/internal/ui/services')).body).toBe(
    '[{"Name":"web","Datacenter":"dc1","Tags":null,"Nodes":["oracle"],"ExternalSources":null,"InstanceCount":1,"ChecksPassing":0,"ChecksWarning":0,"ChecksCritical":0,"GatewayConfig":{},"TransparentProxy":false,"ConnectNative":false,"ConnectedWithProxy":false,"ConnectedWithGateway":false}]',
  )
})
