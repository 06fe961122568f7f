import { aService } from '../test/a-service'
import { DesiredServices } from './desired-services'

const ids = (desired: DesiredServices) => [...desired].map(({ id, port }) => `${id} ${port}`)

test('says which services may have changed', () => {
  const desired = new DesiredServices()
  expect(desired.set('c1', [aService('a'), aService('b')])).toEqual(['a', 'b'])
  expect(desired.set('c1', [aService('b'), aService('c')])).toEqual(['a', 'b', 'c'])
  expect(ids(desired)).toEqual(['b 80', 'c 80'])
  expect(desired.delete('c1')).toEqual(['b', 'c'])
  expect(desired.delete('c1')).toEqual([])
  expect(ids(desired)).toEqual([])
})

test('remembers no container without services', () => {
  const desired = new DesiredServices()
  desired.set('c1', [])
  expect(desired.containerIds).toEqual([])
})

test('a service claimed twice is as the newest says, until the last claim ends', () => {
  const desired = new DesiredServices()
  desired.set('old', [aService('a', { port: 1 })])
  desired.set('new', [aService('a', { port: 2 })])
  expect(ids(desired)).toEqual(['a 2'])
  desired.set('old', [aService('a', { port: 3 })])
  expect(ids(desired)).toEqual(['a 2'])
  desired.delete('new')
  expect(ids(desired)).toEqual(['a 3'])
  desired.delete('old')
  expect(desired.get('a')).toBeUndefined()
})

test('a retained service is not desired but known, until its container is gone or up again', () => {
  const desired = new DesiredServices()
  desired.set('c1', [aService('a')])
  expect(desired.retain('c1')).toEqual(['a'])
  expect(desired.retain('c1')).toEqual([])
  expect(desired.retain('unknown')).toEqual([])
  expect([ids(desired), desired.isRetained('a'), desired.has('c1')]).toEqual([[], true, true])
  desired.set('c1', [aService('a')])
  expect([ids(desired), desired.isRetained('a')]).toEqual([['a 80'], false])
  desired.retain('c1')
  expect(desired.delete('c1')).toEqual(['a'])
  expect([desired.isRetained('a'), desired.has('c1')]).toEqual([false, false])
})

test('two stopped containers may retain one service', () => {
  const desired = new DesiredServices()
  for (const container of ['c1', 'c2']) {
    desired.set(container, [aService('a')])
    desired.retain(container)
  }
  desired.delete('c1')
  expect(desired.isRetained('a')).toBe(true)
  desired.delete('c2')
  expect(desired.isRetained('a')).toBe(false)
})
