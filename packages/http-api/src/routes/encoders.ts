/** JSON of what several areas answer with, with Consul's choices between null and []. */
import {
  agentServiceFields,
  type CheckServiceNode,
  checkServiceNodeFields,
  type HealthCheck,
  healthCheckFields,
  jsonEncoder,
  jsonListEncoder,
  jsonMap,
  type NodeService,
  type ServiceNode,
  serviceNodeFields,
  type ServicePort,
} from '@sd/model'

const NONE: readonly string[] = []
const encodeChecks = jsonListEncoder(healthCheckFields)
const encodeServiceNodes = jsonListEncoder(serviceNodeFields)
const encodeCheckServiceNodes = jsonListEncoder(checkServiceNodeFields)
const encodeCheck = jsonEncoder(healthCheckFields)

export const encodeAgentService = jsonEncoder(agentServiceFields)

export const checkWithTags = (check: HealthCheck): HealthCheck =>
  check.serviceTags === null ? { ...check, serviceTags: NONE } : check

/** The port marked as default; 0 without one. */
export const defaultPort = (ports: readonly ServicePort[] | null): number =>
  ports?.find((port) => port.default)?.port ?? 0

export const serviceWithTags = (service: NodeService): NodeService =>
  service.tags === null ? { ...service, tags: NONE } : service

function shownService(service: NodeService): NodeService {
  const tagged = serviceWithTags(service)
  return tagged.port === 0 && tagged.ports !== null && tagged.ports.length > 0
    ? { ...tagged, port: defaultPort(tagged.ports) }
    : tagged
}

export const healthChecksJson = (checks: readonly HealthCheck[]): string => encodeChecks(checks.map(checkWithTags))

export const healthCheckMapJson = (checks: Readonly<Record<string, HealthCheck>>): string =>
  jsonMap(checks, (check) => encodeCheck(checkWithTags(check)))

export const checkServiceNodesJson = (nodes: readonly CheckServiceNode[]): string =>
  encodeCheckServiceNodes(
    nodes.map((item) => ({
      node: item.node,
      service: item.service && shownService(item.service),
      checks: (item.checks ?? []).map(checkWithTags),
    })),
  )

export const serviceNodesJson = (nodes: readonly ServiceNode[]): string =>
  encodeServiceNodes(
    nodes.map((item) => {
      const tagged = item.serviceTags === null ? { ...item, serviceTags: NONE } : item
      return tagged.servicePort === 0 && tagged.servicePorts !== null && tagged.servicePorts.length > 0
        ? { ...tagged, servicePort: defaultPort(tagged.servicePorts) }
        : tagged
    }),
  )
