/** This node's claims as `/v1/agent` shows them. */
import { createHash } from 'node:crypto'
import { type AgentService, agentServiceFields, jsonEncoder, type NodeService, nodeServiceFields } from '@sd/model'

const encode = jsonEncoder(agentServiceFields)
const NO_PROXY = JSON.stringify(nodeServiceFields.create().proxy)

export function agentServiceOf(service: NodeService, datacenter: string): AgentService {
  const isProxied = service.kind === 'connect-proxy' || JSON.stringify(service.proxy) !== NO_PROXY
  return agentServiceFields.create({
    kind: service.kind,
    id: service.id,
    service: service.service,
    tags: service.tags ?? [],
    meta: service.meta ?? {},
    port: service.port || (service.ports?.find((each) => each.default)?.port ?? 0),
    ports: service.ports,
    address: service.address,
    socketPath: service.socketPath,
    taggedAddresses: service.taggedAddresses,
    weights: service.weights,
    enableTagOverride: service.enableTagOverride,
    proxy: isProxied ? service.proxy : null,
    connect: JSON.stringify(service.connect) === '{}' ? null : service.connect,
    datacenter,
    locality: service.locality,
  })
}

/** The same service with a hash over all that it says; another content has another hash. */
export function withContentHash(service: AgentService): AgentService {
  return { ...service, contentHash: createHash('sha256').update(encode(service)).digest('hex').slice(0, 16) }
}
