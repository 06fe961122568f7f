import { errorMessage } from '@sd/runtime'
import { type ServiceAddress, type ServiceDefinition, serviceDefinitionFields, type ServiceKind } from '@sd/model'
import { attempt, CommandFailure, defineCommand } from '../../command'
import { clientFlags, serverFlags, tenancyFlags } from '../../common-flags'
import { goQuote, integerFlag, listFlag, mapFlag, stringFlag } from '../../flags'
import { readServiceFiles } from './read-service-files'
import { addressFault } from './service-address'

export const servicesRegisterCommand = defineCommand({
  synopsis: 'Registers services with the agent',
  help: (sd) => `Usage: ${sd} services register [options] [FILE...]

  Registers services with the agent, from configuration files (HCL or JSON)
  or from flags. They stay until someone deregisters them.

      $ ${sd} services register web.json
      $ ${sd} services register -name=web -port=80`,
  flags: {
    id: stringFlag('Id of the service; its name when it is not given.', ''),
    name: stringFlag('Name of the service.', ''),
    address: stringFlag('Address of the service, without a port.', ''),
    port: integerFlag('Port of the service.', 0),
    socket: stringFlag('Path of a Unix socket, instead of address and port.', ''),
    meta: mapFlag('Metadata, as key=value; may be given many times.'),
    tag: listFlag('A tag; may be given many times.'),
    'tagged-address': mapFlag('A further address, as name=address:port; may be given many times.'),
    kind: stringFlag('Kind of the service, for the mesh.', ''),
    ...clientFlags,
    ...serverFlags,
    ...tenancyFlags,
  },
  async run({ values, args }, invocation) {
    const { id, name, address, port, kind } = values
    const fault = addressFault(address, { allowsPort: false })
    if (fault)
      throw new CommandFailure(`Invalid Service address when using CLI flags. Use -port flag instead: ${fault}`)
    const fromFlags = serviceDefinitionFields.create({
      id,
      name,
      address,
      port,
      kind: kind as ServiceKind,
      socketPath: values.socket,
      tags: values.tag.length > 0 ? values.tag : null,
      meta: values.meta.size > 0 ? Object.fromEntries(values.meta) : null,
      taggedAddresses: taggedAddresses(values['tagged-address']),
    })
    if (args.length === 0 && name === '') {
      throw new CommandFailure('Service registration requires at least one argument or flags.')
    }
    if (args.length > 0 && name !== '') {
      throw new CommandFailure('Service registration requires arguments or -id, not both.')
    }
    const services = args.length === 0 ? [fromFlags] : await fromFiles(args, (text) => invocation.err(text))
    const client = await invocation.connect(values)
    for (const service of services) {
      const what = `Error registering service ${goQuote(service.name)}`
      await attempt(what, () => client.agent.registerService(service))
      invocation.out(`Registered service: ${service.name}`)
    }
  },
})

function taggedAddresses(flags: ReadonlyMap<string, string>): Record<string, ServiceAddress> | null {
  if (flags.size === 0) return null
  const addresses: Record<string, ServiceAddress> = {}
  for (const [name, text] of flags) {
    const split = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text)
    const port = split ? Number(split[3]) : 0
    if (port > 65_535) throw new CommandFailure(`Invalid Tagged address: port ${port} is above 65535`)
    const address = split ? (split[1] ?? split[2] ?? '') : text
    const fault = addressFault(address, { allowsPort: true })
    if (fault) throw new CommandFailure(`Invalid Tagged address for tagged address '${name}': ${fault}`)
    addresses[name] = { address, port }
  }
  return addresses
}

async function fromFiles(paths: readonly string[], warn: (text: string) => void): Promise<ServiceDefinition[]> {
  let services: ServiceDefinition[]
  try {
    services = await readServiceFiles(paths, warn)
  } catch (error) {
    throw new CommandFailure(`Error: ${errorMessage(error)}`)
  }
  for (const { name, address, taggedAddresses: tagged, port, ports } of services) {
    const fault = addressFault(address, { allowsPort: false })
    if (fault) {
      throw new CommandFailure(`Invalid Service address for service '${name}'. Use port field instead: ${fault}`)
    }
    for (const [tag, other] of Object.entries(tagged ?? {})) {
      const reason = addressFault(other.address, { allowsPort: true })
      if (reason)
        throw new CommandFailure(`Invalid Tagged address for tagged address '${tag}' in service '${name}': ${reason}`)
    }
    if (ports && ports.length > 0 && port !== 0) {
      throw new CommandFailure(`Service '${name}' has both 'port' and 'ports' fields set; only one is allowed`)
    }
  }
  return services
}
