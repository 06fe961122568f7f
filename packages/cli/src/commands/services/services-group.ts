import { CommandFailure, defineCommand, defineGroup } from '../../command'
import { clientFlags } from '../../common-flags'
import { stringFlag } from '../../flags'

export const servicesGroup = defineGroup(
  'Registers and deregisters services',
  (sd) => `Usage: ${sd} services <subcommand> [options] [args]

  Works on the services of the agent that is asked; "${sd} catalog" is for
  those of the whole cluster.`,
)

export const servicesExportCommand = defineCommand({
  synopsis: 'Exports a service to a peer (refused)',
  help: (sd) => `Usage: ${sd} services export [options] -name <service> -consumer-peers <peers>

  Exports go over cluster peering, which this program does not have. The
  command exists to say so.`,
  flags: {
    name: stringFlag('Name of the service.', ''),
    'consumer-peers': stringFlag('Names of peers, with commas between them.', ''),
    'consumer-partitions': stringFlag('Names of partitions, with commas between them.', ''),
    ...clientFlags,
  },
  async run() {
    throw new CommandFailure('Error exporting service: cluster peering is not supported')
  },
})
