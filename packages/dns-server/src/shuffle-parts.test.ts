import { SeededRandom } from '@sd/runtime/testing'
import { randomInteger } from '@sd/runtime'
import { ask, makeHandler } from '../test/harness'
import { MapResolver } from '../test/map-resolver'

const RUNS = 150
const SEED = Number(process.env.FUZZ_SEED ?? 11)

/** A catalog with names, counts, addresses and metadata of many lengths. */
function randomCatalog(random: SeededRandom): MapResolver {
  const catalog = new MapResolver()
  const nodes = 1 + randomInteger(random, 6)
  const hasMeta = random.next() < 0.4
  for (let index = 0; index < nodes; index++) {
    const name = `n${index}${'x'.repeat(randomInteger(random, random.next() < 0.3 ? 50 : 5))}`
    catalog.node_(name, `10.0.0.${index}`, hasMeta ? { meta: { k: 'v'.repeat(randomInteger(random, 60)) } } : {})
  }
  const all = [...catalog.nodes.values()]
  const instances = 1 + randomInteger(random, random.next() < 0.5 ? 8 : 70)
  for (let index = 0; index < instances; index++) {
    const node = all[randomInteger(random, all.length)] as (typeof all)[number]
    const address = random.next() < 0.4 ? `192.168.${randomInteger(random, 3)}.${index}` : ''
    catalog.add('web', node, index, { address })
  }
  return catalog
}

it('a kept packet says what a fresh one would, for any catalog, size and limit', async () => {
  for (let run = 0; run < RUNS; run++) {
    const random = new SeededRandom(SEED + run)
    const catalog = randomCatalog(random)
    const settings = {
      udpAnswerLimit: 1 + randomInteger(random, 9),
      enableTruncate: true,
      disableCompression: random.next() < 0.3,
    }
    const edns = random.next() < 0.3 ? {} : { edns: 400 + randomInteger(random, 3_000) }
    const question = { ...edns, transport: random.next() < 0.2 ? ('tcp' as const) : ('udp' as const) }
    const type = random.next() < 0.3 ? 'A' : 'SRV'
    const fresh = makeHandler(catalog, { ...settings, cacheBytesMax: 0, seed: run })
    const kept = makeHandler(catalog, { ...settings, seed: run })
    const limits = { least: Infinity, most: 0 }
    const shapes = new Set<string>()
    for (let again = 0; again < 12; again++) {
      const reply = await ask(fresh, 'web.service.consul', type, question)
      limits.least = Math.min(limits.least, reply.answers.length)
      limits.most = Math.max(limits.most, reply.answers.length)
      shapes.add(`${reply.rcode} ${reply.flags}`)
    }
    for (let again = 0; again < 12; again++) {
      const reply = await ask(kept, 'web.service.consul', type, question)
      const hint = `FUZZ_SEED=${SEED + run}: ${type} ${JSON.stringify({ ...settings, ...question })}`
      // Which answers fit depends on their lengths, and so on the order: one more or less is chance.
      const isNear = reply.answers.length >= limits.least - 2 && reply.answers.length <= limits.most + 2
      if (!isNear) throw new Error(`${hint}: ${reply.answers.length} answers, not ${limits.least} to ${limits.most}`)
      if (limits.least === limits.most && !shapes.has(`${reply.rcode} ${reply.flags}`))
        throw new Error(`${hint}: flags`)
      if (new Set(reply.answers).size !== reply.answers.length) throw new Error(`${hint}: a record twice`)
      const max = question.transport === 'tcp' ? 65_535 : Math.max(512, question.edns ?? 0)
      if (reply.answers.length > 1 && reply.bytes > max) throw new Error(`${hint}: ${reply.bytes} bytes`)
      if (type === 'SRV') expectAddresses(reply, hint)
    }
    expect(shapes.size).toBeGreaterThan(0)
  }
})

/** Each SRV target has its address. */
function expectAddresses(reply: Awaited<ReturnType<typeof ask>>, hint: string): void {
  const owners = new Set(reply.additional.map((line) => line.split(' ')[0]))
  for (const answer of reply.answers) {
    const target = answer.split(' ').at(-1)
    if (!owners.has(target)) throw new Error(`${hint}: no address for ${target}`)
  }
}

it('keeps nearly every service answer, so that the resolver is not asked again', async () => {
  let calls = 0
  for (let run = 0; run < 100; run++) {
    const catalog = randomCatalog(new SeededRandom(SEED + run))
    const handler = makeHandler(catalog)
    for (let again = 0; again < 3; again++) await ask(handler, 'web.service.consul', 'SRV')
    calls += catalog.calls
  }
  expect(calls).toBeLessThan(150)
})
