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

const NONE: ReadonlySet<string> = new Set()

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

/** For bodies of `/v1/catalog/register`. */
export function prepareRegisterBody(body: unknown): void {
  if (!isObject(body)) return
  for (const [key, value] of Object.entries(body)) {
    const name = key.toLowerCase()
    const checks = name === 'check' ? [value] : name === 'checks' && Array.isArray(value) ? value : []
    for (const check of checks) {
      if (!isObject(check)) continue
      for (const [field, definition] of Object.entries(check)) {
        if (field.toLowerCase() === 'definition') prepareDefinition(definition)
      }
    }
  }
}

/** What Go clients of old call the durations is accepted and not used. */
const OBSOLETE_DURATION = /^(?:interval|timeout|deregistercriticalserviceafter)duration$/i

function prepareDefinition(definition: unknown): void {
  prepareCheck(definition, NONE)
  if (!isObject(definition)) return
  for (const key of Object.keys(definition)) if (OBSOLETE_DURATION.test(key)) delete definition[key]
}

function prepareCheck(check: unknown, unknown: ReadonlySet<string>): void {
  if (!isObject(check)) return
  for (const [key, value] of Object.entries(check)) {
    const name = key.toLowerCase()
    if (unknown.has(name)) refuseField(key)
    if (DURATIONS.has(name) && typeof value !== 'string' && typeof value !== 'number') delete check[key]
  }
}
