import { attempt, defineCommand, refuseArguments } from '../../command'
import { clientFlags, serverFlags } from '../../common-flags'

export const catalogDatacentersCommand = defineCommand({
  synopsis: 'Lists datacenters',
  help: (sd) => `Usage: ${sd} catalog datacenters [options]

  Lists all known datacenters, the nearest first.`,
  flags: { ...clientFlags, ...serverFlags },
  async run({ values, args }, invocation) {
    refuseArguments(args)
    const client = await invocation.connect(values)
    for (const name of await attempt('Error listing datacenters', () => client.catalog.datacenters())) {
      invocation.out(name)
    }
  },
})
