/** `SERVICE_CHECK_*` become one Consul check; pure. */
import type { ContainerService } from '../services-from-container'

/** A check as `PUT /v1/agent/service/register` takes it. */
export interface ConsulCheck {
  HTTP?: string
  Method?: string
  TCP?: string
  GRPC?: string
  GRPCUseTLS?: boolean
  TLSSkipVerify?: boolean
  Args?: string[]
  TTL?: string
  Interval?: string
  Timeout?: string
  Status?: string
  DeregisterCriticalServiceAfter?: string
}

const DEFAULT_INTERVAL = '10s'

/**
 * The first of HTTP, HTTPS, CMD, SCRIPT, TTL, TCP and GRPC that is given; `undefined` without any, and the service is then
 * always healthy. A script is given to `/bin/sh -c` on the agent's machine.
 */
export function consulCheck(service: ContainerService): ConsulCheck | undefined {
  const get = (key: string): string => (Object.hasOwn(service.attributes, key) ? (service.attributes[key] ?? '') : '')
  const probe = probeOf(service, get)
  if (!probe) return undefined
  const timed = probe.TTL
    ? {}
    : { Interval: get('check_interval') || DEFAULT_INTERVAL, ...given('Timeout', get('check_timeout')) }
  return {
    ...probe,
    ...timed,
    ...given('Status', get('check_initial_status')),
    ...given('DeregisterCriticalServiceAfter', get('check_deregister_after')),
  }
}

function probeOf(service: ContainerService, get: (key: string) => string): ConsulCheck | undefined {
  const { address, port, origin } = service
  const target = `${address.includes(':') ? `[${address}]` : address}:${port}`
  if (get('check_http'))
    return { HTTP: `http://${target}${get('check_http')}`, ...given('Method', get('check_http_method')) }
  if (get('check_https'))
    return { HTTP: `https://${target}${get('check_https')}`, ...given('Method', get('check_https_method')) }
  if (get('check_cmd'))
    return { Args: ['check-cmd', origin.containerId.slice(0, 12), origin.exposedPort, get('check_cmd')] }
  if (get('check_script')) return { Args: ['/bin/sh', '-c', withAddress(get('check_script'), service)] }
  if (get('check_ttl')) return { TTL: get('check_ttl') }
  if (get('check_tcp')) return { TCP: target }
  if (get('check_grpc')) {
    const isTls = get('check_grpc_use_tls') !== ''
    const skips = isTls && get('check_tls_skip_verify') !== ''
    return { GRPC: target, ...(isTls ? { GRPCUseTLS: true } : {}), ...(skips ? { TLSSkipVerify: true } : {}) }
  }
  return undefined
}

const withAddress = (script: string, { address, port }: ContainerService): string =>
  script.replaceAll('$SERVICE_IP', () => address).replaceAll('$SERVICE_PORT', () => String(port))

const given = <K extends string>(key: K, value: string): { [P in K]?: string } =>
  (value ? { [key]: value } : {}) as { [P in K]?: string }
