/** What should be registered: the services of every container that is up. */
import type { ContainerService } from './services-from-container'

/** A container's services, and whether they are only kept because of how it ended. */
interface Held {
  services: readonly ContainerService[]
  isRetained: boolean
}

/**
 * Two containers may claim one service id (a container is replaced by another of its name): the service stays desired until
 * the last of them is gone, in the form that the newest gives it.
 */
export class DesiredServices {
  readonly #containers = new Map<string, Held>()
  /** Service id to the claims of containers, oldest first. */
  readonly #claims = new Map<string, Map<string, ContainerService>>()
  /** Service id to how many stopped containers keep it. */
  readonly #retained = new Map<string, number>()

  /** Sets what a container has; returns the ids whose desired state may have changed. */
  set(containerId: string, services: readonly ContainerService[]): string[] {
    const gone = this.#drop(containerId, new Set(services.map(({ id }) => id)))
    for (const service of services) {
      const claims = this.#claims.get(service.id)
      if (claims) claims.set(containerId, service)
      else this.#claims.set(service.id, new Map([[containerId, service]]))
    }
    if (services.length > 0) this.#containers.set(containerId, { services, isRetained: false })
    return [...new Set([...gone, ...services.map(({ id }) => id)])]
  }

  delete(containerId: string): string[] {
    return this.#drop(containerId, new Set())
  }

  /** The container stopped but its services are to stay as they are, neither renewed nor removed. */
  retain(containerId: string): string[] {
    const held = this.#containers.get(containerId)
    if (!held || held.isRetained) return []
    const ids = this.#drop(containerId, new Set())
    this.#containers.set(containerId, { services: held.services, isRetained: true })
    for (const { id } of held.services) this.#retained.set(id, (this.#retained.get(id) ?? 0) + 1)
    return ids
  }

  get(serviceId: string): ContainerService | undefined {
    const claims = this.#claims.get(serviceId)
    return claims && [...claims.values()].at(-1)
  }

  isRetained = (serviceId: string): boolean => this.#retained.has(serviceId)

  has(containerId: string): boolean {
    return this.#containers.has(containerId)
  }

  /** Containers with services, kept ones included. */
  get containerIds(): string[] {
    return [...this.#containers.keys()]
  }

  *[Symbol.iterator](): IterableIterator<ContainerService> {
    for (const claims of this.#claims.values()) yield [...claims.values()].at(-1) as ContainerService
  }

  /** Forgets a container, but leaves its place in the order of claims to the ids in `staying`. */
  #drop(containerId: string, staying: ReadonlySet<string>): string[] {
    const held = this.#containers.get(containerId)
    if (!held) return []
    this.#containers.delete(containerId)
    for (const { id } of held.services) {
      if (held.isRetained) this.#countRetained(id)
      else if (!staying.has(id)) this.#unclaim(id, containerId)
    }
    return held.services.map(({ id }) => id)
  }

  #unclaim(id: string, containerId: string): void {
    const claims = this.#claims.get(id)
    claims?.delete(containerId)
    if (claims?.size === 0) this.#claims.delete(id)
  }

  #countRetained(id: string): void {
    const count = (this.#retained.get(id) ?? 1) - 1
    if (count > 0) this.#retained.set(id, count)
    else this.#retained.delete(id)
  }
}
