import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags } from '../../common-flags'
import { stringFlag } from '../../flags'
import { compile } from '../../regular-expression'

export const eventCommand = defineCommand({
  synopsis: 'Fires an event',
  help: (sd) => `Usage: ${sd} event [options] [payload]

  Sends an event of your own through the datacenter, by gossip. It has a
  name and, if you like, a small payload. Regular expressions choose who
  acts on it: by node, by service, by tag of the service.`,
  flags: {
    name: stringFlag('Name of the event.', ''),
    node: stringFlag('Only nodes whose name matches this regular expression.', ''),
    service: stringFlag('Only nodes with a service whose name matches this regular expression.', ''),
    tag: stringFlag('Only services with a tag that matches this regular expression; needs -service.', ''),
    ...clientFlags,
  },
  async run({ values, args }, invocation) {
    const { name, node, service, tag } = values
    if (name === '') throw new CommandFailure('Event name must be specified', 1, true)
    compile('Failed to compile node filter regexp', node)
    compile('Failed to compile service filter regexp', service)
    compile('Failed to compile tag filter regexp', tag)
    if (tag !== '' && service === '') throw new CommandFailure('Cannot provide tag filter without service filter.')
    if (args.length > 1) throw new CommandFailure('Too many command line arguments.', 1, true)
    const client = await invocation.connect(values)
    await attempt('Error querying Consul agent', () => client.agent.nodeName())
    const payload = args[0] === undefined ? {} : { payload: args[0] }
    const options = { ...payload, filters: { node, service, tag } }
    const event = await attempt('Error firing event', () => client.event.fire(name, options))
    invocation.out(`Event ID: ${event.id}`)
  },
})
