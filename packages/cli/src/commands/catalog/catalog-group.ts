import { defineGroup } from '../../command'

export const catalogGroup = defineGroup(
  'Reads the catalog',
  (sd) => `Usage: ${sd} catalog <subcommand> [options] [args]

  Lists what the whole cluster knows, as its servers have it: datacenters,
  nodes and services.

      $ ${sd} catalog datacenters
      $ ${sd} catalog nodes
      $ ${sd} catalog services`,
)
