import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { goQuote, stringFlag } from '../../flags'
import { readServiceFiles } from './read-service-files'

export const servicesDeregisterCommand = defineCommand({
  synopsis: 'Deregisters services from the agent',
  help: (sd) => `Usage: ${sd} services deregister [options] [FILE...]

  Deregisters services from the agent that has them: those of configuration
  files, or one by its id.

      $ ${sd} services deregister web.json db.json
      $ ${sd} services deregister -id=web`,
  flags: {
    id: stringFlag('Id of the service; not together with files.', ''),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    if (args.length === 0 && values.id === '') {
      throw new CommandFailure('Service deregistration requires at least one argument or -id.')
    }
    if (args.length > 0 && values.id !== '') {
      throw new CommandFailure('Service deregistration requires arguments or -id, not both.')
    }
    const services =
      args.length === 0
        ? [{ id: values.id, name: '' }]
        : await attempt('Error', () => readServiceFiles(args, (text) => invocation.err(text)))
    const client = await invocation.connect(values)
    for (const service of services) {
      const id = service.id || service.name
      const what = `Error deregistering service ${goQuote(service.name)}`
      await attempt(what, () => client.agent.deregisterService(id))
      invocation.out(`Deregistered service: ${id}`)
    }
  },
})
