import { aService } from '../test/a-service'
import { type ChangeInputs, ownIds, planChanges, sameService } from './plan-changes'
import type { ContainerService } from './services-from-container'

const a = aService('h:ab:80')
const altered = aService('h:ab:80', { port: 81 })
const known = (...services: ContainerService[]) => new Map(services.map((one) => [one.id, one]))

const plan = (inputs: Partial<ChangeInputs>) => {
  const changes = planChanges({
    desired: [],
    actual: [],
    registered: new Map(),
    isRetained: () => false,
    rewritesAltered: false,
    ...inputs,
  })
  return {
    register: changes.register.map(({ id, port }) => `${id} ${port}`),
    deregister: changes.deregister.map(({ id }) => id),
  }
}
const nothing = { register: [], deregister: [] }

test.each<[string, Partial<ChangeInputs>, ReturnType<typeof plan>]>([
  ['nothing is planned for nothing', {}, nothing],
  ['a new service is registered', { desired: [a] }, { register: ['h:ab:80 80'], deregister: [] }],
  ['an agreed service is left alone', { desired: [a], actual: [a], registered: known(a) }, nothing],
  [
    'a service that the registry lost is registered again',
    { desired: [a], registered: known(a) },
    { register: ['h:ab:80 80'], deregister: [] },
  ],
  [
    'a changed service is registered again',
    { desired: [altered], actual: [a], registered: known(a) },
    { register: ['h:ab:80 81'], deregister: [] },
  ],
  [
    'a service of a former run is registered once, since its check cannot be seen',
    { desired: [a], actual: [a] },
    { register: ['h:ab:80 80'], deregister: [] },
  ],
  [
    'a service whose last answer was lost is registered again',
    { desired: [a], actual: [a], registered: new Map([[a.id, undefined]]) },
    { register: ['h:ab:80 80'], deregister: [] },
  ],
  ['a service altered by others is left alone', { desired: [a], actual: [altered], registered: known(a) }, nothing],
  [
    'a service altered by others is rewritten in a full comparison',
    { desired: [a], actual: [altered], registered: known(a), rewritesAltered: true },
    { register: ['h:ab:80 80'], deregister: [] },
  ],
  [
    'a registered service that is no longer desired is removed',
    { actual: [a], registered: known(a) },
    { register: [], deregister: ['h:ab:80'] },
  ],
  [
    'a service whose answer was lost and that is not desired is removed',
    { actual: [a], registered: new Map([[a.id, undefined]]) },
    { register: [], deregister: ['h:ab:80'] },
  ],
  ['a retained service stays', { actual: [a], registered: known(a), isRetained: (id) => id === a.id }, nothing],
  ['a retained service stays during a cleanup', { actual: [a], isRetained: () => true, isOwn: () => true }, nothing],
  ['a service of somebody else stays', { actual: [aService('other')] }, nothing],
  ['a service of a former run stays without cleanup', { actual: [a] }, nothing],
  [
    'a service of a former run is removed by cleanup',
    { actual: [a], isOwn: ownIds('h') },
    { register: [], deregister: ['h:ab:80'] },
  ],
  ['a service of another host stays during a cleanup', { actual: [aService('g:ab:80')], isOwn: ownIds('h') }, nothing],
])('%s', (_sentence, inputs, expected) => {
  expect(plan(inputs)).toEqual(expected)
})

test.each([
  ['h:web:80', true],
  ['h:web:53:udp', true],
  ['h:web_1.2-x:80', true],
  ['g:web:80', false],
  ['h:web', false],
  ['h:web:80:tcp', false],
  ['h:_web:80', false],
  ['h:web:http', false],
  ['xh:web:80', false],
  ['h:x:web:80', false],
  ['', false],
])('%s is an id of host h: %s', (id, expected) => {
  expect(ownIds('h')(id)).toBe(expected)
})

test('a host without a name owns nothing', () => {
  expect(ownIds('')('h:web:80')).toBe(false)
})

test.each<[string, Partial<ContainerService>]>([
  ['name', { name: 'other' }],
  ['address', { address: '' }],
  ['port', { port: 0 }],
  ['a tag', { tags: ['a'] }],
  ['an attribute', { attributes: { a: '1' } }],
  ['an attribute of the prototype', { attributes: { constructor: 'x' } }],
])('services differ by %s', (_what, change) => {
  expect(sameService(a, { ...a, ...change })).toBe(false)
  expect(sameService({ ...a, ...change }, { ...a, ...change })).toBe(true)
})

test('the order of tags counts, that of attributes does not', () => {
  expect(sameService({ ...a, tags: ['x', 'y'] }, { ...a, tags: ['y', 'x'] })).toBe(false)
  expect(sameService({ ...a, attributes: { x: '1', y: '2' } }, { ...a, attributes: { y: '2', x: '1' } })).toBe(true)
})
