/** What Consul's decoders of service and check definitions take differently from the field tables. */
import { fillCheckDefaults, fillServiceDefaults } from './check-defaults'
import { refuseField } from './decode-body'

/** Spellings that our tables know and Consul's check does not. */
const UNKNOWN_IN_CHECK = [
  'check_id',
  'alias_node',
  'alias_service',
  'os_service',
  'success_before_passing',
  'failures_before_warning',
  'failures_before_critical',
  'output_max_size',
]
const UNKNOWN_IN_CHECK_OF_SERVICE = new Set([...UNKNOWN_IN_CHECK, 'id', 'token', 'disable_redirects'])
const UNKNOWN_IN_CHECK_OF_NODE = new Set([...UNKNOWN_IN_CHECK, 'checkid', 'proxyhttp', 'proxygrpc'])
/** Consul takes any JSON here, and means only texts and numbers. */
const DURATIONS = new Set([
  'interval',
  'timeout',
  'ttl',
  'deregistercriticalserviceafter',
  'deregister_critical_service_after',
])

type Members = Record<string, unknown>
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** For bodies of `/v1/agent/check/register`. */
export function prepareCheckBody(body: unknown): void {
  prepareCheck(body, UNKNOWN_IN_CHECK_OF_NODE)
  fillCheckDefaults(body)
}

/** For bodies of `/v1/agent/service/register`. */
export function prepareServiceBody(body: unknown): void {
  if (!isObject(body)) return
  for (const [key, value] of Object.entries(body)) {
    const name = key.toLowerCase()
    if (name === 'check') prepareCheck(value, UNKNOWN_IN_CHECK_OF_SERVICE)
    if (name === 'checks' && Array.isArray(value)) {
      for (const check of value) prepareCheck(check, UNKNOWN_IN_CHECK_OF_SERVICE)
    }
  }
  fillServiceDefaults(body)
}

function prepareCheck(check: unknown, unknown: ReadonlySet<string>): void {
  if (!isObject(check)) return
  for (const [key, value] of Object.entries(check)) {
    const name = key.toLowerCase()
    if (unknown.has(name)) refuseField(key)
    if (DURATIONS.has(name) && typeof value !== 'string' && typeof value !== 'number') delete check[key]
  }
}
