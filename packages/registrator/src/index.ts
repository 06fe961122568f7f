/**
 * Registers Docker containers as services, with the rules of gliderlabs/registrator.
 * @packageDocumentation
 */
import { systemClock, systemRandom } from '@sd/runtime'
import type { RegistratorOptions } from './options'
import { Registrator, type RegistratorPorts } from './registrator'

export { Registrator, type RegistratorPorts }
export { type DeregisterPolicy, type RegistratorOptions } from './options'
export { type Backoff } from './backoff'
export { type Container, type ContainerNetwork, parseContainer, type PortBinding } from './container'
export {
  type ContainerService,
  type RegisteredService,
  type ServiceRules,
  servicesFromContainer,
} from './services-from-container'
export { type ChangeInputs, type Changes, ownIds, planChanges, sameService } from './plan-changes'
export { type CallOptions, type Registry } from './registry'
export { type ContainerSource, type EngineEvent } from './source'
export { DockerSource, type DockerSourceOptions, type DockerSourcePorts } from './docker/docker-source'
export { type DockerEventsOptions } from './docker/docker-events'
export { type DockerEnvironment, type DockerHost, dockerHostFromEnvironment } from './docker/docker-host'
export { consulCheck, type ConsulCheck } from './registries/consul-check'
export { type ConsulAddress, type ConsulEnvironment, parseConsulAddress } from './registries/consul-address'
export {
  type ConsulAgentCalls,
  ConsulAgentClient,
  type ConsulAgentService,
  type ConsulServiceRegistration,
} from './registries/consul-agent-calls'
export { ConsulRegistry } from './registries/consul-registry'
export {
  EngineAnswerError,
  EngineUnreachableError,
  InvalidOptionError,
  RegistryRefusedError,
  RegistryUnreachableError,
  UnknownRegistryError,
} from './errors'

/** A {@link Registrator} on the system's clock and randomness. */
export function createRegistrator(
  ports: Pick<RegistratorPorts, 'source' | 'registry' | 'logger'>,
  options: RegistratorOptions,
): Registrator {
  return new Registrator({ clock: systemClock, random: systemRandom, ...ports }, options)
}
