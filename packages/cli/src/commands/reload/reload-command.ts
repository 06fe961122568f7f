import { attempt, defineCommand } from '../../command'
import { clientFlags } from '../../common-flags'

export const reloadCommand = defineCommand({
  synopsis: 'Makes the agent read its configuration again',
  help: (sd) => `Usage: ${sd} reload [options]

  Makes the agent read its configuration files again, as the signal SIGHUP
  does.`,
  flags: clientFlags,
  async run({ values }, invocation) {
    const client = await invocation.connect(values)
    await attempt('Error reloading', () => client.agent.reload())
    invocation.out('Configuration reload triggered')
  },
})
