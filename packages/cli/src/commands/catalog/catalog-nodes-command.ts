import { type ConsulClient, type ReadOptions } from '@sd/api-client'
import { type Node, nodeFields, sortedKeys } from '@sd/model'
import { errorMessage } from '@sd/runtime'
import { attempt, CommandFailure, defineCommand, refuseArguments } from '../../command'
import { clientFlags, partitionFlags, serverFlags } from '../../common-flags'
import { booleanFlag, mapFlag, stringFlag } from '../../flags'
import { readData } from '../../read-data'
import { columns } from '../../table-text'

export const catalogNodesCommand = defineCommand({
  synopsis: 'Lists nodes',
  help: (sd) => `Usage: ${sd} catalog nodes [options]

  Lists the nodes of a datacenter.

  With full ids, all addresses and metadata:

      $ ${sd} catalog nodes -detailed

  Those that run a service, that have some metadata, by their distance:

      $ ${sd} catalog nodes -service=web -node-meta="rack=r1" -near=_agent`,
  flags: {
    detailed: booleanFlag('Print full ids, all addresses and metadata.', false),
    near: stringFlag('Order by the distance from this node; "_agent" is the node of the agent.', ''),
    'node-meta': mapFlag('Only nodes with this metadata, as `key=value`; may be given many times.'),
    service: stringFlag('Only nodes that run the service of this `name`.', ''),
    filter: stringFlag('A filter expression.', ''),
    ...clientFlags,
    ...serverFlags,
    ...partitionFlags,
  },
  async run({ values, args }, invocation) {
    refuseArguments(args)
    const client = await invocation.connect(values)
    const filter = await readFilter()
    const nodeMeta = Object.fromEntries(values['node-meta'])
    const nodes = await fetchNodes(client, values.service, { near: values.near, nodeMeta, filter })
    if (nodes.length === 0) {
      invocation.err('No nodes match the given query - try expanding your search.')
      return
    }
    const header = ['Node', 'ID', 'Address', 'DC', ...(values.detailed ? ['TaggedAddresses', 'Meta'] : [])]
    invocation.out(columns([header, ...nodes.map((node) => row(node, values.detailed))]))

    async function readFilter(): Promise<string> {
      try {
        return (await readData(values.filter, invocation.io.stdin)).toString('utf8')
      } catch (error) {
        throw new CommandFailure(`Could not process filter argument: ${errorMessage(error)}`)
      }
    }
  },
})

async function fetchNodes(client: ConsulClient, service: string, options: ReadOptions): Promise<readonly Node[]> {
  if (service === '') {
    return (await attempt('Error listing nodes', () => client.catalog.nodes(options))).value
  }
  const found = await attempt('Error listing nodes for service', () => client.catalog.service(service, options))
  return found.value.map(({ id, node, address, datacenter, taggedAddresses, nodeMeta }) =>
    nodeFields.create({ id, node, address, datacenter, taggedAddresses, meta: nodeMeta }),
  )
}

function row(node: Node, isDetailed: boolean): string[] {
  if (!isDetailed) return [node.node, node.id.split('-', 1)[0] as string, node.address, node.datacenter]
  return [node.node, node.id, node.address, node.datacenter, pairs(node.taggedAddresses), pairs(node.meta)]
}

const pairs = (map: Readonly<Record<string, string>> | null): string =>
  sortedKeys(map ?? {})
    .map((key) => `${key}=${map?.[key]}`)
    .join(', ')
