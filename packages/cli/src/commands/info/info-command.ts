import { compareText } from '@sd/model'
import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags } from '../../common-flags'

export const infoCommand = defineCommand({
  synopsis: 'Prints figures about the agent',
  help: (sd) => `Usage: ${sd} info [options]

  Prints what the agent counts and knows about itself, by component.`,
  flags: clientFlags,
  async run({ values }, invocation) {
    const client = await invocation.connect(values)
    const { Stats: stats } = await attempt('Error querying agent', () => client.agent.self())
    if (typeof stats !== 'object' || stats === null) {
      throw new CommandFailure("Agent response did not contain 'Stats' key")
    }
    for (const [name, group] of sorted(stats)) {
      invocation.out(`${name}:`)
      if (typeof group !== 'object' || group === null) throw new CommandFailure('Got invalid subkey in stats')
      for (const [key, value] of sorted(group)) invocation.out(`\t${key} = ${String(value)}`)
    }
  },
})

const sorted = (map: object) => Object.entries(map).sort(([a], [b]) => compareText(a, b))
