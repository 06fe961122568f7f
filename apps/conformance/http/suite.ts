/** Runs the scenarios of one area against both agents and compares the answers, request by request. */
import { Client } from './client'
import { compare, describeDifference } from './compare'
import { isKnown, KNOWN_DIFFERENCES } from './known-differences'
import { normalise } from './normalise'
import { startTargets, type Target, type Targets } from './targets'

export interface Scenario {
  /** A sentence. */
  readonly name: string
  /** Run once for each side; what it asks is recorded. */
  run(client: Client): Promise<void>
}

export function conformance(area: string, scenarios: readonly Scenario[], config: object = {}): void {
  let targets: Targets
  const unused = new Set(KNOWN_DIFFERENCES.filter((known) => known.area === area))
  let requests = 0

  beforeAll(async () => {
    targets = await startTargets(config)
  })

  afterAll(async () => {
    await targets?.stop()
    process.stdout.write(`${area}: ${requests} requests compared\n`)
  })

  describe(area, () => {
    it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
      const [real, ours] = await Promise.all([record(scenario, targets.real), record(scenario, targets.ours)])
      requests += real.length
      expect(real.length).toBeGreaterThan(0)
      const differences = compare(real, ours).filter((difference) => {
        const known = KNOWN_DIFFERENCES.find((each) => isKnown(area, difference, each))
        if (known) unused.delete(known)
        return known === undefined
      })
      expect(differences.map(describeDifference).join('\n')).toBe('')
    })

    it('every known difference still shows', () => {
      expect([...unused].filter(({ isRare }) => !isRare).map(({ request, reason }) => `${request}: ${reason}`)).toEqual(
        [],
      )
    })
  })
}

async function record(scenario: Scenario, { agent, places }: Target) {
  const client = new Client(agent)
  try {
    await scenario.run(client)
    return normalise(client.takeExchanges(), places)
  } finally {
    client.close()
  }
}
