import { SdError } from '@sd/runtime'

/** `CONFIG_INVALID`: a setting, file or combination that the agent can not start with. The message is Consul's. */
export class ConfigError extends SdError<'CONFIG_INVALID'> {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super('CONFIG_INVALID', message, options)
  }
}

/** Several faults as one text, in the form of Go's multierror. */
export function joinFaults(faults: readonly string[]): string {
  const head = faults.length === 1 ? '1 error occurred:' : `${faults.length} errors occurred:`
  return `${head}\n${faults.map((fault) => `\t* ${fault.replaceAll('\n', '\n\t')}\n`).join('')}\n`
}
