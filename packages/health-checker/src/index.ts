/**
 * Runs health checks (HTTP, TCP, UDP, script, Docker, gRPC, HTTP/2 ping, TTL, alias, OS service) and reports status changes.
 * @packageDocumentation
 */
export {
  HealthChecker,
  type AddOptions,
  type CheckState,
  type HealthCheckerEvents,
  type HealthCheckerPorts,
} from './health-checker'
export {
  type CheckDefinition,
  checkDefinitionProblem,
  type CheckStatus,
  type CheckType,
  checkTypeOf,
  INTERVAL_MIN_MS,
  isAliasCheck,
  isCheckStatus,
  isScriptCheck,
} from './check-definition'
export { type HealthCheckerOptions, HealthOptionsError, type NameLookupOptions, type ProbeTlsOptions } from './options'
export type { AliasedCheck, AliasedState, AliasTarget, StatusSource } from './status-source'
export type { Probe, ProbeResult } from './probe'
export {
  DockerHostError,
  InvalidCheckError,
  NotRunnableError,
  NotTtlCheckError,
  ScriptChecksDisabledError,
  UnknownCheckError,
} from './errors'
