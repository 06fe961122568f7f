import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, partitionFlags } from '../../common-flags'
import { booleanFlag } from '../../flags'

export const forceLeaveCommand = defineCommand({
  synopsis: 'Declares a failed member as left',
  help: (sd) => `Usage: ${sd} force-leave [options] name

  Puts a member into the state "left". Use it for a machine that failed and
  will not come back, so that the others stop trying to reach it. A member
  that still lives joins again by itself.`,
  flags: {
    prune: booleanFlag('Take the member out of the list altogether.', false),
    wan: booleanFlag('Take the server out of the WAN pool only.', false),
    ...clientFlags,
    ...partitionFlags,
  },
  async run({ values, args }, invocation) {
    if (args.length !== 1) throw new CommandFailure('A single node name must be specified to force leave.', 1, true)
    const client = await invocation.connect(values)
    const { prune, wan } = values
    await attempt('Error force leaving', () => client.agent.forceLeave(args[0] as string, { prune, wan }))
  },
})
