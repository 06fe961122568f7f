import {
  type DeregisterRequest,
  deregisterRequestFields,
  type Node,
  nodeFields,
  type NodeService,
  nodeServiceFields,
  type RegisterRequest,
  registerRequestFields,
  type ServiceNode,
  serviceNodeFields,
} from '@sd/model'
import { decodeList, decodeMap, decodeOne, type Input, needObject, needTextList, stringifyJson, toWire } from '../json'
import { escapeSegment } from '../query-string'
import type { QueryResult } from '../read-meta'
import type { CallOptions, ReadOptions, Transport } from '../transport'

export interface NodeServices {
  readonly node: Node
  /** By service id. */
  readonly services: Readonly<Record<string, NodeService>>
}

/** The cluster's catalog, by the servers. */
export class CatalogArea {
  readonly #transport: Transport
  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** Puts a node, service and checks into the catalog past the agents; agents do this for what they own. */
  async register(request: Input<RegisterRequest>, call?: CallOptions): Promise<void> {
    const body = stringifyJson(toWire(registerRequestFields, request))
    await this.#transport.request({ method: 'PUT', path: '/v1/catalog/register', body, call })
  }

  async deregister(request: Input<DeregisterRequest>, call?: CallOptions): Promise<void> {
    const body = stringifyJson(toWire(deregisterRequestFields, request))
    await this.#transport.request({ method: 'PUT', path: '/v1/catalog/deregister', body, call })
  }

  async datacenters(call?: CallOptions): Promise<readonly string[]> {
    const path = '/v1/catalog/datacenters'
    return needTextList(await this.#transport.json({ path, call }), path)
  }

  nodes(options: ReadOptions = {}): Promise<QueryResult<readonly Node[]>> {
    return this.#transport.read('/v1/catalog/nodes', options, (value, path) => decodeList(nodeFields, value, path))
  }

  /** Service names with the tags of all their instances. */
  services(options: ReadOptions = {}): Promise<QueryResult<Readonly<Record<string, readonly string[]>>>> {
    return this.#transport.read('/v1/catalog/services', options, (value, path) => {
      const result = Object.create(null) as Record<string, readonly string[]>
      for (const [name, tags] of Object.entries(needObject(value, path))) result[name] = needTextList(tags, path)
      return result
    })
  }

  service(
    name: string,
    options: { tags?: readonly string[] } & ReadOptions = {},
  ): Promise<QueryResult<readonly ServiceNode[]>> {
    const extra = { tag: options.tags }
    const decode = (value: unknown, path: string) => decodeList(serviceNodeFields, value, path)
    return this.#transport.read(`/v1/catalog/service/${escapeSegment(name)}`, options, decode, extra)
  }

  /** A node and its services; undefined when there is none of this name. */
  node(name: string, options: ReadOptions = {}): Promise<QueryResult<NodeServices | undefined>> {
    return this.#transport.read(`/v1/catalog/node/${escapeSegment(name)}`, options, (value, path) => {
      const { Node: node, Services: services } = needObject(value, path)
      if (!node) return undefined
      return {
        node: decodeOne(nodeFields, node, path),
        services: decodeMap(nodeServiceFields, services ?? null, path),
      }
    })
  }
}
