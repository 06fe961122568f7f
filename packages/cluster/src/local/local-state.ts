/** What this node claims: its services and checks, and which of the claims the catalog does not hold yet. No I/O. */
import { goQuote } from '@sd/runtime'
import type { CheckStatus, HealthCheck, NodeService } from '@sd/model'
import { refused } from '../errors'
import { sameCheck, sameService } from './same'

export interface ServiceClaim {
  readonly service: NodeService
  readonly token: string
  /** From a configuration file rather than from the API. */
  readonly isFromFile: boolean
}

export interface CheckClaim {
  readonly check: HealthCheck
  readonly token: string
  readonly isFromFile: boolean
}

/** What an update of a check's result did. */
export type CheckChange = 'none' | 'output' | 'status'

export class LocalState {
  readonly #services = new Map<string, ServiceClaim>()
  readonly #checks = new Map<string, CheckClaim>()
  readonly #checksOfService = new Map<string, Set<string>>()
  /** Claims that the catalog does not hold in their present form. */
  readonly unsyncedServices = new Set<string>()
  readonly unsyncedChecks = new Set<string>()
  /** Held by the catalog, given up here. */
  readonly removedServices = new Set<string>()
  readonly removedChecks = new Set<string>()
  nodeInSync = false
  readonly #listeners = new Set<() => void>()

  /** Calls back once, after the next change of any claim. Returns a way to give up. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  service(id: string): ServiceClaim | undefined {
    return this.#services.get(id)
  }

  check(id: string): CheckClaim | undefined {
    return this.#checks.get(id)
  }

  services(): IterableIterator<[string, ServiceClaim]> {
    return this.#services.entries()
  }

  checks(): IterableIterator<[string, CheckClaim]> {
    return this.#checks.entries()
  }

  get serviceCount(): number {
    return this.#services.size
  }

  get checkCount(): number {
    return this.#checks.size
  }

  /** Ids of the checks that belong to a service. */
  checkIdsOf(serviceId: string): readonly string[] {
    return [...(this.#checksOfService.get(serviceId) ?? [])]
  }

  /** Adds or replaces a service; in sync stays in sync when nothing changed. */
  putService(claim: ServiceClaim): void {
    const { id } = claim.service
    const before = this.#services.get(id)
    this.#services.set(id, claim)
    this.removedServices.delete(id)
    if (!before || !sameService(before.service, claim.service)) this.unsyncedServices.add(id)
    this.#tell()
  }

  /** @throws when there is no such service (Consul's text) */
  removeService(id: string): void {
    if (!this.#services.delete(id)) throw refused(`Service ${goQuote(id)} does not exist`)
    for (const checkId of this.checkIdsOf(id)) {
      this.#forgetCheck(checkId)
      // Deregistering the service takes its checks along.
      this.unsyncedChecks.delete(checkId)
    }
    this.unsyncedServices.delete(id)
    this.removedServices.add(id)
    this.#tell()
  }

  /** Adds or replaces a check. @throws when it names a service that is not here */
  putCheck(claim: CheckClaim): void {
    const { checkId, serviceId } = claim.check
    if (serviceId !== '' && !this.#services.has(serviceId)) {
      throw refused(`Check ID ${goQuote(checkId)} refers to non-existent service ID ${goQuote(serviceId)}`)
    }
    const before = this.#checks.get(checkId)
    if (before) this.#forgetCheck(checkId)
    this.#checks.set(checkId, claim)
    if (serviceId !== '') {
      let ids = this.#checksOfService.get(serviceId)
      if (!ids) this.#checksOfService.set(serviceId, (ids = new Set()))
      ids.add(checkId)
    }
    this.removedChecks.delete(checkId)
    if (!before || !sameCheck(before.check, claim.check)) this.unsyncedChecks.add(checkId)
    this.#tell()
  }

  /** @throws when there is no such check */
  removeCheck(id: string): void {
    if (!this.#checks.has(id)) throw refused(`Check ID ${goQuote(id)} does not exist`)
    this.#forgetCheck(id)
    this.unsyncedChecks.delete(id)
    this.removedChecks.add(id)
    this.#tell()
  }

  /** A new result of a check. A new status is to be synced at once; a new output alone may wait, see `deferOutput`. */
  updateCheck(id: string, status: CheckStatus, output: string): CheckChange {
    const claim = this.#checks.get(id)
    if (!claim) return 'none'
    const { check } = claim
    if (check.status === status && check.output === output) return 'none'
    this.#checks.set(id, { ...claim, check: { ...check, status, output } })
    this.#tell()
    if (check.status === status) return 'output'
    this.unsyncedChecks.add(id)
    return 'status'
  }

  /** Tags and server-set addresses that the catalog may change are taken over, without becoming a claim. */
  adoptService(id: string, service: NodeService): void {
    const claim = this.#services.get(id)
    if (claim) this.#services.set(id, { ...claim, service })
  }

  #tell(): void {
    if (this.#listeners.size === 0) return
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    for (const listener of listeners) listener()
  }

  #forgetCheck(id: string): void {
    const claim = this.#checks.get(id)
    if (!claim) return
    this.#checks.delete(id)
    const ids = this.#checksOfService.get(claim.check.serviceId)
    ids?.delete(id)
    if (ids?.size === 0) this.#checksOfService.delete(claim.check.serviceId)
  }
}
