/** What the leader does with a registration before it proposes it: refuses what Consul refuses, fills in what may be left out. */
import { type HealthCheck, type JsonValue, type NodeService, type RegisterRequest, servicePortsFault } from '@sd/model'
import { RefusedError } from '../errors'

/** The request as it goes into the log. Throws a coded error with Consul's message; permissions are the caller's. */
export function prepareRegister(request: RegisterRequest): RegisterRequest {
  requireNode(request.node, request.id)
  if (request.address === '' && !request.skipNodeUpdate) {
    throw invalid('Must provide address if SkipNodeUpdate is not set')
  }
  const service = request.service === null ? null : prepareService(request.service)
  const checks = [...(request.checks ?? []), ...(request.check === null ? [] : [request.check])]
  return {
    ...request,
    service,
    check: null,
    checks: checks.length === 0 ? request.checks : checks.map((check) => prepareCheck(check, request.node)),
  }
}

/** Refuses a node without a name, or with an id that is no UUID. */
export function requireNode(name: string, id: string): void {
  if (name === '') throw invalid('Must provide node')
  const idFault = id === '' ? undefined : uuidFault(id)
  if (idFault !== undefined) throw invalid(`Bad node ID: ${idFault}`)
}

const invalid = (message: string): RefusedError => new RefusedError('CATALOG_INVALID_COMMAND', message)

/** Why a text is no UUID, in the words of Consul's parser. */
function uuidFault(text: string): string | undefined {
  if (Buffer.byteLength(text) !== 36) return 'uuid string is wrong length'
  if (!/^.{8}-.{4}-.{4}-.{4}-.{12}$/s.test(text)) return 'uuid is improperly formatted'
  const wrong = /[^0-9a-fA-F]/.exec(text.replace(/-/g, ''))?.[0]
  if (wrong === undefined) return undefined
  return `encoding/hex: invalid byte: U+${wrong.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${wrong}'`
}

export function prepareService(service: NodeService): NodeService {
  const faults = serviceFaults(service)
  if (faults.length > 0) {
    const count = faults.length === 1 ? '1 error' : `${faults.length} errors`
    throw invalid(`${count} occurred:\n${faults.map((fault) => `\t* ${fault}\n`).join('')}\n`)
  }
  if (service.id === '' && service.service === '') {
    throw invalid(
      'service name (Service.Service) is required; both Service ID (Service.ID) and Service Name cannot be empty',
    )
  }
  if (service.service === '') throw invalid('Must provide service name (Service.Service) when service ID is provided')
  if (['0.0.0.0', '::', '[::]'].includes(service.address)) throw invalid('Invalid service address')
  return service.id === '' ? { ...service, id: service.service } : service
}

function serviceFaults({ kind, port, ports, socketPath, proxy, connect }: NodeService): string[] {
  const faults: string[] = []
  const hasPorts = ports !== null && ports.length > 0
  if (kind === 'connect-proxy') {
    if (hasPorts) faults.push(`Ports cannot be set for a ${kind}`)
    if (port === 0 && socketPath === '') faults.push(`Port or SocketPath must be set for a ${kind}`)
    const destination = memberOf(proxy, 'DestinationServiceName')
    if (typeof destination !== 'string' || destination.trim() === '') {
      faults.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
    }
    if (destination === '*') {
      faults.push('Proxy.DestinationServiceName must not be a wildcard for Connect proxy services')
    }
    if (memberOf(connect, 'Native') === true) {
      faults.push('A Proxy cannot also be Connect Native, only typical services')
    }
  }
  if (hasPorts && port !== 0) faults.push('Cannot set both Port and Ports')
  const portsFault = servicePortsFault(ports)
  if (portsFault !== undefined) faults.push(portsFault)
  return faults
}

/** A member of free-form JSON, by its name in any case. */
function memberOf(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]
}

export function prepareCheck(check: HealthCheck, node: string): HealthCheck {
  return {
    ...check,
    node: check.node === '' ? node : check.node,
    checkId: check.checkId === '' ? check.name : check.checkId,
    type: check.type === '' ? typeOf(check) : check.type,
  }
}

/** The type that a check's definition stands for; empty when it has none. */
function typeOf({ definition }: HealthCheck): string {
  const isPeriodic = definition.intervalMs > 0
  const hasScript = (definition.scriptArgs?.length ?? 0) > 0
  if (definition.grpc !== '' && isPeriodic) return 'grpc'
  if (definition.http !== '' && isPeriodic) return 'http'
  if (definition.ttlMs > 0) return 'ttl'
  if (definition.tcp !== '' && isPeriodic) return 'tcp'
  if (definition.udp !== '' && isPeriodic) return 'udp'
  if (definition.aliasNode !== '' || definition.aliasService !== '') return 'alias'
  if (hasScript && definition.dockerContainerId !== '' && isPeriodic) return 'docker'
  if (hasScript) return 'script'
  if (definition.h2ping !== '' && isPeriodic) return 'h2ping'
  return definition.osService !== '' && isPeriodic ? 'os_service' : ''
}
