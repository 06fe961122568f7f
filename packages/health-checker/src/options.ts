/** Options of a checker, all with defaults. Sources: Consul's configuration reference and agent. */
import { SdError } from '@sd/runtime'

/** Certificates for probes that speak TLS (Consul: `enable_agent_tls_for_checks`). PEM text. */
export interface ProbeTlsOptions {
  /** Trusted authorities. @defaultValue the system's, or Node's where there are none */
  readonly ca?: string | readonly string[] | undefined
  /** Certificate shown to the target. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** How names in targets are looked up. IP addresses never are. */
export interface NameLookupOptions {
  /** Name servers as `ip` or `ip:port`. @defaultValue those of the system */
  readonly servers?: readonly string[] | undefined
  /** @defaultValue the system's, '/etc/hosts' on Unix */
  readonly hostsFile?: string | undefined
  /** Search domains, ndots, timeout and attempts are read from it. @defaultValue '/etc/resolv.conf' */
  readonly resolvConfFile?: string | undefined
  /**
   * Names that are asked for at once. More wait, and fail when `timeoutMs` passes. Raise it for many slow name servers.
   * @defaultValue 128
   */
  readonly concurrentMax?: number | undefined
  /**
   * Longest time for one name, waiting included, in milliseconds.
   * @defaultValue 10_000
   */
  readonly timeoutMs?: number | undefined
}

export interface HealthCheckerOptions {
  /**
   * Who may add checks that run commands (script and Docker): nobody, callers that say `source: 'local'`, or all.
   * `true` with a remote API and no access control lets any caller run any command.
   * @defaultValue false
   */
  readonly scriptChecksEnabled?: boolean | 'local' | undefined
  /** Environment of scripts. @defaultValue that of this process */
  readonly scriptEnvironment?: Readonly<Record<string, string | undefined>> | undefined
  /** Bytes of output kept per check; the end is kept. @defaultValue 4096 (Consul's check_output_max_size) */
  readonly outputMaxSize?: number | undefined
  /** Keeps no output at all (Consul's discard_check_output). @defaultValue false */
  readonly discardOutput?: boolean | undefined
  /** Docker engine: `unix:///path`, `tcp://host:port`. @defaultValue $DOCKER_HOST, else 'unix:///var/run/docker.sock' */
  readonly dockerHost?: string | undefined
  readonly tls?: ProbeTlsOptions | undefined
  readonly lookup?: NameLookupOptions | undefined
  /** Probes with a socket that run at once; more wait their turn. @defaultValue 4096 */
  readonly concurrentProbesMax?: number | undefined
  /** Processes that run at once; more wait their turn. Each start holds the event loop for a moment. @defaultValue 64 */
  readonly concurrentProcessesMax?: number | undefined
  /** How often checks that were critical too long are looked for. @defaultValue 30_000 (Consul's check_reap_interval) */
  readonly reapIntervalMs?: number | undefined
  /** Shorter `deregisterCriticalServiceAfterMs` are raised to this. @defaultValue 60_000 (Consul's check_deregister_interval_min) */
  readonly deregisterAfterMinMs?: number | undefined
  /** How long `stop` waits for running probes to let go. @defaultValue 5_000 */
  readonly stopTimeoutMs?: number | undefined
}

const DEFAULTS = {
  scriptChecksEnabled: false as boolean | 'local',
  outputMaxSize: 4_096,
  discardOutput: false,
  concurrentProbesMax: 4_096,
  concurrentProcessesMax: 64,
  reapIntervalMs: 30_000,
  deregisterAfterMinMs: 60_000,
  stopTimeoutMs: 5_000,
}

export type ResolvedOptions = typeof DEFAULTS &
  Pick<HealthCheckerOptions, 'scriptEnvironment' | 'dockerHost' | 'tls' | 'lookup'>

/** An option is out of range. */
export class HealthOptionsError extends SdError<'HEALTH_OPTIONS'> {
  constructor(option: string, requirement: string) {
    super('HEALTH_OPTIONS', `${option} must be ${requirement}`, { details: { option } })
  }
}

/** Fills in the defaults and refuses what cannot work. */
export function resolveOptions(options: HealthCheckerOptions): ResolvedOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  const resolved = { ...DEFAULTS, ...given } as ResolvedOptions
  for (const name of ['outputMaxSize', 'concurrentProbesMax', 'concurrentProcessesMax'] as const) {
    if (!Number.isInteger(resolved[name]) || resolved[name] < 1)
      throw new HealthOptionsError(name, 'a whole number above 0')
  }
  if (!(resolved.reapIntervalMs > 0)) throw new HealthOptionsError('reapIntervalMs', 'above 0')
  return resolved
}
