import { type HealthCheck, NODE_MAINTENANCE, sortedKeys, SERVICE_MAINTENANCE_PREFIX } from '@sd/model'
import { attempt, CommandFailure, defineCommand, type Invocation } from '../../command'
import { clientFlags } from '../../common-flags'
import { booleanFlag, goQuote, stringFlag } from '../../flags'

export const maintCommand = defineCommand({
  synopsis: 'Controls maintenance mode of a node or a service',
  help: (sd) => `Usage: ${sd} maint [options]

  Takes the agent's node, or one service of it, out of use and brings it
  back. In maintenance a critical check hides it from DNS and from queries
  for healthy instances; the mode survives a restart of the agent.

  Without options, prints what is in maintenance.`,
  flags: {
    enable: booleanFlag('Enter maintenance mode.', false),
    disable: booleanFlag('Leave maintenance mode.', false),
    reason: stringFlag('Why, for those who look at the check.', ''),
    service: stringFlag('The id of the service; without it the whole node is meant.', ''),
    ...clientFlags,
  },
  async run({ values }, invocation) {
    const { enable, disable, reason, service } = values
    if (enable && disable) throw new CommandFailure('Only one of -enable or -disable may be provided')
    if (!enable && reason !== '') throw new CommandFailure('Reason may only be provided with -enable')
    if (!enable && !disable && service !== '') throw new CommandFailure('Service requires either -enable or -disable')
    const { agent } = await invocation.connect(values)
    const doing = enable ? 'enabling' : 'disabling'
    if (!enable && !disable) {
      const node = await attempt('Error querying Consul agent', () => agent.nodeName())
      print(node, await attempt('Error getting checks', () => agent.checks()), invocation)
    } else if (service === '') {
      await attempt(`Error ${doing} node maintenance`, () =>
        enable ? agent.enableNodeMaintenance(reason) : agent.disableNodeMaintenance(),
      )
      invocation.out(`Node maintenance is now ${enable ? 'enabled' : 'disabled'}`)
    } else {
      await attempt(`Error ${doing} service maintenance`, () =>
        enable ? agent.enableServiceMaintenance(service, reason) : agent.disableServiceMaintenance(service),
      )
      invocation.out(`Service maintenance is now ${enable ? 'enabled' : 'disabled'} for ${goQuote(service)}`)
    }
  },
})

function print(node: string, checks: Readonly<Record<string, HealthCheck>>, invocation: Invocation): void {
  for (const id of sortedKeys(checks)) {
    const check = checks[id] as HealthCheck
    if (check.checkId === NODE_MAINTENANCE) {
      invocation.out(`Node:\n  Name:   ${node}\n  Reason: ${check.notes}\n`)
    } else if (check.checkId.startsWith(SERVICE_MAINTENANCE_PREFIX)) {
      invocation.out(`Service:\n  ID:     ${check.serviceId}\n  Reason: ${check.notes}\n`)
    }
  }
}
