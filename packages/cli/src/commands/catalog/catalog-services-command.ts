import type { ConsulClient } from '@sd/api-client'
import { compareText } from '@sd/model'
import { attempt, defineCommand, refuseArguments } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { booleanFlag, mapFlag, stringFlag } from '../../flags'
import { tabbed } from '../../table-text'

type NodeMeta = Readonly<Record<string, string>>

export const catalogServicesCommand = defineCommand({
  synopsis: 'Lists services',
  help: (sd) => `Usage: ${sd} catalog services [options]

  Lists the names of services in a datacenter, with their tags if you like.

      $ ${sd} catalog services -tags

  Those of one node, or of nodes with some metadata:

      $ ${sd} catalog services -node=web-1
      $ ${sd} catalog services -node-meta="rack=r1"`,
  flags: {
    node: stringFlag('Only services of the node of this `name`.', ''),
    'node-meta': mapFlag('Only services on nodes with this metadata, as `key=value`; may be given many times.'),
    tags: booleanFlag('Print the tags beside each service.', false),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    refuseArguments(args)
    const client = await invocation.connect(values)
    const nodeMeta = Object.fromEntries(values['node-meta'])
    const services = await fetchServices(client, values.node, nodeMeta)
    const names = [...services.keys()].sort(compareText)
    if (names.length === 0) {
      invocation.err('No services match the given query - try expanding your search.')
    } else if (values.tags) {
      const lines = names.map((name) => `${name}\t${[...(services.get(name) ?? [])].sort(compareText).join(',')}\n`)
      invocation.out(tabbed(lines.join('')).trim())
    } else {
      for (const name of names) invocation.out(name)
    }
  },
})

async function fetchServices(
  client: ConsulClient,
  node: string,
  nodeMeta: NodeMeta,
): Promise<ReadonlyMap<string, readonly string[]>> {
  if (node === '') {
    const { value } = await attempt('Error listing services', () => client.catalog.services({ nodeMeta }))
    return new Map(Object.entries(value))
  }
  const { value } = await attempt('Error listing services for node', () => client.catalog.node(node, { nodeMeta }))
  const services = new Map<string, readonly string[]>()
  for (const { service, tags } of Object.values(value?.services ?? {})) {
    services.set(service, [...(services.get(service) ?? []), ...(tags ?? [])])
  }
  return services
}
