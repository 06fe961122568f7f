import { CatalogStateMachine, getKey } from '@sd/catalog'
import { kvEntryFields } from '@sd/model'
import { ReadCache } from './read-cache'

const machine = () => {
  const catalog = new CatalogStateMachine()
  let index = 0
  const put = (key: string, value: string) =>
    catalog.applyCommand(++index, {
      type: 'kv',
      verb: 'set',
      entry: kvEntryFields.create({ key, value: Buffer.from(value) }),
    })
  return { catalog, put }
}

test('a result is kept until what it looked at changes, and then never again', () => {
  const { catalog, put } = machine()
  const cache = new ReadCache(1_000_000)
  put('a', '1')
  const read = () => cache.get<unknown>('k') ?? cache.run('k', (watch) => getKey(catalog.tables, 'a', watch))
  const first = read()
  first.set('json', Buffer.from('body'))
  put('b', 'other')
  expect(read()).toBe(first)
  expect(read().get('json')?.toString()).toBe('body')
  let told = 0
  first.onChange(() => told++)
  put('a', '2')
  expect(told).toBe(1)
  expect(first.changed).toBe(true)
  expect(read()).not.toBe(first)
})

test('bytes stay within the bound, the oldest go first', () => {
  const { catalog } = machine()
  const cache = new ReadCache(20_000)
  for (let i = 0; i < 50; i++) {
    cache.run(`k${i}`, (watch) => getKey(catalog.tables, `a${i}`, watch)).set('json', Buffer.alloc(1_000))
    cache.get('k0')
  }
  expect(cache.bytes).toBeLessThanOrEqual(20_000)
  expect(cache.get('k0')).toBeDefined()
  expect(cache.get('k49')).toBeDefined()
  expect(cache.get('k10')).toBeUndefined()
})
