import {
  type CheckDefinition,
  checkDefinitionProblem,
  checkKindOf,
  checkTypeOf,
  isCheckStatus,
} from './check-definition'

const check = (fields: Partial<CheckDefinition>): CheckDefinition => ({ id: 'c', ...fields })
const INTERVAL = 'Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks'

test.each<[Partial<CheckDefinition>, string | undefined]>([
  [{ http: 'http://a', intervalMs: 1_000 }, undefined],
  [{ ttlMs: 1_000 }, undefined],
  [{ aliasService: 'web' }, undefined],
  [{ aliasNode: 'n1' }, undefined],
  [{}, 'TTL must be > 0 for TTL checks'],
  [
    { id: '', name: '', http: '', scriptArgs: [], header: null, intervalMs: 0, ttlMs: 0 },
    'TTL must be > 0 for TTL checks',
  ],
  [{ ttlMs: 1, intervalMs: 1 }, 'Interval and TTL cannot both be specified'],
  [{ scriptArgs: ['a'] }, INTERVAL],
  [{ http: 'a' }, INTERVAL],
  [{ tcp: 'a' }, INTERVAL],
  [{ udp: 'a' }, INTERVAL],
  [{ grpc: 'a' }, INTERVAL],
  [{ h2ping: 'a' }, INTERVAL],
  [{ osService: 'a', intervalMs: -1 }, INTERVAL],
  [{ tcp: 'a', intervalMs: 1, aliasNode: 'n' }, 'Interval cannot be set for Alias checks'],
  [{ aliasNode: 'n', ttlMs: 1 }, 'TTL must be not be set for Alias checks'],
  [{ ttlMs: 1, outputMaxSize: -1 }, 'MaxOutputMaxSize must be positive'],
  [
    { ttlMs: 1, failuresBeforeWarning: 2, failuresBeforeCritical: 1 },
    "FailuresBeforeWarning can't be higher than FailuresBeforeCritical",
  ],
])('%j: %s', (fields, problem) => {
  expect(checkDefinitionProblem(check(fields))).toBe(problem)
})

test.each<[Partial<CheckDefinition>, string, string]>([
  [{ grpc: 'a', http: 'b', intervalMs: 1 }, 'grpc', 'http'],
  [{ http: 'b', tcp: 'c', intervalMs: 1 }, 'http', 'http'],
  [{ ttlMs: 1 }, 'ttl', 'ttl'],
  [{ tcp: 'a', udp: 'b', intervalMs: 1 }, 'tcp', 'tcp'],
  [{ udp: 'b', intervalMs: 1 }, 'udp', 'udp'],
  [{ aliasNode: 'b' }, 'alias', 'alias'],
  [{ scriptArgs: ['a'], dockerContainerId: 'c', intervalMs: 1 }, 'docker', 'docker'],
  [{ scriptArgs: ['a'], osService: 'o', intervalMs: 1 }, 'script', 'os_service'],
  [{ scriptArgs: ['a'], intervalMs: 1 }, 'script', 'script'],
  [{ h2ping: 'b', intervalMs: 1 }, 'h2ping', 'h2ping'],
  [{ osService: 'b', intervalMs: 1 }, 'os_service', 'os_service'],
])('%j is shown as %s and runs as %s', (fields, type, kind) => {
  expect(checkTypeOf(check(fields))).toBe(type)
  expect(checkKindOf(check(fields))).toBe(kind)
})

test('a definition without anything has no type', () => {
  expect(checkTypeOf(check({}))).toBe('')
})

test('there are three statuses', () => {
  expect(['passing', 'warning', 'critical', 'maintenance', '', undefined].map(isCheckStatus)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})
