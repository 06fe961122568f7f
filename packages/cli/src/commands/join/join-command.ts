import { errorMessage } from '@sd/runtime'
import { CommandFailure, defineCommand } from '../../command'
import { clientFlags, partitionFlags } from '../../common-flags'
import { booleanFlag } from '../../flags'

export const joinCommand = defineCommand({
  synopsis: 'Makes the agent join a cluster',
  help: (sd) => `Usage: ${sd} join [options] address ...

  Makes the agent join the cluster of the agent at an address. One that
  answers is enough.`,
  flags: {
    wan: booleanFlag('Join the servers of another datacenter.', false),
    ...clientFlags,
    ...partitionFlags,
  },
  async run({ values, args }, invocation) {
    if (args.length === 0) throw new CommandFailure('At least one address to join must be specified.', 1, true)
    const client = await invocation.connect(values)
    let joined = 0
    for (const address of args) {
      try {
        await client.agent.join(address, { wan: values.wan })
        joined++
      } catch (error) {
        invocation.err(`Error joining address '${address}': ${errorMessage(error)}`)
      }
    }
    if (joined === 0) throw new CommandFailure('Failed to join any nodes.')
    invocation.out(`Successfully joined cluster by contacting ${joined} nodes.`)
  },
})
