/** What a check is: the definition that Consul knows, its validation (Consul's texts) and its defaults. */

export type CheckStatus = 'passing' | 'warning' | 'critical'

/** The types that Consul shows in a check's `Type` field; '' when none applies. */
export type CheckType =
  'grpc' | 'http' | 'ttl' | 'tcp' | 'udp' | 'alias' | 'docker' | 'script' | 'h2ping' | 'os_service' | ''

/**
 * One check. Zero values ('' and 0 and empty lists) mean "not set", as in Consul, so that a decoded request fits without a conversion.
 * Exactly one of the targets (`scriptArgs`, `http`, `tcp`, ..., `ttlMs`, an alias) makes sense.
 */
export interface CheckDefinition {
  /** Unique in one checker. */
  readonly id: string
  readonly name?: string | undefined
  /**
   * The status before the first result.
   * @defaultValue 'critical'
   */
  readonly status?: CheckStatus | '' | undefined
  /** Command and arguments; run directly, not by a shell. With `dockerContainerId`, run in that container. */
  readonly scriptArgs?: readonly string[] | null | undefined
  readonly dockerContainerId?: string | undefined
  /** Kept for completeness: with `scriptArgs` no shell takes part, as in Consul. */
  readonly shell?: string | undefined
  /** URL to request. */
  readonly http?: string | undefined
  /** @defaultValue 'GET' */
  readonly method?: string | undefined
  readonly header?: Readonly<Record<string, readonly string[]>> | null | undefined
  readonly body?: string | undefined
  readonly disableRedirects?: boolean | undefined
  /** `host:port` */
  readonly tcp?: string | undefined
  readonly tcpUseTls?: boolean | undefined
  /** `host:port` */
  readonly udp?: string | undefined
  /** `host:port` or `host:port/service` */
  readonly grpc?: string | undefined
  readonly grpcUseTls?: boolean | undefined
  /** `host:port` */
  readonly h2ping?: string | undefined
  /** @defaultValue true */
  readonly h2pingUseTls?: boolean | undefined
  /** Name of a systemd unit (Linux) or of a service (Windows). */
  readonly osService?: string | undefined
  /** Node to follow; '' is this node. */
  readonly aliasNode?: string | undefined
  /** ID of the service to follow. */
  readonly aliasService?: string | undefined
  /** Handed to the `StatusSource` of an alias check; never logged. */
  readonly token?: string | undefined
  /** Time without an update after which a TTL check is critical. */
  readonly ttlMs?: number | undefined
  /** Pause between the end of a run and the start of the next. Below `INTERVAL_MIN_MS` it is raised, with a warning. */
  readonly intervalMs?: number | undefined
  /**
   * How long one run may take before it counts as critical.
   * @defaultValue 30 s for scripts and OS services, 10 s for the rest (Consul's)
   */
  readonly timeoutMs?: number | undefined
  readonly tlsServerName?: string | undefined
  readonly tlsSkipVerify?: boolean | undefined
  /** Results in a row that are passing or warning before the check shows it. */
  readonly successBeforePassing?: number | undefined
  /** Critical results in a row before the check is warning. @defaultValue `failuresBeforeCritical` */
  readonly failuresBeforeWarning?: number | undefined
  /** Critical results in a row before the check is critical. */
  readonly failuresBeforeCritical?: number | undefined
  /** After this long in critical, `criticalTooLong` is emitted. */
  readonly deregisterCriticalServiceAfterMs?: number | undefined
  /** Bytes of output kept; the smaller of this and the checker's own limit counts. */
  readonly outputMaxSize?: number | undefined
}

/** The shortest pause between two runs, in milliseconds (Consul's MinInterval: less would risk a fork bomb). */
export const INTERVAL_MIN_MS = 1_000

const isPositive = (value: number | undefined): boolean => value !== undefined && value > 0

export const isScriptCheck = (check: CheckDefinition): boolean => (check.scriptArgs?.length ?? 0) > 0
export const isAliasCheck = (check: CheckDefinition): boolean => !!check.aliasNode || !!check.aliasService

/** Whether `value` is one of the three statuses of a check. */
export const isCheckStatus = (value: unknown): value is CheckStatus =>
  value === 'passing' || value === 'warning' || value === 'critical'

/**
 * What is wrong with a definition, in Consul's words, or undefined when it can be run (agent/structs CheckType.Validate).
 * Consul's HTTP API puts "Invalid check: " before it, its agent "Check is not valid: ".
 */
export function checkDefinitionProblem(check: CheckDefinition): string | undefined {
  const isTimed =
    isScriptCheck(check) || !!(check.http || check.tcp || check.udp || check.grpc || check.h2ping || check.osService)
  const hasInterval = isPositive(check.intervalMs)
  const hasTtl = isPositive(check.ttlMs)
  if (hasInterval && hasTtl) return 'Interval and TTL cannot both be specified'
  if (isTimed && !hasInterval) return 'Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks'
  if (isTimed && isAliasCheck(check)) return 'Interval cannot be set for Alias checks'
  if (isAliasCheck(check) && hasTtl) return 'TTL must be not be set for Alias checks'
  if (!isTimed && !isAliasCheck(check) && !hasTtl) return 'TTL must be > 0 for TTL checks'
  if ((check.outputMaxSize ?? 0) < 0) return 'MaxOutputMaxSize must be positive'
  if ((check.failuresBeforeWarning ?? 0) > (check.failuresBeforeCritical ?? 0)) {
    return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical"
  }
  return undefined
}

/** The type that Consul shows for a definition (its order of precedence). */
export function checkTypeOf(check: CheckDefinition): CheckType {
  const hasInterval = isPositive(check.intervalMs)
  if (check.grpc && hasInterval) return 'grpc'
  if (check.http && hasInterval) return 'http'
  if (isPositive(check.ttlMs)) return 'ttl'
  if (check.tcp && hasInterval) return 'tcp'
  if (check.udp && hasInterval) return 'udp'
  if (isAliasCheck(check)) return 'alias'
  if (isScriptCheck(check)) return check.dockerContainerId && hasInterval ? 'docker' : 'script'
  if (check.h2ping && hasInterval) return 'h2ping'
  if (check.osService && hasInterval) return 'os_service'
  return ''
}

/** What is really run when a definition names several targets: Consul's agent tries them in this order. */
export function checkKindOf(check: CheckDefinition): Exclude<CheckType, ''> {
  if (isPositive(check.ttlMs)) return 'ttl'
  if (check.http) return 'http'
  if (check.tcp) return 'tcp'
  if (check.udp) return 'udp'
  if (check.grpc) return 'grpc'
  if (isScriptCheck(check) && check.dockerContainerId) return 'docker'
  if (check.osService) return 'os_service'
  if (isScriptCheck(check)) return 'script'
  if (check.h2ping) return 'h2ping'
  return 'alias'
}
