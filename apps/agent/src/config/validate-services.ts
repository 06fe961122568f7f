/** What is wrong with one service or check of a file; undefined when nothing is. */
import { type CheckDefinition, type ServiceDefinition, servicePortsFault } from '@sd/model'
import { goQuote } from '@sd/cli/flags'
import { joinFaults } from './config-error'

export function faultOfCheck(check: CheckDefinition): string | undefined {
  const runs = Boolean(
    check.scriptArgs?.length || check.http || check.tcp || check.udp || check.grpc || check.h2ping || check.osService,
  )
  const isAlias = Boolean(check.aliasNode || check.aliasService)
  if (check.intervalMs > 0 && check.ttlMs > 0) return 'Interval and TTL cannot both be specified'
  if (runs && check.intervalMs <= 0) {
    return 'Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks'
  }
  if (runs && isAlias) return 'Interval cannot be set for Alias checks'
  if (isAlias && check.ttlMs > 0) return 'TTL must be not be set for Alias checks'
  if (!runs && !isAlias && check.ttlMs <= 0) return 'TTL must be > 0 for TTL checks'
  if (check.outputMaxSize < 0) return 'MaxOutputMaxSize must be positive'
  if (check.failuresBeforeWarning > check.failuresBeforeCritical) {
    return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
  }
  return undefined
}

export function faultOfService(service: ServiceDefinition): string | undefined {
  const faults: string[] = []
  if (service.kind === 'connect-proxy') {
    if (service.ports?.length) faults.push('Ports cannot be set for a connect-proxy')
    if (service.port === 0 && service.socketPath === '') {
      faults.push('Port or SocketPath must be set for a connect-proxy')
    }
    const proxy = service.proxy as { DestinationServiceName?: string } | null
    if (!proxy?.DestinationServiceName?.trim()) {
      faults.push('Proxy.DestinationServiceName must be non-empty for Connect proxy services')
    }
  }
  const connect = service.connect as { Native?: boolean } | null
  if (connect?.Native && service.port === 0 && service.socketPath === '') {
    faults.push('Port or SocketPath must be set for a Connect native service.')
  }
  if (service.ports?.length && service.port !== 0) faults.push('Cannot set both Port and Ports')
  const portFault = servicePortsFault(service.ports)
  if (portFault) faults.push(portFault)
  for (const check of service.checks ?? []) {
    const fault = faultOfCheck(check)
    if (fault) return `check ${goQuote(check.name)}: ${fault}`
  }
  return faults.length > 0 ? joinFaults(faults) : undefined
}
