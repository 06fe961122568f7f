/** Every constructor call of the program: flags and environment become a registrator. */
import {
  ConsulAgentClient,
  ConsulRegistry,
  createRegistrator,
  dockerHostFromEnvironment,
  DockerSource,
  parseConsulAddress,
  type RegistratorOptions,
} from '@sd/registrator'
import { type Logger, type Service, systemClock, systemRandom } from '@sd/runtime'
import type { RegistratorFlags } from './registrator-flags'

export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>
  hostname: string
  /** What `hostname` resolves to; empty when it does not. */
  hostAddress: string
  exists: (path: string) => boolean
  logger: Logger
}

export interface ComposedRegistrator extends Service {
  /** Where services go to, for people. */
  registryAddress: string
}

export function composeRegistrator(
  flags: RegistratorFlags,
  registryUri: string,
  surroundings: Surroundings,
): ComposedRegistrator {
  const { env, exists, logger } = surroundings
  const address = parseConsulAddress(registryUri, env)
  const calls = new ConsulAgentClient(address)
  const source = new DockerSource(
    { clock: systemClock, random: systemRandom },
    { host: dockerHostFromEnvironment(env, { exists }) },
  )
  const registrator = createRegistrator(
    { source, registry: new ConsulRegistry(calls), logger },
    toOptions(flags, surroundings),
  )
  return {
    registryAddress: address.socketPath ?? address.url,
    get state() {
      return registrator.state
    },
    start: (options) => registrator.start(options),
    async stop() {
      await registrator.stop()
      await Promise.all([calls.close(), source.close()])
    },
    async [Symbol.asyncDispose]() {
      await this.stop()
    },
  }
}

export function toOptions(
  flags: RegistratorFlags,
  { hostname, hostAddress }: Pick<Surroundings, 'hostname' | 'hostAddress'>,
): RegistratorOptions {
  return {
    hostname,
    hostAddress,
    address: flags.ip,
    isInternal: flags.internal,
    isExplicit: flags.explicit,
    addressLabel: flags.useIpFromLabel,
    tags: flags.tags,
    ttlSeconds: flags.ttl,
    refreshIntervalMs: flags['ttl-refresh'] * 1_000,
    cleanup: flags.cleanup,
    resyncIntervalMs: flags.resync * 1_000,
    deregister: flags.deregister === 'on-success' ? 'on-success' : 'always',
    startRetries: flags['retry-attempts'],
    startRetryIntervalMs: flags['retry-interval'],
  }
}
