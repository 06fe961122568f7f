import { healthCheckFields, nodeFields, nodeServiceFields } from '@sd/model'
import { LocalState } from './local-state'
import { type CatalogView, markDifferences, type NodeIdentity, planSync } from './plan-sync'

const self: NodeIdentity = {
  datacenter: 'dc1',
  id: 'id-1',
  node: 'n1',
  address: '10.0.0.1',
  taggedAddresses: { lan: '10.0.0.1' },
  meta: {},
}
const web = nodeServiceFields.create({ id: 'web', service: 'web', tags: ['a'], weights: { passing: 1, warning: 1 } })
const check = healthCheckFields.create({
  node: 'n1',
  checkId: 'service:web',
  serviceId: 'web',
  serviceName: 'web',
  status: 'passing',
  output: 'ok',
})
const node = nodeFields.create({
  id: 'id-1',
  node: 'n1',
  address: '10.0.0.1',
  taggedAddresses: { lan: '10.0.0.1' },
  modifyIndex: 9,
})
const inSync: CatalogView = { node, services: [{ ...web, modifyIndex: 7 }], checks: [{ ...check, modifyIndex: 7 }] }

function claimed(): LocalState {
  const state = new LocalState()
  state.putService({ service: web, token: 't', isFromFile: false })
  state.putCheck({ check, token: 't', isFromFile: false })
  return state
}

const kinds = (state: LocalState) =>
  planSync(state, self).map((step) => `${step.kind}${'id' in step ? ` ${step.id}` : ''}`)
const settled = (view: CatalogView, deferred: string[] = []) => {
  const state = claimed()
  state.nodeInSync = true
  markDifferences(state, self, view, new Set(deferred))
  return state
}

test('new claims are one call for the node and one for a service with its checks', () => {
  const steps = planSync(claimed(), self)
  expect(steps.map((step) => step.kind)).toEqual(['node', 'service'])
  expect(steps[1]).toMatchObject({ id: 'web', checkIds: ['service:web'], token: 't', request: { service: web, check } })
})

test('what the catalog holds already costs no call; indexes do not count', () => {
  expect(kinds(settled(inSync))).toEqual([])
})

test('a check with a token of its own travels alone, with its service', () => {
  const state = new LocalState()
  state.nodeInSync = true
  state.putService({ service: web, token: 'a', isFromFile: false })
  state.putCheck({ check, token: 'b', isFromFile: false })
  expect(kinds(state)).toEqual(['service web', 'check service:web'])
})

test.each<[string, Partial<CatalogView>, string[]]>([
  ['a missing service', { services: [], checks: [] }, ['service web']],
  ['a service with other tags', { services: [{ ...web, tags: ['b'] }] }, ['service web']],
  ['a missing check', { checks: [] }, ['check service:web']],
  ['a check with another status', { checks: [{ ...check, status: 'critical' }] }, ['check service:web']],
  ['a stray service', { services: [web, { ...web, id: 'stray' }] }, ['removeService stray']],
  ['a stray check', { checks: [check, { ...check, checkId: 'stray' }] }, ['removeCheck stray']],
  [
    'the servers own service and serfHealth',
    { services: [web, { ...web, id: 'consul' }], checks: [check, { ...check, checkId: 'serfHealth', serviceId: '' }] },
    [],
  ],
  ['a missing node', { node: null }, ['node']],
  ['a node with other metadata', { node: { ...node, meta: { rack: '2' } } }, ['node']],
])('%s is found and mended', (_what, change, expected) => {
  expect(kinds(settled({ ...inSync, ...change }))).toEqual(expected)
})

test('the checks of a stray service go with it', () => {
  const stray = { ...web, id: 'stray' }
  const view = { ...inSync, services: [web, stray], checks: [check, { ...check, checkId: 'c', serviceId: 'stray' }] }
  expect(kinds(settled(view))).toEqual(['removeService stray'])
})

test('output that is held back does not count as a difference', () => {
  const view = { ...inSync, checks: [{ ...check, output: 'older' }] }
  expect(kinds(settled(view))).toEqual(['check service:web'])
  expect(kinds(settled(view, ['service:web']))).toEqual([])
})

test('tags that others may override are taken over', () => {
  const state = new LocalState()
  state.nodeInSync = true
  state.putService({ service: { ...web, enableTagOverride: true }, token: '', isFromFile: false })
  markDifferences(
    state,
    self,
    { node, services: [{ ...web, enableTagOverride: true, tags: ['theirs'] }], checks: [] },
    new Set(),
  )
  expect(kinds(state)).toEqual([])
  expect(state.service('web')?.service.tags).toEqual(['theirs'])
})

test('a removed service is one call, and coming back costs one call too', () => {
  const state = settled(inSync)
  state.removeService('web')
  expect(kinds(state)).toEqual(['removeService web'])
  state.putService({ service: web, token: 't', isFromFile: false })
  expect(kinds(state)).toEqual(['service web'])
})
