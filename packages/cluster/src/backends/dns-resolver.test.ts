import { CatalogStateMachine } from '@sd/catalog'
import { healthCheckFields, nodeServiceFields, registerRequestFields } from '@sd/model'
import { dnsResolver } from './dns-resolver'

function catalogOf() {
  const machine = new CatalogStateMachine()
  let index = 0
  const register = (id: string, status: 'passing' | 'warning' | 'critical', tags: string[] = []) =>
    machine.applyCommand(++index, {
      type: 'register',
      request: registerRequestFields.create({
        node: 'n1',
        address: '10.0.0.1',
        service: nodeServiceFields.create({ id, service: 'web', tags, port: 80, weights: { passing: 5, warning: 2 } }),
        checks: [healthCheckFields.create({ node: 'n1', checkId: `c-${id}`, serviceId: id, status })],
      }),
    })
  return { machine, register, resolver: dnsResolver({ tables: () => machine.tables, datacenter: 'dc1' }) }
}

const lookup = {
  kind: 'service',
  service: 'web',
  tag: undefined,
  datacenter: 'dc1',
  peer: undefined,
  onlyPassing: false,
} as const

test('critical instances are left out, warning ones have their own weight', () => {
  const { register, resolver } = catalogOf()
  register('a', 'passing')
  register('b', 'warning')
  register('c', 'critical')
  expect(resolver.services(lookup)?.instances.map((each) => each.weight)).toEqual([5, 2])
  expect(resolver.services({ ...lookup, onlyPassing: true })?.instances).toHaveLength(1)
})

test('an answer is out of date with the first change of its service, and not before', () => {
  const { register, resolver } = catalogOf()
  const nobody = resolver.services(lookup)
  const unknown = resolver.services({ ...lookup, service: 'other' })
  register('a', 'passing')
  const one = resolver.services(lookup)
  expect([nobody?.change?.changed, unknown?.change?.changed, one?.change?.changed]).toEqual([true, false, false])
  register('a', 'critical')
  expect(one?.change?.changed).toBe(true)
})

test('a restore makes every answer out of date', async () => {
  const { machine, register, resolver } = catalogOf()
  register('a', 'passing')
  const answer = resolver.services(lookup)
  await machine.restore(machine.snapshot().chunks())
  expect(answer?.change?.changed).toBe(true)
})

test('another datacenter or a peer is unknown, a known node and address are found', () => {
  const { register, resolver } = catalogOf()
  register('a', 'passing')
  expect(resolver.services({ ...lookup, datacenter: 'dc9' })).toBeUndefined()
  expect(resolver.services({ ...lookup, peer: 'p' })).toBeUndefined()
  expect(resolver.node({ node: 'n1', datacenter: 'dc1', peer: undefined })?.node).toMatchObject({ address: '10.0.0.1' })
  expect(resolver.reverse({ address: '10.0.0.1', datacenter: 'dc1' })?.target).toMatchObject({ kind: 'node' })
})
