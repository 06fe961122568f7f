import type { ChangeToken, NodeRecord, Resolver, ServiceInstance } from '../src/resolver'

/** A catalog in maps, with one change token for everything. Counts the calls that reach it. */
export class MapResolver implements Resolver {
  readonly nodes = new Map<string, NodeRecord>()
  readonly instances = new Map<string, (ServiceInstance & { tags?: string[]; isWarning?: boolean })[]>()
  calls = 0
  #token = { changed: false }

  get change(): ChangeToken {
    return this.#token
  }

  touch(): void {
    this.#token.changed = true
    this.#token = { changed: false }
  }

  node_(name: string, address: string, more: Partial<NodeRecord> = {}): NodeRecord {
    const node = { name, address, datacenter: 'dc1', ...more }
    this.nodes.set(name.toLowerCase(), node)
    this.touch()
    return node
  }

  add(
    service: string,
    node: NodeRecord,
    port: number,
    more: Partial<ServiceInstance> & { tags?: string[]; isWarning?: boolean } = {},
  ): void {
    const list = this.instances.get(service) ?? []
    list.push({ node, address: '', port, ...more })
    this.instances.set(service, list)
    this.touch()
  }

  services: Resolver['services'] = ({ kind, service, tag, datacenter, onlyPassing }) => {
    this.calls++
    if (datacenter !== 'dc1') return undefined
    const all = kind === 'service' ? (this.instances.get(service) ?? []) : []
    const instances = all.filter(
      (instance) => (!tag || instance.tags?.includes(tag)) && !(onlyPassing && instance.isWarning),
    )
    return { instances, change: this.change }
  }

  node: Resolver['node'] = ({ node, datacenter }) => {
    this.calls++
    return datacenter === 'dc1' ? { node: this.nodes.get(node), change: this.change } : undefined
  }

  reverse: Resolver['reverse'] = ({ address }) => {
    this.calls++
    for (const node of this.nodes.values()) {
      if (node.address === address) return { target: { kind: 'node', node }, change: this.change }
    }
    for (const [service, instances] of this.instances) {
      if (instances.some((instance) => instance.address === address)) {
        return { target: { kind: 'service', service, datacenter: 'dc1' }, change: this.change }
      }
    }
    return { target: undefined, change: this.change }
  }
}

/** Ten instances of "web" on their own nodes, five of "api" with addresses of their own, and odd ones. */
export function workshopCatalog(): MapResolver {
  const catalog = new MapResolver()
  catalog.add('consul', catalog.node_('server1', '192.168.99.100'), 8300)
  for (let index = 1; index <= 10; index++) {
    const node = catalog.node_(`host${index}`, `10.0.0.${index}`)
    catalog.add('web', node, 8000 + index, { tags: index <= 2 ? ['v1', 'a.b'] : ['v2'] })
    if (index <= 5) catalog.add('api', node, 90, { address: `192.168.99.${index}`, weight: index })
    catalog.add('samenode', catalog.nodes.get('host1') as NodeRecord, 9_000 + index)
  }
  const host1 = catalog.nodes.get('host1') as NodeRecord
  catalog.add('one', host1, 80)
  catalog.add('six', catalog.node_('v6', '2001:db8::1'), 443)
  catalog.add('alias', host1, 443, { address: 'web.service.consul' })
  catalog.add('loop', host1, 443, { address: 'loop2.service.consul' })
  catalog.add('loop2', host1, 443, { address: 'loop.service.consul' })
  catalog.add('ext', catalog.node_('ext', 'example.com', { meta: { a: 'b', 'rfc1035-raw': 'plain' } }), 443)
  catalog.add('warned', host1, 1, { isWarning: true })
  catalog.add('warned', catalog.nodes.get('host2') as NodeRecord, 2)
  return catalog
}
