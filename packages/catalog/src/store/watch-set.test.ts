import { WATCHES_PER_QUERY_MAX, WatchSet, type WatchEvent, Watches } from './watch-set'

function write(watches: Watches, key: string): void {
  const woken = new Set<WatchSet>()
  watches.version++
  watches.collect(key, woken)
  for (const set of woken) set.fire('changed')
}

describe('WatchSet', () => {
  it('calls back once, for a key or a prefix that is watched', () => {
    const watches = new Watches()
    const events: string[] = []
    const exact = new WatchSet()
    exact.add(watches.key('a/b'))
    exact.onChange((event) => events.push(`exact ${event}`))
    const prefix = new WatchSet()
    prefix.add(watches.prefix('a/'))
    prefix.onChange((event) => events.push(`prefix ${event}`))
    write(watches, 'a')
    write(watches, 'b/a/b')
    expect(events).toEqual([])
    write(watches, 'a/c')
    expect(events).toEqual(['prefix changed'])
    write(watches, 'a/b')
    write(watches, 'a/b')
    expect(events).toEqual(['prefix changed', 'exact changed'])
    expect(watches.isIdle).toBe(true)
  })

  it('does not miss a change between the query and the wait', () => {
    const watches = new Watches()
    const set = new WatchSet()
    set.add(watches.key('a'))
    write(watches, 'a')
    const events: WatchEvent[] = []
    set.onChange((event) => events.push(event))
    expect(events).toEqual(['changed'])
  })

  it('leaves nothing behind when it is closed, and may be closed twice', () => {
    const watches = new Watches()
    const set = new WatchSet()
    set.add(watches.prefix('a'))
    set.onChange(() => expect('never').toBe('called'))
    expect(watches.isIdle).toBe(false)
    set.close()
    set.close()
    expect(watches.isIdle).toBe(true)
    write(watches, 'a')
  })

  it('falls back to the coarser key when a query looks at too much', () => {
    const watches = new Watches()
    const set = new WatchSet()
    const all = watches.prefix('')
    for (let i = 0; i < WATCHES_PER_QUERY_MAX + 100; i++) set.addWithin(watches.key(`key-${i}`), all)
    expect(set.size).toBe(WATCHES_PER_QUERY_MAX + 1)
    const events: WatchEvent[] = []
    set.onChange((event) => events.push(event))
    write(watches, `key-${WATCHES_PER_QUERY_MAX + 50}`)
    expect(events).toEqual(['changed'])
  })

  it('lets 10,000 idle watchers cost an unrelated write nothing', () => {
    const watches = new Watches()
    for (let i = 0; i < 10_000; i++) {
      const set = new WatchSet()
      set.add(watches.prefix(`service-${i}\0`))
      set.onChange(() => expect('never').toBe('called'))
    }
    const woken = new Set<WatchSet>()
    let lookups = 0
    const key = new Proxy(Object('other-service\0'), {
      get: (target: object, name) => {
        if (name === 'slice') lookups++
        const value = Reflect.get(target, name, target) as unknown
        return typeof value === 'function' ? (value as () => unknown).bind(target) : value
      },
    }) as string
    watches.collect(key, woken)
    expect(woken.size).toBe(0)
    // One look-up for each length of watched prefixes, however many there are.
    expect(lookups).toBeLessThanOrEqual(4)
  })
})
