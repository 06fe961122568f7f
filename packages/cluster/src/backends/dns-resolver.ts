/** What DNS asks, answered from the catalog of this server; shaped to @sd/dns-server's `Resolver` without importing it. */
import {
  type CatalogTables,
  catalogVersion,
  getNode,
  listCheckServiceNodes,
  listNodes,
  listAllServiceNodes,
  serviceVersion,
} from '@sd/catalog'
import type { CheckServiceNode, Node } from '@sd/model'

export interface DnsResolverPorts {
  readonly tables: () => CatalogTables
  readonly datacenter: string
}

/**
 * Says that an answer is out of date by comparing a version, so that nothing is registered for names that anybody may ask for.
 * A restore replaces the tables and with them every version.
 */
class ChangeToken {
  readonly #version: number

  constructor(
    private readonly tables: CatalogTables,
    private readonly current: () => CatalogTables,
    private readonly version: (tables: CatalogTables) => number,
  ) {
    this.#version = version(tables)
  }

  get changed(): boolean {
    const now = this.current()
    return now !== this.tables || this.version(now) !== this.#version
  }
}

interface ServiceLookup {
  readonly kind: 'service' | 'connect' | 'ingress'
  readonly service: string
  readonly tag: string | undefined
  readonly datacenter: string
  readonly peer: string | undefined
  readonly onlyPassing: boolean
}

export function dnsResolver({ tables, datacenter }: DnsResolverPorts) {
  const isElsewhere = (lookup: { datacenter: string; peer?: string | undefined }) =>
    lookup.peer !== undefined || lookup.datacenter !== datacenter
  return {
    services(lookup: ServiceLookup) {
      if (isElsewhere(lookup)) return undefined
      if (lookup.kind === 'ingress') return { instances: [] }
      const now = tables()
      const isConnect = lookup.kind === 'connect'
      const tags = lookup.tag === undefined ? {} : { tags: [lookup.tag] }
      const { value } = listCheckServiceNodes(now, lookup.service, { connect: isConnect, ...tags })
      const instances = value.filter((each) => isServed(each, lookup.onlyPassing)).map(instanceOf)
      // Proxies for a service have names of their own.
      const version = isConnect ? catalogVersion : (at: CatalogTables) => serviceVersion(at, lookup.service)
      return { instances, change: new ChangeToken(now, tables, version) }
    },

    node(lookup: { node: string; datacenter: string; peer: string | undefined }) {
      if (isElsewhere(lookup)) return undefined
      const now = tables()
      const { value } = getNode(now, lookup.node)
      return { node: value && recordOf(value), change: new ChangeToken(now, tables, catalogVersion) }
    },

    reverse(lookup: { address: string; datacenter: string }) {
      if (isElsewhere(lookup)) return undefined
      const all = listNodes(tables()).value
      const node = all.find((each) => each.address === lookup.address)
      if (node) return { target: { kind: 'node' as const, node: recordOf(node) } }
      const service = serviceWithAddress(tables(), lookup.address)
      return { target: service === undefined ? undefined : { kind: 'service' as const, service, datacenter } }
    },
  }
}

/** Critical instances are never served, warning ones unless only passing ones are wanted. */
const isServed = (instance: CheckServiceNode, onlyPassing: boolean): boolean =>
  (instance.checks ?? []).every((check) => (onlyPassing ? check.status === 'passing' : check.status !== 'critical'))

function instanceOf(instance: CheckServiceNode) {
  const service = instance.service as NonNullable<CheckServiceNode['service']>
  const isWarning = (instance.checks ?? []).some((check) => check.status === 'warning')
  return {
    node: recordOf(instance.node as Node),
    address: service.address,
    port: service.port,
    ports: service.ports ?? undefined,
    taggedAddresses: service.taggedAddresses ?? undefined,
    weight: (isWarning ? service.weights?.warning : service.weights?.passing) ?? 1,
  }
}

const recordOf = (node: Node) => ({
  name: node.node,
  datacenter: node.datacenter,
  address: node.address,
  taggedAddresses: node.taggedAddresses ?? undefined,
  meta: node.meta ?? undefined,
})

/** Reverse look-ups are rare: a walk over the services is enough. */
function serviceWithAddress(tables: CatalogTables, address: string): string | undefined {
  return listAllServiceNodes(tables).value.find((each) => each.serviceAddress === address)?.serviceName
}
