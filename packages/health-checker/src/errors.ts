import { SdError } from '@sd/runtime'

/** The definition cannot be run. `problem` is Consul's text, the message is what Consul's agent says. */
export class InvalidCheckError extends SdError<'HEALTH_INVALID_CHECK'> {
  constructor(
    checkId: string,
    readonly problem: string,
    message = `Check is not valid: ${problem}`,
  ) {
    super('HEALTH_INVALID_CHECK', message, { details: { checkId } })
  }
}

/** Script checks (and Docker checks, which run commands too) are switched off for this source. */
export class ScriptChecksDisabledError extends SdError<'HEALTH_SCRIPTS_DISABLED'> {
  constructor(checkId: string, source: 'local' | 'remote') {
    super(
      'HEALTH_SCRIPTS_DISABLED',
      source === 'local'
        ? "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true"
        : "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true",
      { details: { checkId, source } },
    )
  }
}

/** No check has this ID. */
export class UnknownCheckError extends SdError<'HEALTH_UNKNOWN_CHECK'> {
  constructor(checkId: string) {
    super('HEALTH_UNKNOWN_CHECK', `Unknown check ID ${JSON.stringify(checkId)}`, { details: { checkId } })
  }
}

/** The check exists, but nobody may set its status: it is not a TTL check. */
export class NotTtlCheckError extends SdError<'HEALTH_NOT_TTL'> {
  constructor(checkId: string) {
    super('HEALTH_NOT_TTL', `CheckID ${JSON.stringify(checkId)} does not have associated TTL`, { details: { checkId } })
  }
}

/** The check cannot be run on demand: its status comes from elsewhere (TTL, alias). */
export class NotRunnableError extends SdError<'HEALTH_NOT_RUNNABLE'> {
  constructor(checkId: string) {
    super('HEALTH_NOT_RUNNABLE', `check ${JSON.stringify(checkId)} has no probe to run`, { details: { checkId } })
  }
}

/** The Docker address cannot be used. */
export class DockerHostError extends SdError<'HEALTH_DOCKER_HOST'> {
  constructor(host: string) {
    super('HEALTH_DOCKER_HOST', `unable to parse docker host \`${host}\``, { details: { host } })
  }
}
