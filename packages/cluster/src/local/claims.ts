/** From what a user registers to what this node claims. Pure. */
import { isIPv4, isIPv6 } from 'node:net'
import { formatDuration } from '@sd/runtime'
import {
  type CheckDefinition,
  checkType,
  type HealthCheck,
  healthCheckFields,
  type NodeService,
  nodeServiceFields,
  type ServiceAddress,
  type ServiceDefinition,
} from '@sd/model'

/** The instance that a definition describes, with Consul's defaults. */
export function serviceOf(definition: ServiceDefinition): NodeService {
  return nodeServiceFields.create({
    kind: definition.kind,
    id: definition.id || definition.name,
    service: definition.name,
    tags: definition.tags ?? [],
    address: definition.address,
    taggedAddresses: taggedAddressesOf(definition),
    meta: definition.meta,
    port: definition.port,
    ports: definition.ports,
    socketPath: definition.socketPath,
    weights: definition.weights ?? { passing: 1, warning: 1 },
    enableTagOverride: definition.enableTagOverride,
    locality: definition.locality,
    ...(definition.proxy === null
      ? {}
      : { proxy: { ...(nodeServiceFields.create().proxy as object), ...(definition.proxy as object) } }),
    ...(definition.connect === null ? {} : { connect: definition.connect }),
  })
}

/** An IP address as the service's own is also its tagged address, in its family. */
function taggedAddressesOf(definition: ServiceDefinition): Record<string, ServiceAddress> | null {
  const family = isIPv4(definition.address) ? 'ipv4' : isIPv6(definition.address) ? 'ipv6' : undefined
  const tagged: Record<string, ServiceAddress> = { ...definition.taggedAddresses }
  if (family) {
    const port = definition.ports?.find((each) => each.default)?.port ?? definition.port
    const own = { address: definition.address, port }
    tagged[`lan_${family}`] ??= own
    tagged[`wan_${family}`] ??= own
  }
  return Object.keys(tagged).length > 0 ? tagged : null
}

/** The definitions of a service's checks: `check` first, then `checks`; empty ones are left out. */
export function checkDefinitionsOf(definition: ServiceDefinition): readonly CheckDefinition[] {
  const all = [...(definition.check ? [definition.check] : []), ...(definition.checks ?? [])]
  return all.filter((check) =>
    Object.values(check).some((value) => value !== '' && value !== 0 && value !== false && value !== null),
  )
}

/** Ids that Consul gives to a service's checks: `service:ID`, or `service:ID:N` when there are several. */
export function checkOfService(
  node: string,
  service: NodeService,
  definition: CheckDefinition,
  position: number,
  count: number,
): HealthCheck {
  const checkId = definition.id || `service:${service.id}${count > 1 ? `:${position + 1}` : ''}`
  return healthCheckFields.create({
    ...described(node, definition),
    checkId,
    name: definition.name || `Service '${service.service}' check`,
    serviceId: service.id,
    serviceName: service.service,
    serviceTags: service.tags,
  })
}

/** A check that was registered by itself; `service` is the one that it names. */
export function checkOfNode(node: string, definition: CheckDefinition, service: NodeService | undefined): HealthCheck {
  return healthCheckFields.create({
    ...described(node, definition),
    checkId: definition.id || definition.name,
    name: definition.name,
    serviceId: definition.serviceId,
    serviceName: service?.service ?? '',
    serviceTags: service?.tags ?? [],
    // Consul writes out the zero duration here, and only here.
    interval: formatDuration(definition.intervalMs),
    timeout: formatDuration(definition.timeoutMs),
  })
}

const described = (node: string, definition: CheckDefinition): Partial<HealthCheck> => ({
  node,
  status: definition.status || 'critical',
  notes: definition.notes,
  type: checkType(definition),
  interval: definition.intervalMs === 0 ? '' : formatDuration(definition.intervalMs),
  timeout: definition.timeoutMs === 0 ? '' : formatDuration(definition.timeoutMs),
})
