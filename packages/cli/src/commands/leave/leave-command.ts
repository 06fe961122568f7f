import { attempt, defineCommand } from '../../command'
import { clientFlags } from '../../common-flags'

const help = (sd: string) => `Usage: ${sd} leave [options]

  Makes the agent tell the others that it goes, and stop.`

export const leaveCommand = defineCommand({
  synopsis: 'Makes the agent leave the cluster and stop',
  help,
  flags: clientFlags,
  async run({ values, args }, invocation) {
    if (args.length > 0) {
      invocation.err(`Error found unexpected args: [${args.join(' ')}]`)
      invocation.out(leaveCommand.help(invocation.program))
      return 1
    }
    const client = await invocation.connect(values)
    await attempt('Error leaving', () => client.agent.leave())
    invocation.out('Graceful leave complete')
    return 0
  },
})
