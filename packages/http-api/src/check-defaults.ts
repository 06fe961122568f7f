/** What the absence of a field means in check definitions that come as JSON. */

type Parsed = Record<string, unknown>

const isObject = (value: unknown): value is Parsed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The first member whose name is one of `names`, whatever its case. */
const member = (value: Parsed, ...names: readonly string[]): unknown =>
  Object.entries(value).find(([key]) => names.includes(key.toLowerCase()))?.[1]

/** A check by HTTP/2 ping uses TLS unless it says otherwise. */
export function fillCheckDefaults(check: unknown): void {
  if (!isObject(check) || !member(check, 'h2ping')) return
  if (member(check, 'h2pingusetls', 'h2ping_use_tls') === undefined) check.H2PingUseTLS = true
}

/** {@link fillCheckDefaults} for every check of a service definition. */
export function fillServiceDefaults(service: unknown): void {
  if (!isObject(service)) return
  fillCheckDefaults(member(service, 'check'))
  const checks = member(service, 'checks')
  if (Array.isArray(checks)) for (const check of checks) fillCheckDefaults(check)
}
