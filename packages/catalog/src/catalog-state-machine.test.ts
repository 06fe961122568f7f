import {
  healthCheckFields,
  kvEntryFields,
  nodeServiceFields,
  registerRequestFields,
  sessionFields,
  txnOpFields,
} from '@sd/model'
import {
  type CatalogEffects,
  CatalogStateMachine,
  type Command,
  dumpNodes,
  encodeCommand,
  getKey,
  getNodeServices,
  listCheckServiceNodes,
  listCoordinates,
  listKeys,
  listNodes,
  listServiceNodes,
  listServices,
  listSessions,
  sortByDistance,
  WatchSet,
} from './index'

const kv = (key: string, values: object = {}): Command => ({
  type: 'kv',
  verb: 'set',
  entry: kvEntryFields.create({ key, value: Buffer.from('v'), ...values }),
})
const register = (node: string, service?: string, values: object = {}): Command => ({
  type: 'register',
  request: registerRequestFields.create({
    node,
    address: '10.0.0.1',
    service: service === undefined ? null : nodeServiceFields.create({ id: `${service}-1`, service }),
    ...values,
  }),
})
const check = (node: string, values: object = {}) =>
  healthCheckFields.create({ node, checkId: 'serfHealth', status: 'passing', ...values })

/** A machine and a log that numbers itself. */
function start(onEffects?: (effects: CatalogEffects) => void) {
  const machine = new CatalogStateMachine(onEffects === undefined ? {} : { onEffects })
  let index = 9
  const apply = (...commands: Command[]) =>
    machine.apply(commands.map((command) => ({ index: ++index, term: 1, data: encodeCommand(command) })))
  return { machine, apply, tables: () => machine.tables }
}

/** Calls `query` with a watch set; tells whether it has fired since. */
function watched(query: (watch: WatchSet) => unknown): () => boolean {
  const watch = new WatchSet()
  let hasFired = false
  query(watch)
  watch.onChange(() => (hasFired = true))
  return () => hasFired
}

describe('CatalogStateMachine', () => {
  it('gives refused commands Consul’s words, and takes their writes back', () => {
    const { apply, tables } = start()
    apply(register('a'))
    const orphan = register('b', 'web', { check: check('b', { serviceId: 'other' }) })
    expect(apply(orphan)).toEqual([
      {
        kind: 'refused',
        code: 'CATALOG_MISSING_SERVICE',
        message: 'failed inserting check on node "b": Missing service registration',
      },
    ])
    expect(listNodes(tables()).value.map((node) => node.node)).toEqual(['a'])
    expect(listServices(tables())).toEqual({ index: 0, value: new Map() })
    expect(apply(register('a', 'web', { check: check('c') }))).toMatchObject([
      { kind: 'refused', message: 'check node "c" does not match node "a"' },
    ])
  })

  it('takes a whole transaction back when one operation fails, and names each failure', () => {
    const { apply, tables } = start()
    const op = (verb: 'set' | 'get', key: string) =>
      txnOpFields.create({ kv: { verb, entry: kvEntryFields.create({ key }) } })
    expect(
      apply({ type: 'transaction', ops: [op('set', 'a'), op('get', 'b'), op('get', 'a'), op('get', 'c')] }),
    ).toEqual([
      {
        kind: 'transaction',
        results: [],
        errors: [
          { opIndex: 1, what: `key "b" doesn't exist` },
          { opIndex: 3, what: `key "c" doesn't exist` },
        ],
      },
    ])
    expect(listKeys(tables(), '')).toEqual({ index: 0, value: [] })
  })

  it('ends sessions of a check that turns critical, releases their locks and reports the lock delay', () => {
    const effects: CatalogEffects[] = []
    const { apply, tables } = start((effect) => effects.push(effect))
    apply(register('a', undefined, { check: check('a') }))
    const session = sessionFields.create({ id: 's1', node: 'a', nodeChecks: ['serfHealth'], lockDelayMs: 90_000 })
    apply({ type: 'sessionCreate', session })
    apply({ type: 'kv', verb: 'lock', entry: kvEntryFields.create({ key: 'leader', session: 's1' }) })
    expect(getKey(tables(), 'leader').value).toMatchObject({ session: 's1', lockIndex: 1 })
    apply(register('a', undefined, { check: check('a', { status: 'critical' }) }))
    expect(getKey(tables(), 'leader').value).toMatchObject({ session: '', lockIndex: 1, modifyIndex: 13 })
    expect(listSessions(tables()).value).toEqual([])
    expect(effects).toEqual([
      { index: 11, releasedLocks: [], createdSessions: ['s1'], endedSessions: [], madeTombstone: false },
      {
        index: 13,
        // Consul's maximum.
        releasedLocks: [{ key: 'leader', delayMs: 60_000 }],
        createdSessions: [],
        endedSessions: ['s1'],
        madeTombstone: false,
      },
    ])
  })

  it('does not number what is registered again unchanged', () => {
    const { apply, tables } = start()
    apply(register('a', 'web', { check: check('a') }))
    const before = listCheckServiceNodes(tables(), 'web')
    apply(register('a', 'web', { check: check('a') }))
    expect(listCheckServiceNodes(tables(), 'web')).toEqual(before)
    expect(before.index).toBe(10)
  })

  it('keeps a tombstone’s index for a prefix until it is reaped', () => {
    const { apply, tables } = start()
    apply(kv('a/1'), kv('a/2'), kv('b'))
    apply({ type: 'kv', verb: 'delete', entry: kvEntryFields.create({ key: 'a/2' }) })
    expect(listKeys(tables(), 'a/').index).toBe(13)
    apply(kv('b', { flags: 1 }))
    expect(listKeys(tables(), 'a/').index).toBe(13)
    apply({ type: 'reapTombstones', upTo: 13 })
    expect(listKeys(tables(), 'a/').index).toBe(10)
  })

  it('keeps flags of 64 bits', () => {
    const { apply, tables } = start()
    apply(kv('a', { flags: 18446744073709551615n }), kv('b', { flags: 42 }))
    expect(listKeys(tables(), '').value.map((entry) => entry.flags)).toEqual([18446744073709551615n, 42])
  })

  it('skips an ignorable command of a newer version, and stops at any other', () => {
    const { machine } = start()
    expect(machine.apply([{ index: 1, term: 1, data: Buffer.of(0x80 | 60) }])).toEqual([{ kind: 'ignored' }])
    expect(() => machine.apply([{ index: 2, term: 1, data: Buffer.of(60) }])).toThrow(
      expect.objectContaining({ code: 'CATALOG_UNREADABLE_COMMAND' }) as Error,
    )
  })
})

describe('watches', () => {
  it('of one service are not woken by another one, and are woken by its instances, nodes and checks', () => {
    const { apply, tables } = start()
    apply(register('a', 'web'), register('b', 'db'))
    const watchWeb = () => watched((watch) => listCheckServiceNodes(tables(), 'web', {}, watch))
    const changes: Command[] = [
      register('c', 'web'),
      register('a', undefined, { address: '10.0.0.9' }),
      register('a', undefined, { check: check('a') }),
      register('a', undefined, { check: check('a', { checkId: 'http', serviceId: 'web-1' }), skipNodeUpdate: true }),
    ]
    const idle = watchWeb()
    apply(register('b', 'db', { address: '10.0.0.8' }), register('d', 'cache'), kv('web'))
    expect(idle()).toBe(false)
    for (const change of changes) {
      const fired = watchWeb()
      apply(change)
      expect(fired()).toBe(true)
    }
  })

  it('of a service that does not exist are woken when it appears', () => {
    const { apply, tables } = start()
    const fired = watched((watch) => listCheckServiceNodes(tables(), 'web', {}, watch))
    const firedByTag = watched((watch) => listCheckServiceNodes(tables(), 'web', { tags: ['v1'] }, watch))
    apply(register('a', 'web'))
    expect([fired(), firedByTag()]).toEqual([true, true])
  })

  it('of keys are woken by that key, or by keys with that prefix', () => {
    const { apply, tables } = start()
    const key = watched((watch) => getKey(tables(), 'a/b', watch))
    const prefix = watched((watch) => listKeys(tables(), 'a/', watch))
    apply(kv('a'), kv('b/a/'))
    expect([key(), prefix()]).toEqual([false, false])
    apply(kv('a/c'))
    expect([key(), prefix()]).toEqual([false, true])
    apply({ type: 'kv', verb: 'delete-tree', entry: kvEntryFields.create({ key: 'a' }) })
    expect(key()).toBe(false)
    apply(kv('a/b'))
    expect(key()).toBe(true)
  })

  it('are called once, after the last entry of a batch', () => {
    const { machine, tables } = start()
    const seen: number[] = []
    const watch = new WatchSet()
    listKeys(tables(), 'a', watch)
    watch.onChange(() => seen.push(listKeys(tables(), 'a').value.length))
    machine.apply([1, 2, 3].map((index) => ({ index, term: 1, data: encodeCommand(kv(`a${index}`)) })))
    expect(seen).toEqual([3])
  })

  it('are not woken by what is refused', () => {
    const { apply, tables } = start()
    const fired = watched((watch) => listNodes(tables(), undefined, watch))
    apply(register('a', undefined, { check: check('a', { serviceId: 'none' }) }))
    expect(fired()).toBe(false)
  })

  it('are told that the state was replaced by a restore', async () => {
    const { machine, tables } = start()
    const events: string[] = []
    const watch = new WatchSet()
    listServiceNodes(tables(), 'web', {}, watch)
    watch.onChange((event) => events.push(event))
    await machine.restore(new CatalogStateMachine().snapshot().chunks())
    expect(events).toEqual(['abandoned'])
  })

  it('cover nodes, node services, dumps and sessions', () => {
    const { apply, tables } = start()
    apply(register('a', 'web'))
    const fired = [
      watched((watch) => listNodes(tables(), undefined, watch)),
      watched((watch) => getNodeServices(tables(), 'a', watch)),
      watched((watch) => dumpNodes(tables(), undefined, watch)),
      watched((watch) => listServices(tables(), undefined, watch)),
    ]
    const sessions = watched((watch) => listSessions(tables(), watch))
    apply(
      register('a', 'web', {
        address: '10.0.0.2',
        service: nodeServiceFields.create({ id: 'web-1', service: 'web', port: 1 }),
      }),
    )
    expect(fired.map((hasFired) => hasFired())).toEqual([true, true, true, true])
    expect(sessions()).toBe(false)
    apply({ type: 'sessionCreate', session: sessionFields.create({ id: 's', node: 'a' }) })
    expect(sessions()).toBe(true)
  })
})

describe('sortByDistance', () => {
  it('puts near nodes first, and those without a coordinate last in their order', () => {
    const { apply, tables } = start()
    const at = (node: string, x: number) => ({
      node,
      segment: '',
      partition: '',
      coord: { vec: [x, 0, 0, 0, 0, 0, 0, 0], error: 1, adjustment: 0, height: 0 },
    })
    apply(...['a', 'b', 'c', 'd', 'e'].map((node) => register(node)))
    apply({ type: 'coordinates', updates: [at('a', 0), at('b', 0.3), at('c', 0.1), at('unknown', 0), at('d', NaN)] })
    expect(listCoordinates(tables()).value.map((row) => row.node)).toEqual(['a', 'b', 'c'])
    const sort = (source: string) => sortByDistance(tables(), source, ['e', 'd', 'b', 'c', 'a'], (node) => node)
    expect(sort('a')).toEqual(['a', 'c', 'b', 'e', 'd'])
    expect(sort('d')).toEqual(['e', 'd', 'b', 'c', 'a'])
  })
})
