/** What Consul's agent refuses in service and check definitions, before it knows anything of its own state. */
import { type CheckDefinition, type JsonValue, type ServiceDefinition, servicePortsFault } from '@sd/model'
import { HttpStatusError } from './errors'

const META_PAIRS_MAX = 64
const META_KEY_LENGTH_MAX = 128
const META_VALUE_LENGTH_MAX = 512
const META_RESERVED_PREFIX = 'consul-'
const WEIGHT_MAX = 65_535
const META_KEY = /^[a-zA-Z0-9_-]+$/
/** Reserved meta keys that mesh gateways may set. */
const GATEWAY_META_KEYS = new Set(['consul-wan-federation'])
const CHECK_STATUSES = new Set(['passing', 'warning', 'critical'])

const refuse = (message: string) => new HttpStatusError(400, message)

export const isCheckStatus = (status: string): boolean => CHECK_STATUSES.has(status)

/** Go's multierror: one line per error, tab and star. */
export const multiError = (problems: readonly string[]): string =>
  `${problems.length} error${problems.length === 1 ? '' : 's'} occurred:\n${problems
    .map((problem) => `\t* ${problem}\n`)
    .join('')}\n`

/** Throws 400 with Consul's text. */
export function validateService(definition: ServiceDefinition): void {
  if (definition.name === '') throw refuse('Missing service name')
  if (['0.0.0.0', '::', '[::]'].includes(definition.address)) throw refuse('Invalid service address')
  const { weights } = definition
  if (weights) {
    const problem =
      weights.passing < 1
        ? 'Passing must be greater than 0'
        : weights.warning < 0
          ? 'Warning must be greater or equal than 0'
          : weights.passing > WEIGHT_MAX || weights.warning > WEIGHT_MAX
            ? 'DNS Weight must be between 0 and 65535'
            : undefined
    if (problem !== undefined) throw refuse(`Invalid Weights: ${problem}`)
  }
  const metaProblem = serviceMetaProblem(definition)
  if (metaProblem !== undefined) throw refuse(`Invalid Service Meta: ${metaProblem}`)
  const problems = serviceProblems(definition)
  if (problems.length > 0) throw refuse(`Validation failed: ${multiError(problems)}`)
  const checks = [...(definition.check && !isEmptyCheck(definition.check) ? [definition.check] : [])]
  for (const check of [...checks, ...(definition.checks ?? [])]) {
    const problem = checkProblem(check)
    if (problem !== undefined) throw refuse(`Invalid check: ${problem}`)
  }
  for (const check of [...checks, ...(definition.checks ?? [])]) {
    if (check.status !== '' && !isCheckStatus(check.status)) {
      throw refuse("Status for checks must 'passing', 'warning', 'critical'")
    }
  }
}

/** Throws 400 with Consul's text. */
export function validateCheck(definition: CheckDefinition): void {
  if (definition.name === '') throw refuse('Missing check name')
  if (definition.status !== '' && !isCheckStatus(definition.status)) throw refuse('Bad check status')
  const problem = checkProblem(definition)
  if (problem !== undefined) throw refuse(`Invalid check: ${problem}`)
}

function serviceMetaProblem({ meta, kind }: ServiceDefinition): string | undefined {
  const entries = Object.entries(meta ?? {})
  if (entries.length > META_PAIRS_MAX) {
    return `Node metadata cannot contain more than ${META_PAIRS_MAX} key/value pairs`
  }
  for (const [key, value] of entries) {
    const problem = metaPairProblem(key, value, kind === 'mesh-gateway')
    if (problem !== undefined) return `Couldn't load metadata pair ('${key}', '${value}'): ${problem}`
  }
  return undefined
}

function metaPairProblem(key: string, value: string, isMeshGateway: boolean): string | undefined {
  if (key === '') return 'Key cannot be blank'
  if (!META_KEY.test(key)) return 'Key contains invalid characters'
  if (key.length > META_KEY_LENGTH_MAX) return `Key is too long (limit: ${META_KEY_LENGTH_MAX} characters)`
  if (key.startsWith(META_RESERVED_PREFIX) && !(isMeshGateway && GATEWAY_META_KEYS.has(key))) {
    return `Key prefix '${META_RESERVED_PREFIX}' is reserved for internal use`
  }
  return Buffer.byteLength(value) > META_VALUE_LENGTH_MAX
    ? `Value is too long (limit: ${META_VALUE_LENGTH_MAX} characters)`
    : undefined
}

function serviceProblems(definition: ServiceDefinition): string[] {
  const problems: string[] = []
  const ports = definition.ports ?? []
  if (definition.kind === 'connect-proxy') {
    if (ports.length > 0) problems.push('Ports cannot be set for a connect-proxy')
    if (definition.port === 0 && definition.socketPath === '') {
      problems.push('Port or SocketPath must be set for a connect-proxy')
    }
    const destination = member(definition.proxy, 'DestinationServiceName')
    if (typeof destination !== 'string' || destination.trim() === '') {
      problems.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
    }
    if (destination === '*') {
      problems.push('Proxy.DestinationServiceName must not be a wildcard for Connect proxy services')
    }
    if (member(definition.connect, 'Native') === true) {
      problems.push('A Proxy cannot also be Connect Native, only typical services')
    }
  }
  if (ports.length > 0 && definition.port !== 0) problems.push('Cannot set both Port and Ports')
  const portProblem = servicePortsFault(definition.ports)
  if (portProblem !== undefined) problems.push(portProblem)
  return problems
}

/** A member of free-form JSON, in any case and with or without underscores. */
function member(value: JsonValue, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const wanted = name.toLowerCase()
  for (const [key, item] of Object.entries(value)) if (key.replaceAll('_', '').toLowerCase() === wanted) return item
  return undefined
}

/** A check object without anything in it is as good as none. */
export function isEmptyCheck(check: CheckDefinition): boolean {
  return Object.values(check as object).every(
    (value) =>
      value === '' || value === 0 || value === false || value === null || (Array.isArray(value) && value.length === 0),
  )
}

export function checkProblem(check: CheckDefinition): string | undefined {
  const hasInterval = check.intervalMs > 0
  const hasTtl = check.ttlMs > 0
  const isAlias = check.aliasNode !== '' || check.aliasService !== ''
  const needsInterval =
    (check.scriptArgs?.length ?? 0) > 0 ||
    [check.http, check.tcp, check.udp, check.grpc, check.h2ping, check.osService].some((target) => target !== '')
  if (hasInterval && hasTtl) return 'Interval and TTL cannot both be specified'
  if (needsInterval && !hasInterval) {
    return 'Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks'
  }
  if (needsInterval && isAlias) return 'Interval cannot be set for Alias checks'
  if (isAlias && hasTtl) return 'TTL must be not be set for Alias checks'
  if (!needsInterval && !isAlias && !hasTtl) return 'TTL must be > 0 for TTL checks'
  if (check.outputMaxSize < 0) return 'MaxOutputMaxSize must be positive'
  if (check.failuresBeforeWarning > check.failuresBeforeCritical) {
    return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
  }
  return undefined
}
