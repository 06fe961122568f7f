/** Maintenance: a critical check that takes a service, or a whole node, out of every answer. */
import { goQuote } from '@sd/runtime'
import { type HealthCheck, healthCheckFields, NODE_MAINTENANCE, SERVICE_MAINTENANCE_PREFIX } from '@sd/model'
import { notFound } from '../errors'
import type { LocalAgent } from './local-agent'

const NODE_REASON = 'Maintenance mode is enabled for this node, but no reason was provided. This is a default message.'
const SERVICE_REASON =
  'Maintenance mode is enabled for this service, but no reason was provided. This is a default message.'

export async function setNodeMaintenance(
  agent: LocalAgent,
  enable: boolean,
  reason: string,
  token = '',
): Promise<void> {
  await setMaintenance(agent, enable, token, {
    node: agent.self.node,
    checkId: NODE_MAINTENANCE,
    name: 'Node Maintenance Mode',
    notes: reason || NODE_REASON,
  })
}

export async function setServiceMaintenance(
  agent: LocalAgent,
  id: string,
  enable: boolean,
  reason: string,
  token = '',
): Promise<void> {
  const service = agent.state.service(id)?.service
  if (!service)
    throw notFound(`Unknown service ID ${goQuote(id)}. Ensure that the service ID is passed, not the service name.`)
  await setMaintenance(agent, enable, token, {
    node: agent.self.node,
    checkId: `${SERVICE_MAINTENANCE_PREFIX}${id}`,
    name: 'Service Maintenance Mode',
    notes: reason || SERVICE_REASON,
    serviceId: id,
    serviceName: service.service,
    serviceTags: service.tags,
  })
}

async function setMaintenance(
  agent: LocalAgent,
  enable: boolean,
  token: string,
  check: Partial<HealthCheck> & { checkId: string },
): Promise<void> {
  const isOn = agent.state.check(check.checkId) !== undefined
  if (enable === isOn) return
  if (!enable) return agent.removeCheck(check.checkId)
  await agent.putStaticCheck(healthCheckFields.create({ ...check, status: 'critical', type: 'maintenance' }), token)
}
