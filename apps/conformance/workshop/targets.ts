/** The programs that are played: ours, or any pair by the environment, such as a real Consul with our registrator. */
import { join, resolve } from 'node:path'
import { root } from '../support/workspace'

/** Executable that is started as `AGENT agent ...`. */
export const agentCommand = command('AGENT', join(root, 'apps/agent/bin/sd'))
/** Executable that is started as `REGISTRATOR -ip IP consul://HOST:PORT`. */
export const registratorCommand = command('REGISTRATOR', join(root, 'apps/registrator/bin/sd-registrator'))

function command(variable: string, ours: string): string {
  const given = process.env[variable] ?? ours
  return given.includes('/') ? resolve(given) : given
}
