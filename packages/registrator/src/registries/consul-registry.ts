/** A Consul agent as a registry. */
import { sameService } from '../plan-changes'
import type { CallOptions, Registry } from '../registry'
import type { ContainerService, RegisteredService } from '../services-from-container'
import type { ConsulAgentCalls } from './consul-agent-calls'
import { consulCheck } from './consul-check'

export class ConsulRegistry implements Registry {
  constructor(private readonly calls: ConsulAgentCalls) {}

  async ping(options?: CallOptions): Promise<string> {
    return `consul: current leader ${await this.calls.leader(options)}`
  }

  async register(service: ContainerService, options?: CallOptions): Promise<void> {
    const check = consulCheck(service)
    await this.calls.registerService(
      {
        ID: service.id,
        Name: service.name,
        Tags: service.tags,
        Port: service.port,
        Address: service.address,
        Meta: consulMeta(service.attributes),
        ...(check ? { Check: check } : {}),
      },
      options,
    )
  }

  async deregister(service: RegisteredService, options?: CallOptions): Promise<void> {
    await this.calls.deregisterService(service.id, options)
  }

  async services(options?: CallOptions): Promise<RegisteredService[]> {
    const services = await this.calls.services(options)
    return services.map((service) => ({
      id: service.ID,
      name: service.Service,
      address: service.Address,
      port: service.Port,
      tags: service.Tags ?? [],
      attributes: service.Meta ?? {},
    }))
  }

  matches(actual: RegisteredService, wanted: RegisteredService): boolean {
    return sameService(actual, { ...wanted, attributes: consulMeta(wanted.attributes) })
  }
}

/** Consul's limits on service metadata (its documentation of `meta`); it refuses the whole service for one bad pair. */
const META_PAIRS_MAX = 64
const META_KEY = /^[a-zA-Z0-9_-]{1,128}$/
const META_VALUE_LENGTH_MAX = 512
const RESERVED_PREFIX = 'consul-'

/** The pairs that Consul takes, so that one long check script does not cost the service. */
export function consulMeta(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(attributes).filter(
    ([key, value]) =>
      META_KEY.test(key) && !key.startsWith(RESERVED_PREFIX) && Buffer.byteLength(value) <= META_VALUE_LENGTH_MAX,
  )
  return Object.fromEntries(pairs.slice(0, META_PAIRS_MAX))
}
