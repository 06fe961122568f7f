/** Asks both agents, started alike and given the same services, and compares what they say. */
import { ask } from './ask'
import { DNS_KNOWN_DIFFERENCES } from './known-differences'
import type { Question } from './questions'
import { seed } from './seed'
import { shape } from './shape'
import { startTargets, type Targets } from '../http/targets'

/** Questions in flight at once. */
const PARALLEL = 8

export interface QuestionGroup {
  /** A sentence. */
  readonly name: string
  readonly questions: readonly Question[]
}

/** `config` may depend on what is started first, such as an upstream server. */
export function dnsConformance(area: string, groups: readonly QuestionGroup[], prepare: () => Promise<object>): void {
  let targets: Targets
  const unused = new Set(DNS_KNOWN_DIFFERENCES.filter((known) => known.area === area))
  let asked = 0

  beforeAll(async () => {
    targets = await startTargets(await prepare())
    await Promise.all([seed(targets.real.agent), seed(targets.ours.agent)])
  })

  afterAll(async () => {
    await targets?.stop()
    process.stdout.write(`dns ${area}: ${asked} questions compared\n`)
  })

  describe(`DNS ${area}`, () => {
    it.each(groups.map((group) => [group.name, group] as const))('%s', async (_, { questions }) => {
      const differences: string[] = []
      const queue = [...questions]
      const compareNext = async (): Promise<void> => {
        for (let next = queue.shift(); next; next = queue.shift()) {
          asked += 1
          const difference = await compareOne(targets, next)
          if (difference === undefined) continue
          const label = next.label
          const known = DNS_KNOWN_DIFFERENCES.find((each) => each.area === area && each.question.test(label))
          if (known) unused.delete(known)
          else differences.push(difference)
        }
      }
      await Promise.all(Array.from({ length: PARALLEL }, compareNext))
      expect(questions.length).toBeGreaterThan(0)
      expect(differences.join('\n\n')).toBe('')
    })

    it('every known difference still shows', () => {
      expect([...unused].map(({ question, reason }) => `${question}: ${reason}`)).toEqual([])
    })
  })
}

async function compareOne({ real, ours }: Targets, question: Question): Promise<string | undefined> {
  const { message, transport, compares, label } = question
  const [left, right] = await Promise.all(
    [real, ours].map(async ({ agent, places }) => {
      const text = shape(await ask(transport, agent.dnsPort, message), compares)
      return Object.entries(places).reduce((hidden, [own, common]) => hidden.replaceAll(own, common), text)
    }),
  )
  return left === right ? undefined : `${label}\n-- Consul ${left}\n-- ours   ${right}`
}
