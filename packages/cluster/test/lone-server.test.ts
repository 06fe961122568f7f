import { kvEntryFields, serviceDefinitionFields, checkDefinitionFields, sessionFields } from '@sd/model'
import { setServiceMaintenance } from '../src/index'
import { loneServer, NODE } from './support'

const web = serviceDefinitionFields.create({
  name: 'web',
  port: 80,
  tags: ['a'],
  check: checkDefinitionFields.create({ ttlMs: 60_000 }),
})

type Lone = Awaited<ReturnType<typeof loneServer>>

/** Waits, through blocking reads, until a service has this many passing instances. */
async function passing(lone: Lone, service: string, count: number) {
  let minIndex = 0
  for (;;) {
    const { value, meta } = await lone.server.health.serviceNodes(
      { service, connect: false, passingOnly: true },
      { minIndex, maxWaitMs: 5_000 },
    )
    if (value.length === count) return value
    expect(meta.index).toBeGreaterThan(minIndex)
    minIndex = meta.index
  }
}

test('a lone server leads, and is a node with its serfHealth check and its consul service', async () => {
  const lone = await loneServer()
  try {
    await lone.agent.sync()
    const { value, meta } = await lone.server.health.serviceNodes(
      { service: 'consul', connect: false, passingOnly: true },
      {},
    )
    expect(value).toHaveLength(1)
    expect(value[0]?.checks?.map((check) => [check.checkId, check.status])).toEqual([['serfHealth', 'passing']])
    expect(value[0]?.service).toMatchObject({ service: 'consul', port: 8300 })
    expect(meta).toMatchObject({ knownLeader: true, lastContactMs: 0, effectiveConsistency: 'leader' })
    const { value: nodes } = await lone.server.catalog.nodes({})
    expect(nodes[0]).toMatchObject({ node: NODE, taggedAddresses: { lan: '127.0.0.1' }, meta: { rack: 'r1' } })
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('a registered service is served once its check passes, and not in maintenance', async () => {
  const lone = await loneServer()
  try {
    await lone.agent.registerService(web, { source: 'api' })
    await lone.agent.sync()
    await passing(lone, 'web', 0)
    await lone.agent.updateTtl('service:web', 'passing', 'fine')
    const [instance] = await passing(lone, 'web', 1)
    expect(instance?.checks?.find((check) => check.checkId === 'service:web')).toMatchObject({
      output: 'fine',
      serviceName: 'web',
    })
    await setServiceMaintenance(lone.agent, 'web', true, 'upgrade')
    await lone.agent.sync()
    await passing(lone, 'web', 0)
    await setServiceMaintenance(lone.agent, 'web', false, '')
    await lone.agent.sync()
    await passing(lone, 'web', 1)
    await lone.agent.removeService('web')
    await lone.agent.sync()
    await passing(lone, 'web', 0)
    expect((await lone.server.catalog.services({})).value).toEqual({ consul: [] })
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('a thousand waiting readers of one service get one and the same answer', async () => {
  const lone = await loneServer()
  try {
    await lone.agent.sync()
    const request = { service: 'web', connect: false, passingOnly: false }
    const { meta } = await lone.server.health.serviceNodes(request, {})
    const waiting = Array.from({ length: 1_000 }, () =>
      lone.server.health.serviceNodes(request, { minIndex: meta.index, maxWaitMs: 10_000 }),
    )
    await lone.agent.registerService(web, { source: 'api' })
    await lone.agent.sync()
    const answers = await Promise.all(waiting)
    expect(answers[0]?.value).toHaveLength(1)
    expect(new Set(answers.map((answer) => answer.rendered)).size).toBe(1)
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('what others put into the catalog under this node is removed, what they removed comes back', async () => {
  const lone = await loneServer()
  try {
    await lone.agent.registerService(web, { source: 'api' })
    await lone.agent.sync()
    const { value } = await lone.server.catalog.nodeServices(NODE, {})
    const service = value?.services.find((each) => each.id === 'web')
    if (!service) throw new Error('the service is not there')
    const { registerRequestFields, deregisterRequestFields } = await import('@sd/model')
    await lone.server.catalog.register(
      registerRequestFields.create({
        node: NODE,
        skipNodeUpdate: true,
        service: { ...service, id: 'stray', service: 'stray' },
      }),
    )
    await lone.server.catalog.deregister(deregisterRequestFields.create({ node: NODE, serviceId: 'web' }))
    await lone.agent.compare()
    expect(Object.keys((await lone.server.catalog.services({})).value).sort()).toEqual(['consul', 'web'])
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('a script check is refused unless it is allowed, and nothing stays of the refused service', async () => {
  const lone = await loneServer()
  try {
    const bad = { ...web, check: checkDefinitionFields.create({ scriptArgs: ['true'] }) }
    await expect(lone.agent.registerService(bad, { source: 'api' })).rejects.toThrow('Interval must be > 0')
    expect(lone.agent.state.service('web')).toBeUndefined()
    expect(lone.agent.state.checkCount).toBe(0)
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('a lock is released with its session, and stays closed for the lock delay', async () => {
  const lone = await loneServer()
  try {
    await lone.agent.sync()
    const id = await lone.server.session.create(
      sessionFields.create({ node: NODE, lockDelayMs: 15_000, nodeChecks: ['serfHealth'] }),
    )
    const entry = kvEntryFields.create({ key: 'lock', session: id, value: Buffer.from('me') })
    expect(await lone.server.kv.write('lock', entry)).toBe(true)
    await lone.server.session.destroy(id)
    expect((await lone.server.kv.get('lock', {})).value?.session).toBe('')
    const next = await lone.server.session.create(sessionFields.create({ node: NODE }))
    expect(await lone.server.kv.write('lock', { ...entry, session: next })).toBe(false)
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})

test('another datacenter has no path', async () => {
  const lone = await loneServer()
  try {
    expect(() => lone.server.kv.get('x', { datacenter: 'dc9' })).toThrow('No path to datacenter')
  } finally {
    await lone[Symbol.asyncDispose]()
  }
})
